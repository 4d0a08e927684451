import type { IncomingMessage, ServerResponse } from 'node:http'
import swagger from '@fastify/swagger'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Keyring } from '../../domain/keyring.ts'
import type { SecurityEventTokens } from '../../domain/security-event/security-event.ts'
import type { SecurityStreams } from '../../domain/security-event/security-streams.ts'
import type { Asker } from '../../domain/site/asker.ts'
import type { ServiceRenewal } from '../../domain/site/service-renewal.ts'
import type { SiteAccounts } from '../../domain/site/site-account.ts'
import type { SiteEvents } from '../../domain/site/site-event.ts'
import type { SiteStatements } from '../../domain/trust/site-statements.ts'
import type { Usage } from '../../domain/usage/usage.ts'
import type { Outcome } from '../../domain/verdict/inquiry.ts'
import type { Verdicts } from '../../domain/verdict/verdicts.ts'
import { IdentityError } from '../../errors.ts'
import { createListener } from '../listener.ts'
import { peerFingerprint } from '../peer.ts'
import { type PeerPolicy, type ServerIdentity, tlsOptions } from '../tls.ts'
import { type EventsAnswer, eventsRoute, tellEvents } from './events-route.ts'
import { answerForwardAuth } from './forward-auth.ts'
import {
  BatchAnswerSchema,
  BatchSchema,
  FingerprintParams,
  FORWARD_AUTH_ANSWERS,
  ForwardAuthHeaders,
  ForwardAuthSearchSchema,
  ProblemSchema,
  QuerySchema,
  SearchSchema,
  SignedVerdictSchema,
  VerdictSchema,
} from './schemas.ts'
import { JWT_MEDIA_TYPE, type VerdictSigner } from './signed-verdict.ts'
import { answerSiteAccounts, type SiteAccountAnswers, siteAccountRoutes } from './site-account-route.ts'
import { renewCertificate, type SiteCertificateAnswer, siteCertificateRoute } from './site-certificate.ts'
import { describeSite, type SiteAnswer, type SiteOptions, siteRoute } from './site-route.ts'
import { type PollAnswer, pollEvents, pollRoute } from './ssf-poll.ts'
import { answerStreams, type StreamAnswers, streamRoutes } from './ssf-streams.ts'
import { answerStatements, type StatementAnswers, statementRoutes } from './trust.ts'
import { tellUsage, type UsageAnswer, usageRoute } from './usage-route.ts'
import { VerdictEndpoint } from './verdict-endpoint.ts'
import type { Ends } from './waiting.ts'

export interface ApiOptions extends SiteOptions {
  readonly url: string
  readonly identity: ServerIdentity
  readonly peers: PeerPolicy
  /** the public address of the listener where browsers show their certificates */
  readonly signonUrl: string
  readonly verdicts: Verdicts
  readonly signer: VerdictSigner
  readonly events: SiteEvents
  readonly keyring: Keyring
  readonly renewal: ServiceRenewal
  readonly streams: SecurityStreams
  readonly tokens: SecurityEventTokens
  /** the portal's public address: it issues the tokens of security events */
  readonly issuer: string
  readonly usage: Usage
  readonly accounts: SiteAccounts
  readonly statements: SiteStatements
  readonly log: FastifyBaseLogger
  readonly count: (outcome: Outcome, site: string) => void
  readonly time: (res: ServerResponse) => void
  readonly suspect: (certificate: Uint8Array) => void
}

/**
 * Services of sites, by their API certificates: `POST /v1/verdicts`, `GET /v1/verdicts/<fingerprint>`, batch,
 * `GET /v1/site`, `POST /v1/site/certificate`, `GET /v1/events`, `/v1/ssf/…`, `GET /v1/usage`, `/v1/subjects/<subject>/…`, and for proxies `GET /v1/forward-auth`.
 */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const ends: Ends = {
    complain: (problem, err) =>
      options.log.error({ err, code: problem.code, instance: problem.instance }, 'request failed'),
    count: options.count,
    time: options.time,
    suspect: options.suspect,
  }
  const endpoint = new VerdictEndpoint({ ...options, ...ends, authority: new URL(options.url).host })
  const app = createListener({
    name: 'api',
    // Services in old run times still speak 1.2; without tickets and renegotiation it is no weaker here.
    tls: tlsOptions(options.identity, options.peers, 'TLSv1.2'),
    authorities: [options.url],
    log: options.log,
    front: (req, res, host) => endpoint.take(req, res, host),
  })
  const judge = (request: FastifyRequest): Promise<Asker> => askerOf(options.verdicts, request)
  await addRoutes(app, {
    take: (req, res, host) => endpoint.take(req, res, host),
    site: describeSite(options, judge),
    siteCertificate: renewCertificate(options.renewal, judge),
    events: tellEvents(options, judge),
    streams: answerStreams(options, judge),
    poll: pollEvents(options, judge),
    usage: tellUsage(options.usage, judge),
    accounts: answerSiteAccounts(options.accounts, judge),
    statements: answerStatements(options.statements, judge),
    forwardAuth: (req, res) => answerForwardAuth({ ...options, ...ends }, req, res),
  })
  // A stream never ends by itself, and the listener would wait for it.
  app.addHook('preClose', async () => options.events.close())
  return app
}

/**
 * The API's description, from the very schemas and routes that serve it.
 * @param url the listener's public address
 * @returns an OpenAPI 3 document
 */
