import { CountersignError } from './countersign-error.ts'
import { beginsUpgrade, isFromForeignPage, isSafe } from './foreign-page.ts'
import type { Judging, Shown } from './judging.ts'
import type { Connection } from './people.ts'
import type { Answering, AnyRequest } from './proven-peer.ts'
import { PAGE_HEADERS, type RefusalPage, renderRefusalPage } from './refusal-page.ts'
import { type NeedsRevalidation, NO_CERTIFICATE, type ValidVerdict, type Verdict } from './verdict.ts'

export interface GateOptions {
  /**
   * Default true: only valid people reach your code. False: so do those who must prove themselves again and those who
   * showed no certificate, each with his verdict; who is revoked never does.
   */
  readonly required?: boolean
  /** the owner must have proven himself within so many seconds */
  readonly maxAge?: number
  /**
   * The last proof must have been by one of these: `passkey`, `totp`, `password`, `recovery-code`. For what matters most:
   * each request is asked about, since what is kept does not say how somebody proved himself.
   */
  readonly checks?: readonly string[]
  /**
   * Default false. True: where the service does not answer, whoever was valid here lately goes on being so, up to the end
   * that the service itself has signed: minutes, in which a revocation goes unseen. For what is worth that, and no more.
   */
  readonly offline?: boolean
  /**
   * Other origins whose pages may change something here, or open a WebSocket, in somebody's name; beside those of your
   * registered addresses. Browsers send the certificate with whatever a page of anybody's asks for.
   */
  readonly origins?: readonly string[]
}

/** What is wanted of a request that begins a connection of its own. */
export interface DecideOptions extends GateOptions {
  /** a WebSocket talks on whatever its method was */
  readonly isUpgrade?: boolean
}

/** An answer in place of yours. */
export interface Refusal {
  readonly status: 303 | 401 | 403 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** undefined: the service could not be asked, or was not */
  readonly verdict: Verdict | undefined
}

/** Either somebody is let in, or he is answered. */
export type Decision = { readonly identity: Verdict } | { readonly refusal: Refusal }

export interface Gate {
  /** what the handshake proved */
  readonly shown: (request: AnyRequest) => Shown | undefined
  /** what has to be ended when the person is */
  readonly connection: (request: AnyRequest, response: Answering) => Connection
  readonly judging: Pick<
    Judging,
    'known' | 'judge' | 'isAttached' | 'attach' | 'withoutService' | 'attachWithoutService'
  >
  /** the addresses that are registered for your site */
  readonly returnTo: () => readonly string[]
  /** where a person sees which certificate his browser shows, and what to do; undefined: nowhere */
  readonly checkPage: () => string | undefined
  /** told of what kept a verdict away */
  readonly failed: (error: unknown) => void
}

/** Lets in whom a kept verdict lets in: what nearly all requests come to, so nothing is made for it. */
export function admitKnown(
  gate: Gate,
  request: AnyRequest,
  response: Answering,
  options: DecideOptions,
): ValidVerdict | undefined {
  if (isForeign(gate, request, options)) return undefined
  // which checks the last proof was of is not kept
  if (options.checks !== undefined) return undefined
  const shown = gate.shown(request)
  const known = shown && gate.judging.known(shown, options.maxAge)
  if (!known || lacksSigned(gate, shown, options)) return undefined
  if (!gate.judging.isAttached(shown)) gate.judging.attach(shown, known, gate.connection(request, response))
  return known
}

/** The decision on a request, at once where no question is needed. It never rejects: without a verdict nobody is let in. */
export function decide(
  gate: Gate,
  request: AnyRequest,
  response: Answering,
  options: DecideOptions,
): Decision | Promise<Decision> {
  const known = admitKnown(gate, request, response, options)
  if (known) return { identity: known }
  const shown = gate.shown(request)
  if (!shown) return sortOut(gate, NO_CERTIFICATE, request, options)
  if (isForeign(gate, request, options)) return { refusal: fromForeignPage() }
  const { maxAge, checks, offline } = options
  return gate.judging
    .judge(shown, { maxAge, checks, returnTo: addressOf(gate, request), offline })
    .then((verdict) =>
      verdict.verdict === 'valid'
        ? admit(gate, request, response, shown, verdict)
        : sortOut(gate, verdict, request, options),
    )
    .catch((error: unknown) => {
      gate.failed(error)
      return withoutService(gate, request, response, shown, options, error) ?? { refusal: unavailable(error, request) }
    })
}

function isForeign({ returnTo }: Gate, request: AnyRequest, { isUpgrade, origins = [] }: DecideOptions): boolean {
  if (isSafe(request) && !isUpgrade && !beginsUpgrade(request)) return false
  return isFromForeignPage(request, [...origins, ...returnTo().map((address) => new URL(address).origin)])
}

/** A route that shall go on without the service has him signed while it is there. */
function lacksSigned({ judging }: Gate, { fingerprint }: Shown, { offline, maxAge }: GateOptions): boolean {
  return offline === true && !judging.withoutService(fingerprint, maxAge)
}

