import { constants } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import type { Gate, GateOptions } from './gate.ts'
import {
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
import type { AnyRequest, AnyResponse } from './proven-peer.ts'
import type { Self } from './self.ts'
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
  /**
   * Keeps your server asking for the right certificates while the authority changes its issuers; connections that live
   * go on undisturbed.
   * @param own your own certificate and key, as your server has them; a function is asked at each change
   * @returns the server
   */
  follow<Server extends FollowingServer>(server: Server, own: OwnTls | (() => OwnTls)): Server
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

/** A server of node:https, http2 or tls. */
export interface FollowingServer {
  setSecureContext(options: SecureContextOptions): void
  once(event: 'close', listener: () => void): unknown
}

/** Your own side of the handshake. What says whom it asks for is ours. */
export type OwnTls = Omit<TlsOptions, 'ca' | 'requestCert' | 'rejectUnauthorized'>

/** The way to the service. */
export interface Line {
  readonly ask: Identity['ask']
  /** what the service says of your site now */
  readonly self: () => Pick<Self, 'browserIssuer' | 'minMaxAge'>
  /** told when the issuers of browsers' certificates change. @returns what ends that */
  readonly follow: (follower: () => void) => () => void
  readonly age: () => number
  readonly close: () => void
}

/** Your site's way to know who is there, before your own code. */
export function identityOf(gate: Gate, line: Line): Identity {
  const checked = <T extends GateOptions>(options: T): T => {
    const { maxAge, checks, offline } = options
    const { minMaxAge } = line.self()
    if (maxAge !== undefined && !(maxAge >= minMaxAge))
      throw new TypeError(`maxAge is ${minMaxAge} seconds at least here, or people would be sent in circles`)
    if (checks?.length === 0) throw new TypeError('checks names one at least, or is left out')
    if (checks && offline)
      throw new TypeError('checks are asked about at each request, so such a route cannot be offline')
    return options
  }
  return {
    ask: line.ask,
    tls: () => tlsFor(line.self().browserIssuer),
    follow: (server, own) => followIssuers(line, server, own),
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

function followIssuers<Server extends FollowingServer>(
  line: Line,
  server: Server,
  own: OwnTls | (() => OwnTls),
): Server {
  const follower = (): void =>
    server.setSecureContext({ ...(typeof own === 'function' ? own() : own), ...tlsFor(line.self().browserIssuer) })
  // at once, so that what is missing in `own` shows at the start, and not at a change years later
  follower()
  server.once('close', line.follow(follower))
  return server
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
