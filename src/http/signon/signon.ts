import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../../domain/account/account.ts'
import type { CertificateCheck } from '../../domain/enrollment/certificate-check.ts'
import type { Introductions } from '../../domain/enrollment/introduction.ts'
import type { Hex } from '../../domain/hex.ts'
import { CHECKS } from '../../domain/proving/check.ts'
import { CheckWanted } from '../../domain/proving/proving.ts'
import type { Revalidation, WalkAnswer } from '../../domain/revalidation/revalidation.ts'
import type { SiteReads } from '../../domain/site/site-store.ts'
import { IdentityError } from '../../errors.ts'
import { checkPath } from '../check-query.ts'
import { pickLanguage } from '../language.ts'
import { createListener } from '../listener.ts'
import { frameFor } from '../page.ts'
import { commonAssets, inlineAddress, serveAssets } from '../page-assets.ts'
import { addPageHeaders, contentSecurityPolicy, prefersHtml, SCRIPTED_PAGE, sendPage } from '../page-headers.ts'
import { renderProblemPage, type WayOn, wayToStart } from '../page-problem.ts'
import { pageScript } from '../page-script.ts'
import { peerFingerprint } from '../peer.ts'
import { type Problem, toProblem } from '../problem.ts'
import { rateLimitHeaders } from '../rate-limit-headers.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { serveLogos } from '../site-logo.ts'
import { ACCOUNT_TEXTS } from '../texts/account.ts'
import { CERTIFICATE_CHECK_TEXTS } from '../texts/certificate-check.ts'
import { PROBLEM_TEXTS } from '../texts/problems.ts'
import { REVALIDATION_TEXTS } from '../texts/revalidation.ts'
import { type PeerPolicy, type ServerIdentity, tlsOptions } from '../tls.ts'
import { ACCOUNT_ROUTES, addAccount } from './account/account-routes.ts'
import { renderRenewalDuePage } from './account/data-page.ts'
import { type AccountPages, ROOMS, roomOf } from './account/visit.ts'
import { CHECK_ROUTES, type CheckPages } from './certificate-check.ts'
import type { Refused } from './check-forms.ts'
import { checkNames, requireDialedName } from './check-names.ts'
import { renderCheckWantedPage, renderDeniedPage, renderRevalidationPage } from './revalidation-page.ts'

export interface SignonOptions {
  /** the public address */
  readonly url: string
  readonly identity: ServerIdentity
  /** certificates of issuer `browser`, wanted and not required: who has none gets a page that says so */
  readonly peers: PeerPolicy
  readonly revalidation: Revalidation
  readonly check: CertificateCheck
  /** an owner's own, by a certificate and a check */
  readonly account: Account
  readonly introductions: Introductions
  /** the public address of `portal` */
  readonly portalUrl: string
  /** fresh host names for the certificate check, as in `https://*.check.localhost:8445`; undefined: there are none */
  readonly checkUrl: string | undefined
  readonly store: SiteReads
  readonly log: FastifyBaseLogger
}

/** Bytes. The longest form of ours has some hundred. */
const FORM_LIMIT = 8 * 1024

/** People with their certificates: HTTP/2 alone, so that a browser can be made to forget which certificate it chose. */
export async function createSignon(options: SignonOptions): Promise<FastifyInstance> {
  const { stylesheet, icon } = commonAssets()
  const [script, passkeyScript] = [await pageScript('check'), await pageScript('passkey')]
  const [addPasskeyScript, newCodesScript] = [await pageScript('add-passkey'), await pageScript('new-codes')]
  const assets = { stylesheet: stylesheet.address, icon: icon.address }
  const names = checkNames(options.checkUrl)
  const pages: Pages = {
    ...options,
    assets,
    names,
    // A browser fetches icons last, and here over a connection that would live on with the choice that is to be forgotten.
    checkAssets: { ...assets, icon: inlineAddress(icon), script: script.address },
    passkeyAssets: { ...assets, script: passkeyScript.address },
    addPasskeyAssets: { ...assets, script: addPasskeyScript.address },
    newCodesAssets: { ...assets, script: newCodesScript.address },
  }
  const app = createListener({
    name: 'signon',
    tls: tlsOptions(options.identity, options.peers),
    http2: true,
    authorities: [options.url],
    admits: names.admits,
    log: options.log,
    bodyLimit: FORM_LIMIT,
    renderProblem: (problem, request) => problemPage(pages, problem, request),
  })
  addPageHeaders(app, options.url)
  app.addHook('onRequest', requireDialedName)
  app.addHook('onRequest', requireSameOrigin(new URL(options.url).origin))
  app.addHook('onSend', async (_request, reply) => {
    // Fastify sets it with a body that is too large. https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2
    reply.removeHeader('connection')
  })
  takeForms(app)
  serveAssets(app, [stylesheet, icon, script, passkeyScript, addPasskeyScript, newCodesScript])
  serveLogos(app, options.store)
  for (const { method, address, handler } of TICKET_ROUTES) {
    app.route<TicketRoute>({ method, url: address, handler: (request, reply) => handler(pages, request, reply) })
  }
  for (const { method, address, handler } of CHECK_ROUTES) {
    app.route({ method, url: address, handler: (request, reply) => handler(pages, request, reply) })
  }
  addAccount(app, pages)
  return app
}

