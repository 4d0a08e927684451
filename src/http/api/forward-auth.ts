import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Hex } from '../../domain/hex.ts'
import type { Asker } from '../../domain/site/asker.ts'
import { chooseReturnAddress } from '../../domain/site/return-address.ts'
import { hasRight } from '../../domain/site/right.ts'
import type { Outcome, Query } from '../../domain/verdict/inquiry.ts'
import type { Answer } from '../../domain/verdict/known-states.ts'
import type { Verdicts } from '../../domain/verdict/verdicts.ts'
import { IdentityError } from '../../errors.ts'
import { checkPath } from '../check-query.ts'
import { peerFingerprint } from '../peer.ts'
import { sendProblem } from './exchange.ts'
import { isCertificateHeader, readForwardedCertificate } from './forwarded-certificate.ts'
import { NO_CERTIFICATE_QUERY, type ReadQuery, readDerQuery, readSearch, type Wishes } from './query.ts'
import { type Ends, Waiting } from './waiting.ts'

export interface ForwardAuthOptions extends Ends {
  readonly verdicts: Verdicts
  /** where browsers find the page that tells which certificate they show */
  readonly signonUrl: string
}

/**
 * `GET /v1/forward-auth`: the question of a proxy, in headers, and an answer that proxies can act on, without a body.
 * The proxy proves itself by its own API certificate, of a service that has the right to speak for a proxy.
 */
export function answerForwardAuth(options: ForwardAuthOptions, req: IncomingMessage, res: ServerResponse): void {
  try {
    const { status, returnTo, maxAge, checks, certificateIn } = readWishes(req.url ?? '')
    const der = readForwardedCertificate(req.rawHeaders, certificateIn)
    const read = der === null ? NO_CERTIFICATE_QUERY : readDerQuery(der, '')
    const visited = returnTo ?? visitedAddress(req.headers)
    const ways = visited === undefined || returnTo !== undefined ? [returnTo] : [visited, undefined]
    const queries = ways.map((way) => ({ ...read.query, returnTo: way, maxAge, checks }))
    const caller = peerFingerprint(req.socket)
    options.verdicts.ask(new WaitingProxy(options, res, caller, { queries, certificate: read.certificate, status }))
  } catch (error) {
    sendProblem(res, error, options.complain)
  }
}

/** What sends a browser away: proxies that act on the answer know it by 401; those that hand it on need a redirect. */
type AwayStatus = 401 | 303

interface ProxyWishes extends Wishes {
  readonly status: AwayStatus
  /** undefined: the proxy does not say */
  readonly certificateIn: string | undefined
}

/** `?max_age=…&checks=…&return_to=…&answer=303&certificate_in=…` @throws IdentityError query-invalid */
function readWishes(address: string): ProxyWishes {
  const search = new URLSearchParams(address.split('?').slice(1).join('?'))
  const answers = search.getAll('answer')
  if (answers.length > 1 || (answers[0] ?? '303') !== '303')
    throw new IdentityError('query-invalid', 'answer can only be 303, once: a redirect where there would be a 401.')
  const [certificateIn, ...more] = search.getAll('certificate_in')
  if (more.length > 0 || (certificateIn !== undefined && !isCertificateHeader(certificateIn)))
    throw new IdentityError('query-invalid', 'certificate_in can only be the one header that your proxy writes, once.')
  search.delete('answer')
  search.delete('certificate_in')
  return { ...readSearch(search.toString()), status: answers.length === 0 ? 401 : 303, certificateIn }
}

/** The page that the browser wanted, as the proxy tells it. Whether its site registered it is seen later. */
function visitedAddress(headers: IncomingHttpHeaders): string | undefined {
  const [whole, scheme, host, path] = [
    headers['x-original-url'],
    headers['x-forwarded-proto'],
    headers['x-forwarded-host'],
    headers['x-forwarded-uri'],
  ]
  if (whole !== undefined) return String(whole)
  return scheme && host && path ? `${scheme}://${host}${path}` : undefined
}

interface ProxyQuestion {
  /** with the visited page to come back to, and, should it not be registered, without */
  readonly queries: readonly Query[]
  readonly certificate: ReadQuery['certificate']
  readonly status: AwayStatus
}

class WaitingProxy extends Waiting {
  readonly queries: readonly Query[]
  /** asked in two ways, it is one question all the same */
  readonly cost = 1
  readonly #question: ProxyQuestion
  readonly #signonUrl: string

  constructor(options: ForwardAuthOptions, res: ServerResponse, caller: Hex | undefined, question: ProxyQuestion) {
    super(options, res, caller)
    this.queries = question.queries
    this.#question = question
    this.#signonUrl = options.signonUrl
  }

  settle(asker: Asker, outcomes: readonly Outcome[]): void {
    const { site, service, policy } = asker
    if (!hasRight(site.rights, service, 'forward-auth')) {
      this.refuse(rightMissing())
      return
    }
    const index = outcomes.findIndex((outcome) => !isReturnRefused(outcome))
    const outcome = outcomes[index] ?? outcomes.at(-1)
    if (!outcome || outcome instanceof Error) {
      this.refuse(outcome)
      return
    }
    this.tell(asker, outcome, this.#question.certificate)
    const returnTo = chooseReturnAddress(policy.returnTo, this.queries[index]?.returnTo)
    this.#send(outcome, outcome.redirect ?? this.#signonUrl + checkPath({ returnTo }))
  }

  /** Without a body: several proxies end the connection at each answer that has one. */
  #send({ verdict, subject, account }: Answer, redirect: string): void {
    if (this.res.destroyed) return
    const away = { 'Countersign-Redirect': redirect, Location: redirect, 'WWW-Authenticate': 'Countersign' }
    this.res.writeHead(STATUS[verdict.verdict] ?? this.#question.status, {
      'Content-Length': 0,
      'Cache-Control': 'no-store',
      'Countersign-Verdict': verdict.verdict,
      // Whom a proxy names to its site is somebody signed in, or nobody.
      ...(verdict.verdict === 'valid'
        ? { 'Countersign-Subject': subject ?? '' }
        : { 'Countersign-Reason': verdict.reason }),
      // a header is ASCII, and an account any text
      ...(account !== undefined && { 'Countersign-Account': encodeURIComponent(account) }),
      ...(STATUS[verdict.verdict] === undefined && away),
    })
    this.res.end()
  }
}

/** Undefined: the browser is sent away, by 401 or as the proxy wants it. */
const STATUS: Readonly<Record<Answer['verdict']['verdict'], number | undefined>> = {
  valid: 200,
  'needs-revalidation': undefined,
  missing: undefined,
  revoked: 403,
}

function isReturnRefused(outcome: Outcome): boolean {
  return outcome instanceof IdentityError && outcome.code === 'return-to-refused'
}

function rightMissing(): IdentityError {
  return new IdentityError(
    'right-missing',
    'Your service may not speak for a proxy. Have the operator give it the right: `countersign site rights SITE SERVICE forward-auth`.',
  )
}
