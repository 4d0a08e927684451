import { constants } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'
import { Api } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import type { Gate, GateOptions } from './gate.ts'
import { type Ended, Judging } from './judging.ts'
import { Listening, type SiteEvent } from './listening.ts'
import {
  type AnyResponse,
  type ExpressHandler,
  expressHandler,
  type FastifyLike,
  fastifyPlugin,
  type HonoLike,
  honoHandler,
  type Identified,
  type Listener,
  type MiddlewareOptions,
  nodeListener,
  type UpgradeListener,
  upgradeListener,
} from './middleware.ts'
import type { AnyRequest } from './proven-peer.ts'
import { fieldsOf, requireText, type Verdict } from './verdict.ts'
import { askVerdict, type Wishes } from './verdict-question.ts'

export { CountersignError, type CountersignErrorCode } from './countersign-error.ts'
export type { MissingVerdict, NeedsRevalidation, RevokedVerdict, ValidVerdict } from './verdict.ts'
export type { Ended, GateOptions, Identified, MiddlewareOptions, SiteEvent, Verdict, Wishes }

export interface CountersignOptions {
  /** the `api` listener, as in `https://id.example:8443` */
  readonly url: string
  /** your API certificate with its chain, PEM */
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** the authority's root, PEM */
  readonly ca: string | Buffer
  /** how old may be what a kept verdict rests on, ms; default 1,000. Beyond that each request is asked about */
  readonly bound?: number
  /** how long an answer may take, ms; default 2,000 */
  readonly timeout?: number
  /** how long a verdict is kept at most, ms; default 60,000 */
  readonly keep?: number
  /** told of everything that the service tells of your people: end your own sessions here */
  readonly told?: (event: SiteEvent) => void
  /** told of each certificate that was let in here and is no longer */
  readonly ended?: (ended: Ended) => void
  /** told of what kept a verdict away; the request is answered with 503 */
  readonly failed?: (error: unknown) => void
}

/** Your site's way to know who is there. */
export interface Identity {
  /**
   * Asks, whatever is known here.
   * @param certificate DER, or the fingerprint of one; null: none was shown
   * @throws CountersignError
   */
  ask(certificate: Uint8Array | string | null, wishes?: Wishes): Promise<Verdict>
  /** What your own TLS server needs beside its certificate and key: asks for ours, and insists on none. */
  tls(): TlsOptions
  /** For `createServer` of node:http, https and http2. */
  node<Required extends boolean = true>(
    listener: Listener<Required>,
    options?: MiddlewareOptions<Required>,
  ): (request: AnyRequest, response: AnyResponse) => void
  express(options?: MiddlewareOptions): ExpressHandler
  /** A plugin: `app.register(identity.fastify())`. */
  fastify(options?: MiddlewareOptions): (app: FastifyLike) => Promise<void>
  /** Over `@hono/node-server`. */
  hono(options?: GateOptions): (context: HonoLike, next: () => Promise<void>) => Promise<Response | undefined>
  /** For `server.on('upgrade', …)`: the listener is called for those who are let in. */
  upgrade(
    listener: (request: Identified<IncomingMessage, true>, socket: Duplex, head: Buffer) => unknown,
    options?: GateOptions,
  ): UpgradeListener
  /** how old the knowledge behind a kept verdict is, ms; Infinity before the first heartbeat */
  readonly age: number
  /** Ends the connections to the service. From then on nobody is let in. */
  close(): void
}

const BOUND = 1_000
const TIMEOUT = 2_000
const KEEP = 60_000
const CAPACITY = 100_000

/**
 * Begins: asks the service who you are, and listens to it.
 * @throws CountersignError when it does not answer, or does not accept your API certificate
 */
export async function countersign(options: CountersignOptions): Promise<Identity> {
  const {
    bound = BOUND,
    timeout = TIMEOUT,
    keep = KEEP,
    told = () => {},
    ended = () => {},
    failed = () => {},
  } = options
  const api = new Api({ ...options, timeout })
  const self = await describeSelf(api)
  let listening: Listening | undefined
  // What your own code throws must not stop what ends a person.
  const calling =
    <T>(hook: (value: T) => void) =>
    (value: T): void => {
      try {
        hook(value)
      } catch (error) {
        failed(error)
      }
    }
  const judging = new Judging({
    api,
    listening: () => listening,
    bound,
    keep,
    capacity: CAPACITY,
    ended: calling(ended),
  })
  const tell = calling(told)
  listening = new Listening({
    ...options,
    told: (event) => {
      void judging.heard(event)
      tell(event)
    },
    reset: () => void judging.reset(),
  })
  const watching = setInterval(() => void judging.watch(), bound / 2).unref()
  const gate = { judging, returnTo: self.returnTo, failed }
  return identityOf(gate, self, {
    ask: async (certificate, wishes = {}) => (await askVerdict(api, certificate, wishes)).verdict,
    age: () => performance.now() - (listening?.provenAt ?? Number.NEGATIVE_INFINITY),
    close: () => {
      clearInterval(watching)
      listening?.close()
      listening = undefined
      api.close()
    },
  })
}

interface Self {
  readonly returnTo: readonly string[]
  readonly browserIssuer: string
  /** seconds */
  readonly minMaxAge: number
}

interface Line {
  readonly ask: Identity['ask']
  readonly age: () => number
  readonly close: () => void
}

async function describeSelf(api: Api): Promise<Self> {
  try {
    const fields = fieldsOf((await api.ask('/v1/site')).json)
    const { return_to: returnTo, min_max_age: minMaxAge } = fields
    if (!Array.isArray(returnTo)) throw new CountersignError('answer-unreadable', 'The answer has no return_to.')
    return {
      returnTo: returnTo.map(String),
      browserIssuer: requireText(fields.browser_issuer, 'browser_issuer'),
      minMaxAge: Number(minMaxAge),
    }
  } catch (error) {
    api.close()
    throw error
  }
}

function identityOf(gate: Gate, self: Self, line: Line): Identity {
  const checked = <T extends GateOptions>(options: T): T => {
    const { maxAge } = options
    if (maxAge !== undefined && !(maxAge >= self.minMaxAge))
      throw new TypeError(`maxAge is ${self.minMaxAge} seconds at least here, or people would be sent in circles`)
    return options
  }
  return {
    ask: line.ask,
    tls: () => tlsFor(self.browserIssuer),
    node: (listener, options = {}) => nodeListener(gate, listener, checked(options)),
    express: (options = {}) => expressHandler(gate, checked(options)),
    fastify: (options = {}) => fastifyPlugin(gate, checked(options)),
    hono: (options = {}) => honoHandler(gate, checked(options)),
    upgrade: (listener, options = {}) => upgradeListener(gate, listener, checked(options)),
    get age() {
      return line.age()
    },
    close: line.close,
  }
}

function tlsFor(browserIssuer: string): TlsOptions {
  return {
    // Browsers offer the certificates of this issuer. What one is worth only the verdict tells, so none is turned away.
    ca: browserIssuer,
    requestCert: true,
    rejectUnauthorized: false,
    // A resumed session shows the certificate of an earlier handshake; renegotiation changes it in mid-connection.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  }
}