interface Pages extends CheckPages, AccountPages {
  readonly revalidation: Revalidation
}

type TicketRoute = { Params: { ticket: string }; Body: URLSearchParams | undefined }
type TicketRequest = FastifyRequest<TicketRoute>

const TICKET_ROUTES = [
  { method: 'GET', address: '/revalidate/:ticket', handler: show },
  { method: 'POST', address: '/revalidate/:ticket', handler: prove },
  { method: 'POST', address: '/revalidate/:ticket/deny', handler: deny },
] as const

/** Every address of this listener but its assets. */
export const SIGNON_ROUTES = [...TICKET_ROUTES, ...CHECK_ROUTES, ...ACCOUNT_ROUTES] as const

async function show(pages: Pages, request: TicketRequest, reply: FastifyReply): Promise<FastifyReply> {
  try {
    return await sendForm(pages, request, reply)
  } catch (error) {
    const returnTo = pages.revalidation.destination(request.params.ticket, peerOf(request))
    if (!(error instanceof CheckWanted) || !returnTo || !prefersHtml(request.headers.accept)) throw error
    const [problem, { host }] = [toProblem(error, request.id), new URL(returnTo)]
    const page = renderCheckWantedPage({ wanted: error.wanted, host, problem }, frameFor(request, pages.assets))
    return sendPage(reply.status(problem.status), page)
  }
}

async function prove(pages: Pages, request: TicketRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = readAnswer(request.body, request.ip)
  try {
    const returnTo = await pages.revalidation.prove(request.params.ticket, peerOf(request), answer)
    // https://www.rfc-editor.org/rfc/rfc9110#section-15.4.4: whatever was sent, what follows is a GET.
    return (await offerRenewal(pages, request, reply, returnTo)) ?? reply.redirect(returnTo, 303)
  } catch (error) {
    const mendable = error instanceof IdentityError && MENDABLE.includes(error.code)
    if (!mendable || !prefersHtml(request.headers.accept)) throw error
    return sendForm(pages, request, reply, { problem: toProblem(error, request.id), error, check: answer.check })
  }
}

/** Whose time is up renews in the same walk, and the site comes behind it. The walk is done, and counts in any case. */
async function offerRenewal(
  { account, portalUrl, assets }: Pages,
  request: FastifyRequest,
  reply: FastifyReply,
  returnTo: string,
): Promise<FastifyReply | undefined> {
  const presented = peerOf(request)
  if (presented === undefined || !prefersHtml(request.headers.accept)) return undefined
  const invitation = await account.renewal.afterWalk(presented)
  if (!invitation) return undefined
  const address = `${portalUrl}/enroll/${invitation.token}?${new URLSearchParams({ return_to: returnTo })}`
  return sendPage(reply, renderRenewalDuePage(address, returnTo, frameFor(request, assets)))
}

async function deny(pages: Pages, request: TicketRequest, reply: FastifyReply): Promise<FastifyReply> {
  await pages.revalidation.deny(request.params.ticket, peerOf(request))
  return sendPage(reply, renderDeniedPage(frameFor(request, pages.assets)))
}

/** Refusals after which the same form is the next step. */
const MENDABLE: readonly string[] = ['check-failed', 'too-many-guesses'] satisfies IdentityError['code'][]

