import type { Http2ServerRequest } from 'node:http2'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../../domain/account/account.ts'
import type { CertificateCheck, ShownCertificate } from '../../domain/enrollment/certificate-check.ts'
import type { Introductions } from '../../domain/enrollment/introduction.ts'
import { type CheckQuery, checkPath, readCheckQuery } from '../check-query.ts'
import { frameFor, type PageAssets } from '../page.ts'
import { contentSecurityPolicy, SCRIPTED_PAGE } from '../page-headers.ts'
import { peerFingerprint } from '../peer.ts'
import { ENDED_COOKIE, readSessionCookie } from './account/session-cookie.ts'
import { type CheckView, renderCheckPage, renderSignedOutPage } from './certificate-check-page.ts'
import type { CheckNames } from './check-names.ts'
import { type CheckStep, nextStep } from './check-step.ts'

export interface CheckPages {
  readonly check: CertificateCheck
  readonly account: Account
  readonly names: CheckNames
  readonly introductions: Pick<Introductions, 'introduce'>
  /** the public address of `signon` */
  readonly url: string
  /** the public address of `portal` */
  readonly portalUrl: string
  readonly assets: PageAssets
  /** with the script of the check page */
  readonly checkAssets: PageAssets
}

/** "Does it work?", "use another", "sign out here". */
export const CHECK_ROUTES = [
  { method: 'GET', address: '/check', handler: look },
  { method: 'GET', address: '/evict', handler: evict },
  { method: 'GET', address: '/introduce/:token', handler: introduce },
  { method: 'POST', address: '/sign-out', handler: signOut },
] as const

async function look(pages: CheckPages, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const atHome = !pages.names.includes(authorityOf(request))
  const query = readCheckQuery(request.url)
  const presented = peerFingerprint(request.raw.socket)
  const shown = await pages.check.look(presented, query.expect)
  const now = presented?.slice(0, SHORT) ?? 'none'
  const tried = triedBy(query, atHome)
  const step = nextStep({
    tried,
    answer: answerOf(shown),
    same: query.was === now,
    names: pages.names.fresh() !== undefined,
  })
  const view: CheckView = {
    shown,
    step,
    enrolling: query.from === 'enrollment',
    atHome,
    ways: waysOn(pages, { ...query, tried }, now),
    onward: await destination(pages, query, step),
  }
  // Under a fresh name there is nothing to be forgotten: the next look is at another one.
  const assets = atHome ? pages.checkAssets : pages.assets
  return sendScripted(pages, reply, renderCheckPage(view, frameFor(request, assets)))
}

/** Enough of a fingerprint to tell one's own apart. */
const SHORT = 16

function authorityOf({ headers }: FastifyRequest): string {
  return String(headers[':authority'] ?? headers.host).toLowerCase()
}

/** What was tried is somebody's word; under which name we are asked is not. */
function triedBy({ tried }: CheckQuery, atHome: boolean): CheckQuery['tried'] {
  if (!atHome) return 'fresh'
  return tried === 'fresh' ? undefined : tried
}

function answerOf(shown: ShownCertificate): 'right' | 'wrong' | 'none' {
  if (shown.shown === 'none') return 'none'
  const works = shown.shown === 'known' && (shown.standing === 'good' || shown.standing === 'ending')
  return works && shown.expected !== false ? 'right' : 'wrong'
}

function waysOn({ names, url }: CheckPages, query: CheckQuery, now: string): CheckView['ways'] {
  const returning = query.tried === 'back' || query.tried === 'last'
  const fresh = names.fresh()
  // Under fresh names and on the way back, what was shown at the beginning or is wished for stays what it is.
  const was = query.tried === 'fresh' ? query.was : now
  return {
    again: checkPath(returning ? { ...query, tried: 'last' } : { ...query, tried: 'evicted', was: now }),
    askFresh: fresh && fresh + checkPath({ ...query, tried: 'fresh', was }),
    goOn: url + checkPath({ ...query, tried: 'back', was: now }),
  }
}

/** Only to whom shows a certificate that works: nobody else needs to know which addresses are registered. */
async function destination(
  { check }: CheckPages,
  { ticket, returnTo }: CheckQuery,
  { next }: CheckStep,
): Promise<string | undefined> {
  if (next !== 'done') return undefined
  if (ticket !== undefined) return `/revalidate/${ticket}`
  return returnTo === undefined ? undefined : check.returnAddress(returnTo)
}

/**
 * Ends the connection behind the answer, so that the next request comes over one that was opened anew. As a WebSocket,
 * the same address is refused in the handshake; `src/web/eviction.ts` tells what for.
 */
async function evict(_pages: CheckPages, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { stream } = request.raw as unknown as Http2ServerRequest
  const { session } = stream
  stream.once('close', () => session?.close())
  return reply.status(204).send()
}

/** Back to the page of an invitation, with a note that tells whose certificate this browser has already. */
async function introduce(
  { introductions, portalUrl }: CheckPages,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { token } = request.params as { token: string }
  const browser = new URL(request.url, 'https://introduce.invalid').searchParams.get('browser') ?? ''
  const note = await introductions.introduce(peerFingerprint(request.raw.socket), { token, browser })
  const { returnTo } = readCheckQuery(request.url)
  const told = new URLSearchParams({ shown: note, ...(returnTo !== undefined && { return_to: returnTo }) })
  return reply.redirect(`${portalUrl}/enroll/${encodeURIComponent(token)}?${told}`, 303)
}

async function signOut(pages: CheckPages, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  await pages.account.sessions.end(readSessionCookie(request.headers.cookie))
  return sendSignedOut(pages, request, reply)
}

/** Behind the end of a session: the cookie goes, and the page has the choice of a certificate forgotten. */
export function sendSignedOut(
  pages: Pick<CheckPages, 'url' | 'checkAssets'>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.header('set-cookie', ENDED_COOKIE)
  return sendScripted(pages, reply, renderSignedOutPage(frameFor(request, pages.checkAssets), checkPath()))
}

function sendScripted({ url }: Pick<CheckPages, 'url'>, reply: FastifyReply, page: string): FastifyReply {
  // `'self'` is https alone where a browser is old.
  const policy = {
    ...SCRIPTED_PAGE,
    'connect-src': `'self' wss://${new URL(url).host}`,
    // the icon
    'img-src': "'self' data:",
  }
  return reply
    .header('content-security-policy', contentSecurityPolicy(policy))
    .type('text/html; charset=utf-8')
    .send(page)
}
