import type { FastifyReply } from 'fastify'
import type { OwnDevice } from '../../../domain/account/own-devices.ts'
import { IdentityError } from '../../../errors.ts'
import { sendPage } from '../../page-headers.ts'
import { renderDevicesPage, renderRevokedPage, renderRevokingPage } from './devices-page.ts'
import { ENDED_COOKIE } from './session-cookie.ts'
import { type AccountPages, fieldOf, goTo, type OwnRoute, type OwnVisit, paramOf, ROOMS } from './visit.ts'

/**
 * The devices of an account: seen, named, lost and found, asked about, revoked. What makes anything safer is done at
 * once; what takes that back wants a fresh proof.
 */
export const DEVICE_ROUTES: readonly OwnRoute[] = [
  { method: 'GET', address: '/account', needs: 'session', handler: list },
  { method: 'POST', address: '/account/name', needs: 'session', handler: nameAccount },
  { method: 'POST', address: '/account/devices/:device/rename', needs: 'session', handler: rename },
  { method: 'POST', address: '/account/devices/:device/ask', needs: 'session', handler: ask },
  { method: 'POST', address: '/account/devices/:device/ask-no-more', needs: 'fresh-proof', handler: askNoMore },
  { method: 'POST', address: '/account/devices/:device/lost', needs: 'session', handler: lose },
  { method: 'POST', address: '/account/devices/:device/found', needs: 'fresh-proof', handler: find },
  { method: 'GET', address: '/account/devices/:device/revoke', needs: 'session', handler: confirmRevoking },
  { method: 'POST', address: '/account/devices/:device/revoke', needs: 'session', handler: revoke },
]

async function list({ account }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const [devices, name] = await Promise.all([account.devices.list(session), account.data.name(session)])
  return sendPage(reply, renderDevicesPage({ devices, name, token: session.token, frame }))
}

async function nameAccount({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.data.rename(visit.session, fieldOf(visit, 'name'))
  return goTo(visit.reply, ROOMS.devices)
}

async function rename({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.devices.rename(visit.session, paramOf(visit, 'device'), fieldOf(visit, 'label'))
  return goTo(visit.reply, ROOMS.devices)
}

async function ask({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.devices.askEveryTime(visit.session, paramOf(visit, 'device'), true)
  return goTo(visit.reply, ROOMS.devices)
}

async function askNoMore({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.devices.askEveryTime(visit.session, paramOf(visit, 'device'), false)
  return goTo(visit.reply, ROOMS.devices)
}

async function lose({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.devices.lose(visit.session, paramOf(visit, 'device'))
  return goTo(visit.reply, ROOMS.devices)
}

async function find({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.devices.find(visit.session, paramOf(visit, 'device'))
  return goTo(visit.reply, ROOMS.devices)
}

async function confirmRevoking({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  const { session, frame, reply } = visit
  const devices = await account.devices.list(session)
  const device = deviceOf(devices, paramOf(visit, 'device'))
  const isLast = !devices.some((other) => other !== device && other.state === 'active')
  return sendPage(reply, renderRevokingPage({ device, isLast, token: session.token, frame }))
}

/** Whoever revokes the device in hand is out at once: the session ends with it. */
async function revoke({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  const { session, frame, reply } = visit
  const id = paramOf(visit, 'device')
  await account.devices.revoke(session, id)
  if (id !== session.deviceId) return goTo(reply, ROOMS.devices)
  return sendPage(reply.header('set-cookie', ENDED_COOKIE), renderRevokedPage(frame))
}

function deviceOf(devices: readonly OwnDevice[], wanted: string): OwnDevice {
  const device = devices.find(({ id }) => id === wanted)
  if (device) return device
  throw new IdentityError('device-unknown', 'There is no such device in your account. Go back to your devices.')
}