async function sendForm(
  { revalidation, assets, passkeyAssets }: Pages,
  request: TicketRequest,
  reply: FastifyReply,
  mishap?: Refused,
): Promise<FastifyReply> {
  const { ticket } = request.params
  const open = await revalidation.open(ticket, peerOf(request))
  // The 303 that follows the form's POST goes to another origin, which browsers hold against form-action.
  reply.header(
    'content-security-policy',
    contentSecurityPolicy({
      ...(open.passkey && SCRIPTED_PAGE),
      'form-action': `'self' ${new URL(open.returnTo).origin}`,
    }),
  )
  const frame = frameFor(request, open.passkey ? passkeyAssets : assets, open.languages)
  if (mishap) reply.status(mishap.problem.status).headers(rateLimitHeaders(mishap.problem, mishap.error))
  return sendPage(reply, renderRevalidationPage(open, `/revalidate/${ticket}`, frame, mishap))
}

/** For people a page of its own, with a way on where there is one; for programs the problem. */
function problemPage(pages: Pages, problem: Problem, request: FastifyRequest): string | undefined {
  if (!prefersHtml(request.headers.accept)) return undefined
  return renderProblemPage(problem, frameFor(request, pages.assets), wayOn(pages, problem, request))
}

/** Where a spent ticket led to; whoever came with no certificate or another one looks which he shows; whoever is lost begins at the front door. */
function wayOn(pages: Pages, { code }: Problem, request: FastifyRequest): WayOn | undefined {
  const language = pickLanguage(request.headers['accept-language'])
  if (code === 'not-found') return wayToStart(pages.portalUrl, language)
  if (code === 'ticket-spent') return wayBack(pages.revalidation, request)
  if (request.url.startsWith(ROOMS.devices) && INSIDE.includes(code)) return wayIn(request)
  if (code === 'check-wanted') return wayToChecks(request)
  if (code !== 'certificate-missing' && code !== 'ticket-foreign') return undefined
  const { lookAgain, useAnother } = CERTIFICATE_CHECK_TEXTS[language]
  const { ticket } = request.params as TicketRoute['Params']
  return { address: checkPath({ ticket }), text: code === 'ticket-foreign' ? useAnother : lookAgain }
}

/** Refusals within the account, after which it is still there. */
const INSIDE: readonly string[] = [
  'session-missing',
  'proof-stale',
  'form-outdated',
  'device-unknown',
  'hold-foreign',
  'pairing-unusable',
  'site-unknown',
  'text-invalid',
  'report-unknown',
  'report-settled',
  'label-invalid',
  'check-unknown',
  'check-needed',
  'check-refused',
  'check-failed',
  'password-refused',
  'too-many-guesses',
] satisfies IdentityError['code'][]

function wayIn({ url, headers }: FastifyRequest): WayOn {
  return { address: ROOMS[roomOf(url)], text: ACCOUNT_TEXTS[pickLanguage(headers['accept-language'])].back }
}

/** Where what the site wants is added; the door there takes what its owner has. */
function wayToChecks({ headers }: FastifyRequest): WayOn {
  const { addCheck } = REVALIDATION_TEXTS[pickLanguage(headers['accept-language'])]
  return { address: ROOMS.checks, text: addCheck }
}

function wayBack(revalidation: Revalidation, request: FastifyRequest): WayOn | undefined {
  const { ticket } = request.params as TicketRoute['Params']
  const address = revalidation.destination(ticket, peerOf(request))
  if (address === undefined) return undefined
  const { proceed } = PROBLEM_TEXTS[pickLanguage(request.headers['accept-language'])]
  return { address, text: proceed(new URL(address).host) }
}

function peerOf(request: FastifyRequest): Hex | undefined {
  return peerFingerprint(request.raw.socket)
}

/** Forms are all that this listener takes. */
function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)))
  })
}

/** @throws IdentityError body-malformed: not the form of our page */
function readAnswer(body: URLSearchParams | undefined, address: string): WalkAnswer {
  const named = body?.getAll('check') ?? []
  const given = body?.getAll('answer') ?? []
  const check = CHECKS.find((name) => name === named[0])
  const text = given[0]
  if (named.length === 1 && given.length === 1 && check !== undefined && text !== undefined) {
    return { check, text, address, askEveryTime: readWish(body) }
  }
  throw new IdentityError('body-malformed', `Send a form with "check" (${CHECKS.join(' or ')}) and "answer".`)
}

/** A checkbox that is not ticked sends nothing, so a hidden "no" stands before it; a program that sends neither changes nothing. */
function readWish(body: URLSearchParams | undefined): boolean | undefined {
  const said = body?.getAll('ask-every-time') ?? []
  return said.length === 0 ? undefined : said.includes('yes')
}
