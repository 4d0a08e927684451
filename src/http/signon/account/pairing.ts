import type { FastifyReply } from 'fastify'
import { sendPage } from '../../page-headers.ts'
import { renderPairingPage } from './pairing-page.ts'
import { type AccountPages, fieldOf, goTo, type OwnRoute, type OwnVisit, ROOMS } from './visit.ts'

/** The first device's side of adding another one; the other device's is at `portal`. */
export const PAIRING_ROUTES: readonly OwnRoute[] = [
  { method: 'GET', address: '/account/pair', needs: 'device-proof', handler: show },
  { method: 'POST', address: '/account/pair', needs: 'device-proof', handler: offer },
  { method: 'POST', address: '/account/pair/choose', needs: 'device-proof', handler: choose },
  { method: 'POST', address: '/account/pair/end', needs: 'session', handler: end },
]

/** How often the page looks whether the other device is there, seconds; it needs no script for it. */
const LOOK_AGAIN = 3

async function show({ account, portalUrl }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const [offered, name] = await Promise.all([account.pairing.look(session), account.data.name(session)])
  if (offered?.state === 'offered') reply.header('refresh', String(LOOK_AGAIN))
  const address = `${portalUrl}/pair`
  return sendPage(reply, renderPairingPage({ offered, name, address, token: session.token, frame }))
}

async function offer({ account }: AccountPages, { session, reply }: OwnVisit): Promise<FastifyReply> {
  await account.pairing.offer(session)
  return goTo(reply, ROOMS.pair)
}

async function choose({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.pairing.choose(visit.session, Number(fieldOf(visit, 'number')))
  return goTo(visit.reply, ROOMS.pair)
}

async function end({ account }: AccountPages, { session, reply }: OwnVisit): Promise<FastifyReply> {
  await account.pairing.cancel(session)
  return goTo(reply, ROOMS.devices)
}