export async function describeApi(url: string): Promise<object> {
  const app = fastify()
  await app.register(swagger, { openapi: { info: INFO, servers: [{ url }] } })
  const refuse = () => Promise.reject(new TypeError('this instance describes and does not serve'))
  await addRoutes(app, {
    take: () => false,
    site: refuse,
    siteCertificate: refuse,
    events: refuse,
    streams: () => refuse,
    poll: refuse,
    usage: refuse,
    accounts: { bind: refuse, remove: refuse },
    statements: {
      vouch: refuse,
      withdrawVouch: refuse,
      ownVouch: refuse,
      report: refuse,
      withdrawReport: refuse,
      ownReport: refuse,
    },
    forwardAuth: refuse,
  })
  await app.ready()
  return app.swagger()
}

async function addRoutes(
  app: FastifyInstance,
  { take, site, siteCertificate, events, streams, poll, usage, accounts, statements, forwardAuth }: ApiAnswers,
): Promise<void> {
  await app.register(async (scope) => verdictRoutes(scope, take))
  await app.register(async (scope) => siteRoute(scope, site))
  await app.register(async (scope) => siteCertificateRoute(scope, siteCertificate))
  await app.register(async (scope) => eventsRoute(scope, events))
  await app.register(async (scope) => streamRoutes(scope, streams))
  await app.register(async (scope) => pollRoute(scope, poll))
  await app.register(async (scope) => usageRoute(scope, usage))
  await app.register(async (scope) => siteAccountRoutes(scope, accounts))
  await app.register(async (scope) => statementRoutes(scope, statements))
  await app.register(async (scope) => forwardAuthRoute(scope, forwardAuth))
}

/** What stands behind the routes. */
interface ApiAnswers {
  readonly take: Take
  readonly site: SiteAnswer
  readonly siteCertificate: SiteCertificateAnswer
  readonly events: EventsAnswer
  readonly streams: StreamAnswers
  readonly poll: PollAnswer
  readonly usage: UsageAnswer
  readonly accounts: SiteAccountAnswers
  readonly statements: StatementAnswers
  readonly forwardAuth: (req: IncomingMessage, res: ServerResponse) => void
}

/** True when the request was answered, or will be. */
type Take = (req: IncomingMessage, res: ServerResponse, host: string | undefined) => boolean

const INFO = {
  title: 'Countersign',
  version: '1',
  description:
    'May I sign this certificate’s holder in? Mutual TLS with the API certificate of your service; no key, no token.',
}

/** The same verdict, in one of two forms. */
const VERDICT_ANSWER = {
  description: 'The verdict.',
  content: {
    'application/json': { schema: VerdictSchema },
    [JWT_MEDIA_TYPE]: { schema: SignedVerdictSchema },
  },
}

const PROBLEMS = {
  400: { ...ProblemSchema, description: 'The question is malformed or not allowed.' },
  403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
  429: {
    ...ProblemSchema,
    description: 'Your service asks more than its bound allows; Retry-After says when to ask again.',
  },
  503: { ...ProblemSchema, description: 'The store does not answer; nobody is signed in meanwhile.' },
}

/** The addresses that `VerdictEndpoint` takes before the router; declared here for the router and for the documents. */
function verdictRoutes(scope: FastifyInstance, take: Take): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.setValidatorCompiler(() => () => true)
  const handler = (request: FastifyRequest, reply: FastifyReply): void => {
    // The router reads more spellings of an address than the endpoint takes.
    if (!take(request.raw, reply.raw, request.headers.host))
      throw new IdentityError('not-found', 'This address is spelled in another way than docs/SITES.md spells it.')
    reply.hijack()
  }
  scope.get('/v1/verdicts/:fingerprint', {
    schema: {
      summary: 'Ask by fingerprint',
      params: FingerprintParams,
      querystring: SearchSchema,
      response: { 200: VERDICT_ANSWER, ...PROBLEMS },
    },
    handler,
  })
  scope.post('/v1/verdicts', {
    schema: {
      summary:
        'Ask with the certificate: JSON, or the bare DER as application/pkix-cert with return_to and max_age in the address',
      body: QuerySchema,
      response: { 200: VERDICT_ANSWER, ...PROBLEMS },
    },
    handler,
  })
  scope.post('/v1/verdicts/batch', {
    schema: {
      summary: 'Up to 1,000 questions, answered in order',
      body: BatchSchema,
      response: { 200: BatchAnswerSchema, ...PROBLEMS },
    },
    handler,
  })
}

function forwardAuthRoute(scope: FastifyInstance, answer: ApiAnswers['forwardAuth']): void {
  scope.setValidatorCompiler(() => () => true)
  scope.get('/v1/forward-auth', {
    schema: {
      summary: 'The question of a proxy, whose service has the right forward-auth; the answer is in the headers',
      headers: ForwardAuthHeaders,
      querystring: ForwardAuthSearchSchema,
      response: { ...PROBLEMS, ...FORWARD_AUTH_ANSWERS },
    },
    handler: (request: FastifyRequest, reply: FastifyReply): void => {
      reply.hijack()
      answer(request.raw, reply.raw)
    },
  })
}

/** The calling service, judged by the same rule as at a verdict. */
function askerOf(verdicts: Verdicts, request: FastifyRequest): Promise<Asker> {
  const caller = peerFingerprint(request.raw.socket)
  return new Promise((settle, refuse) => verdicts.ask({ caller, queries: [], cost: 1, settle, refuse }))
}
