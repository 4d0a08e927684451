import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../../../domain/account/account.ts'
import type { AccountPurpose, AccountSession } from '../../../domain/account/account-session.ts'
import type { Hex } from '../../../domain/hex.ts'
import { IdentityError } from '../../../errors.ts'
import { frameFor, type PageAssets, type PageFrame } from '../../page.ts'
import { prefersHtml } from '../../page-headers.ts'
import { peerFingerprint } from '../../peer.ts'
import { readSessionCookie } from './session-cookie.ts'

export interface AccountPages {
  readonly account: Account
  /** the public address of `portal`, where devices enroll */
  readonly portalUrl: string
  readonly assets: PageAssets
  /** with the script that has the choice of a certificate forgotten */
  readonly checkAssets: PageAssets
  /** the public address of `signon` */
  readonly url: string
  /** with the script that asks for a passkey, the one that adds one, and the one that draws recovery codes */
  readonly passkeyAssets: PageAssets
  readonly addPasskeyAssets: PageAssets
  readonly newCodesAssets: PageAssets
}

/** A request to the account, from anybody. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly frame: PageFrame
  /** the certificate that was proven in the handshake */
  readonly presented: Hex | undefined
  readonly cookie: string | undefined
  readonly form: URLSearchParams
}

/** A request of somebody who is signed in. */
export interface OwnVisit extends Visit {
  readonly session: AccountSession
}

/**
 * What a route asks for: a certificate alone; being signed in; a proof of the last ten minutes besides; or such a proof
 * that suffices to add a device. Whatever changes something wants the session's own token, too.
 */
export type Needs = 'certificate' | 'session' | 'fresh-proof' | 'device-proof'

interface Route<N extends Needs, V extends Visit> {
  readonly method: 'GET' | 'POST'
  readonly address: `/account${string}`
  readonly needs: N
  readonly handler: (pages: AccountPages, visit: V) => Promise<FastifyReply>
}
export type DoorRoute = Route<'certificate', Visit>
export type OwnRoute = Route<Exclude<Needs, 'certificate'>, OwnVisit>

/** Where to go on after the door, by the name that stands in its address. */
export const ROOMS = {
  devices: '/account',
  sites: '/account/sites',
  trust: '/account/trust',
  checks: '/account/checks',
  history: '/account/history',
  data: '/account/data',
  pair: '/account/pair',
  renew: '/account/renew',
} as const
export type Room = keyof typeof ROOMS

/** Lets a request in, or leads it to the door. */
export async function admit(
  pages: AccountPages,
  route: DoorRoute | OwnRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const visit = visitOf(pages, request, reply)
  if (route.needs === 'certificate') return route.handler(pages, visit)
  try {
    return await route.handler(pages, { ...visit, session: await enter(pages, route, visit) })
  } catch (error) {
    const isOutside = error instanceof IdentityError && OUTSIDE.includes(error.code)
    if (!isOutside || !prefersHtml(request.headers.accept)) throw error
    return reply.redirect(doorTo(roomOf(request.url)), 303)
  }
}

/** Refusals after which the door is the next step. */
const OUTSIDE: readonly string[] = ['session-missing', 'proof-stale'] satisfies IdentityError['code'][]

async function enter({ account }: AccountPages, { method, needs }: OwnRoute, visit: Visit): Promise<AccountSession> {
  const { sessions } = account
  const session = await sessions.enter(visit.cookie, visit.presented)
  if (method === 'POST') sessions.requireToken(session, visit.form.get('token') ?? undefined)
  if (needs !== 'session') sessions.requireFresh(session, needs === 'device-proof' ? 'device' : 'change')
  return session
}

function visitOf({ assets }: AccountPages, request: FastifyRequest, reply: FastifyReply): Visit {
  const { body, headers } = request
  return {
    request,
    reply,
    frame: frameFor(request, assets),
    presented: peerFingerprint(request.raw.socket),
    cookie: readSessionCookie(headers.cookie),
    form: body instanceof URLSearchParams ? body : new URLSearchParams(),
  }
}

/** The address of the door that leads to a room. */
export function doorTo(room: Room): string {
  return `/account/open?then=${room}`
}

/** The room that an address lies in, or leads to. */
export function roomOf(address: string): Room {
  const { pathname, searchParams } = new URL(address, 'https://account.invalid')
  const rooms = Object.keys(ROOMS) as Room[]
  const named = rooms.find((room) => room === searchParams.get('then'))
  return named ?? rooms.find((room) => room !== 'devices' && pathname.startsWith(ROOMS[room])) ?? 'devices'
}

/** Which proof the door to a room asks for. */
export function purposeOf(room: Room): AccountPurpose {
  return room === 'pair' ? 'device' : 'change'
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-15.4.4: what was done is done, and a reload does not do it again. */
export function goTo(reply: FastifyReply, address: string): FastifyReply {
  return reply.redirect(address, 303)
}

/** A field of a form. @throws IdentityError body-malformed: not there, or more than once */
export function fieldOf({ form }: Visit, name: string): string {
  const values = form.getAll(name)
  const [value] = values
  if (values.length === 1 && value !== undefined) return value
  throw new IdentityError('body-malformed', `Send a form with one "${name}".`)
}

/** A named part of the address. */
export function paramOf({ request }: Visit, name: string): string {
  return (request.params as Readonly<Record<string, string | undefined>>)[name] ?? ''
}