/** Only where there is no answer at all, and only for a route that says so. A service that says no has answered. */
function withoutService(
  gate: Gate,
  request: AnyRequest,
  response: Answering,
  shown: Shown,
  { offline, checks, maxAge }: GateOptions,
  error: unknown,
): Decision | undefined {
  // what is known says nothing of certain checks
  if (!offline || checks !== undefined || !(error instanceof CountersignError) || error.code !== 'unavailable')
    return undefined
  const { judging } = gate
  const known = judging.known(shown, maxAge)
  if (known) return admit(gate, request, response, shown, known)
  const identity = judging.withoutService(shown.fingerprint, maxAge)
  if (!identity) return undefined
  judging.attachWithoutService(shown.fingerprint, gate.connection(request, response))
  return { identity }
}

function admit(
  { judging, connection }: Gate,
  request: AnyRequest,
  response: Answering,
  shown: Shown,
  identity: ValidVerdict,
): Decision {
  judging.attach(shown, identity, connection(request, response))
  return { identity }
}

/** Everybody but the valid. */
function sortOut(
  { checkPage }: Gate,
  verdict: Exclude<Verdict, ValidVerdict>,
  request: AnyRequest,
  options: GateOptions,
): Decision {
  const isOptional = options.required === false
  const href = checkPage()
  const link = href === undefined ? undefined : { href, text: 'See which certificate this browser shows' }
  switch (verdict.verdict) {
    case 'revoked': {
      const refusal = refuse(403, 'revoked', 'The certificate is not accepted any more.', verdict)
      return { refusal: forPerson(refusal, request, { ...TURNED_AWAY, link }) }
    }
    case 'missing': {
      if (isOptional) return { identity: verdict }
      const refusal = refuse(401, 'missing', 'No certificate was shown that is known here.', verdict)
      return { refusal: forPerson(refusal, request, { ...UNKNOWN, link }) }
    }
    case 'needs-revalidation':
      return isOptional ? { identity: verdict } : { refusal: sendAway(verdict, request) }
  }
}

/** A page that a person opened is led to the proof; a script is told, and its page may go there. */
function sendAway(verdict: NeedsRevalidation, request: AnyRequest): Refusal {
  const { redirect } = verdict
  if (isPageLoad(request)) return { status: 303, headers: { ...NEVER_STORED, location: redirect }, body: '', verdict }
  return refuse(401, 'needs-revalidation', 'The owner must prove himself again.', verdict, { redirect })
}

/** https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header; browsers that do not send it yet ask for HTML. */
function isPageLoad({ method, headers }: AnyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const destination = headers['sec-fetch-dest']
  return destination === undefined ? (headers.accept ?? '').includes('text/html') : destination === 'document'
}

/** Where the browser shall come back to: this very page, where its origin is one of yours. The service looks at the rest. */
function addressOf({ returnTo }: Gate, request: AnyRequest): string | undefined {
  if (!isPageLoad(request)) return undefined
  const host = request.headers[':authority'] ?? request.headers.host
  const path = 'originalUrl' in request ? String(request.originalUrl) : (request.url ?? '/')
  const origin = `https://${String(host)}`
  if (!URL.canParse(origin) || !path.startsWith('/')) return undefined
  const isOurs = returnTo().some((address) => new URL(address).origin === new URL(origin).origin)
  return isOurs ? origin + path : undefined
}

const NEVER_STORED = { 'cache-control': 'no-store' }

/** https://www.rfc-editor.org/rfc/rfc9457 */
function refuse(
  status: 401 | 403 | 503,
  code: string,
  title: string,
  verdict: Verdict | undefined,
  more: object = {},
): Refusal {
  return {
    status,
    headers: { ...NEVER_STORED, 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `urn:countersign:problem:${code}`, title, status, code, ...more }),
    verdict,
  }
}

function fromForeignPage(): Refusal {
  const title = 'A page of another site asked for this. Open this site, and do it there.'
  return refuse(403, 'cross-origin', title, undefined)
}

function unavailable(error: unknown, request: AnyRequest): Refusal {
  const code = error instanceof CountersignError ? error.code : 'internal'
  const refusal = forPerson(refuse(503, code, 'Nobody can be signed in just now.', undefined), request, AWAY)
  return { ...refusal, headers: { ...refusal.headers, 'retry-after': '1' } }
}

const TURNED_AWAY: RefusalPage = {
  title: 'This certificate is not accepted any more',
  sentence:
    'It was revoked, or is on hold. If that was not you, look at your account; another device may still be good.',
}
const UNKNOWN: RefusalPage = {
  title: 'This site does not know you',
  sentence: 'It knows people by a certificate in their browser. This browser has shown none that is known here.',
}
const AWAY: RefusalPage = {
  title: 'Nobody can be signed in just now',
  sentence: 'This site cannot find out who you are. Try again in a moment.',
}

/** A page that a person opened says it in words; everything else gets the problem. */
function forPerson(refusal: Refusal, request: AnyRequest, page: RefusalPage): Refusal {
  if (!isPageLoad(request)) return refusal
  return { ...refusal, headers: { ...NEVER_STORED, ...PAGE_HEADERS }, body: renderRefusalPage(page) }
}
