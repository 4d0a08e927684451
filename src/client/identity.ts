import { constants } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'
import type { Gate, GateOptions } from './gate.ts'
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
import type { Verdict } from './verdict.ts'
import type { Wishes } from './verdict-question.ts'

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

/** What the service says of your site. */
export interface Self {
  readonly returnTo: readonly string[]
  readonly browserIssuer: string
  /** seconds */
  readonly minMaxAge: number
}

/** The way to the service. */
export interface Line {
  readonly ask: Identity['ask']
  readonly age: () => number
  readonly close: () => void
}

/** Your site's way to know who is there, before your own code. */
export function identityOf(gate: Gate, self: Self, line: Line): Identity {
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
