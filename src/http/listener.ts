import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import { IdentityError } from '../errors.ts'
import { PROBLEM_MEDIA_TYPE, type Problem, toProblem } from './problem.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'
import type { ServerIdentity } from './tls.ts'
import { boundUnproven } from './unproven-peers.ts'

/** https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20 is answered where :authority or Host is not the listener's own. */
export interface ListenerOptions {
  readonly name: string
  /** undefined: plain HTTP */
  readonly tls: TlsOptions | undefined
  /** HTTP/2 and nothing else; needs `tls` */
  readonly http2?: boolean
  /** the public addresses of this listener; a request to any other authority is misdirected. Empty: any (loopback `ops`, plain `pki`) */
  readonly authorities: readonly string[]
  /** further authorities, each for some paths alone */
  readonly admits?: (authority: string, path: string) => boolean
  readonly log: FastifyBaseLogger
  /** bytes; default 64 KiB */
  readonly bodyLimit?: number
  /** how long a request may take to arrive, ms; default 10 s */
  readonly requestTimeout?: number
  /** how long a peer may let an answer lie, or say nothing before its first request, ms; default 30 s */
  readonly idleTimeout?: number
  /** HTTP/1.1 only: sees each request, and the `Host` that it names, before the router; true: it will be answered there */
  readonly front?: (req: IncomingMessage, res: ServerResponse, host: string | undefined) => boolean
  /** a page for people instead of a problem body; undefined leaves the problem */
  readonly renderProblem?: (problem: Problem, request: FastifyRequest, reply: FastifyReply) => string | undefined
}

const BODY_LIMIT = 64 * 1024
const HEADERS_TIMEOUT = 5_000
const REQUEST_TIMEOUT = 10_000
const IDLE_TIMEOUT = 30_000
/** How often Node looks whether one of these times is over. Its default of 30 s would be the real bound of them all. */
const LOOK_EVERY = 1_000
const KEEP_ALIVE_TIMEOUT = 75_000
/** How long a peer that sent no HTTP may take to fetch the answer and go, ms. */
const LINGER = 1_000
/** Node's default is no bound at all, and Node has no timeout for a request over HTTP/2. */
const MAX_STREAMS = 100

/** The base of every listener: request ids, own authority only, problems for errors, bounds on time and size, a log line without content. */
export function createListener(options: ListenerOptions): FastifyInstance {
  const app = newServer(options)
  if (options.tls) handshakes.set(app, options.tls)
  app.addHook('onRequest', refuseForeignAuthority(options))
  app.addHook('onSend', async (_request, reply) => setCommonHeaders(reply))
  app.addHook('onResponse', logResponse(options.name, options.log))
  app.setNotFoundHandler((request) => {
    throw new IdentityError(
      'not-found',
      `There is nothing for ${request.method} at this address. docs/openapi.json has those for sites, docs/OPERATORS.md all others.`,
    )
  })
  app.setErrorHandler((error, request, reply) => sendProblem(options, error, request, reply))
  return app
}

function setCommonHeaders(reply: FastifyReply): void {
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  reply.header('x-content-type-options', 'nosniff')
}

/** The handshake's options of each TLS listener, which a new certificate must not change. */
const handshakes = new WeakMap<FastifyInstance, TlsOptions>()

/** Gives a listener a new certificate of its own; connections that live go on undisturbed. */
export function replaceIdentity(app: FastifyInstance, { cert, key }: ServerIdentity): void {
  const options = handshakes.get(app)
  if (!options) throw new TypeError('this listener does not speak TLS')
  const server = app.server as unknown as Pick<SecureServer, 'setSecureContext'>
  server.setSecureContext({ ...options, cert, key })
}

/** Answers with the error's problem, or its page. Logs the cause of what is our own fault. */
function sendProblem(
  options: ListenerOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toProblem(error, request.id)
  if (problem.status >= 500) request.log.error({ reqId: request.id, err: error, code: problem.code }, 'request failed')
  reply.headers(rateLimitHeaders(problem, error))
  // Whoever holds a refused certificate has nothing more to ask. Only listeners that speak HTTP/1.1 refuse callers so.
  if (problem.code === 'caller-refused') reply.header('connection', 'close')
  const page = options.renderProblem?.(problem, request, reply)
  reply.status(problem.status)
  if (page !== undefined) return reply.type('text/html; charset=utf-8').send(page)
  return reply.type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem))
}

function newServer(options: ListenerOptions): FastifyInstance {
  const { requestTimeout = REQUEST_TIMEOUT, idleTimeout = IDLE_TIMEOUT } = options
  const common = {
    // Fastify's own lines tell addresses that the service announces itself, and of requests more than may be told.
    loggerInstance: options.log.child({ listener: options.name }, { level: 'error' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? BODY_LIMIT,
    genReqId: () => randomUUID(),
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerMalformedHttp,
    // An address that cannot be decoded never reaches a hook; Fastify's own answer would quote it.
    frameworkErrors: (error: Error, request: unknown, reply: unknown) => {
      setCommonHeaders(reply as FastifyReply)
      sendProblem(options, error, request as FastifyRequest, reply as FastifyReply)
    },
    routerOptions: { maxParamLength: 4_096 },
    // What does not have the shape that is asked for is refused, not bent into it.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  } as const
  if (options.http2) {
    if (!options.tls) throw new TypeError('HTTP/2 is served over TLS only')
    const secure = { ...options.tls, allowHTTP1: false, settings: { maxConcurrentStreams: MAX_STREAMS } }
    const app = fastify({
      ...common,
      forceCloseConnections: false,
      http2: true,
      http2SessionTimeout: KEEP_ALIVE_TIMEOUT,
      https: secure,
    })
    app.server.on('stream', (stream) => boundStream(stream, requestTimeout, idleTimeout))
    if (options.tls.requestCert) boundUnproven(app.server)
    return app as unknown as FastifyInstance
  }
  const { front, tls } = options
  const app = fastify({
    ...common,
    serverFactory: (router) => {
      const listener: RequestListener = (req, res) => {
        const host = soleHost(req)
        if (host === SEVERAL) answerMalformedHttp(new Error('several hosts'), req.socket)
        else if (!front?.(req, res, host)) router(req, res)
      }
      const timeouts = {
        headersTimeout: HEADERS_TIMEOUT,
        requestTimeout,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
        connectionsCheckingInterval: LOOK_EVERY,
        // A request without a body has no stream to be drained.
        optimizeEmptyRequests: true,
      }
      const secure = tls && createSecureServer({ ...tls, ...timeouts }, listener)
      if (secure && tls.requestCert) boundUnproven(secure)
      const server = secure ?? createServer(timeouts, listener)
      boundSlowPeers(server, tls ? 'secureConnection' : 'connection', idleTimeout)
      return server
    },
  })
  return app as unknown as FastifyInstance
}

/**
 * Node's default is no bound at all: what is not read would be kept for as long as the peer likes. `server.timeout` would
 * set and clear a timer at every request. Here a connection has one until its first answer, and later on when an answer
 * still lies there as somebody looks; Node sets it back whenever the peer has taken some, and clears it with the answer.
 */
function boundSlowPeers(server: Server, opening: 'connection' | 'secureConnection', patience: number): void {
  const connections = new Set<Socket>()
  server.on(opening, (connection: Socket) => {
    connections.add(connection.setTimeout(patience))
    connection.once('close', () => connections.delete(connection))
  })
  const look = setInterval(() => {
    for (const connection of connections)
      if (connection.writableLength > 0 && !connection.timeout) connection.setTimeout(patience)
  }, LOOK_EVERY).unref()
  server.once('close', () => clearInterval(look))
}

/** Over HTTP/2 Node bounds neither: a request that does not arrive whole, an answer that is not read. */
function boundStream(stream: ServerHttp2Stream, requestTimeout: number, idleTimeout: number): void {
  const end = (): void => stream.close(constants.NGHTTP2_CANCEL)
  stream.setTimeout(idleTimeout, end)
  if (stream.endAfterHeaders) return
  const late = setTimeout(end, requestTimeout)
  stream.once('end', () => clearTimeout(late)).once('close', () => clearTimeout(late))
}

/** Browsers reuse a connection for any name that its certificate covers; 421 makes them open another. */
function refuseForeignAuthority({ authorities, admits }: Pick<ListenerOptions, 'authorities' | 'admits'>) {
  const own = new Set(authorities.map((address) => new URL(address).host))
  return async (request: FastifyRequest): Promise<void> => {
    const { ':authority': authority, host } = request.headers
    const named = [authority, host, authorityOf(request.raw.url)].filter((name) => typeof name === 'string')
    const answersFor = (name: string): boolean => own.has(name) || admits?.(name, request.url) === true
    if (own.size === 0 || (named.length > 0 && named.every((name) => answersFor(name.toLowerCase())))) return
    throw new IdentityError('misdirected', `This listener answers for ${[...own].join(' and ')} only. Ask there.`)
  }
}

const SEVERAL = Symbol('several hosts')

/**
 * The `Host` as it was sent. Node hands on the first alone; whoever stands between may have gone by another.
 * `headers` would make an object of all of them, at every request.
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
function soleHost({ rawHeaders }: IncomingMessage): string | typeof SEVERAL | undefined {
  let host: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!isHost(rawHeaders[index]!)) continue
    if (host !== undefined) return SEVERAL
    host = rawHeaders[index + 1]!
  }
  return host
}

function isHost(name: string): boolean {
  return name === 'Host' || name === 'host' || (name.length === 4 && name.toLowerCase() === 'host')
}

/** Of a target in absolute form, which goes before what `Host` says. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
function authorityOf(target = ''): string | undefined {
  if (target.startsWith('/') || target === '*') return undefined
  return URL.canParse(target) ? new URL(target).host : ''
}

/** Method, route pattern, status, time: never the address itself (it may hold a ticket), never headers or bodies. */
function logResponse(listener: string, log: FastifyBaseLogger) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    log.debug(
      {
        listener,
        reqId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: reply.elapsedTime,
      },
      'answered',
    )
  }
}

/** What is not HTTP at all, or too slow, or too long in its headers, never reaches a route. */
function answerMalformedHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, title] = MALFORMED_HTTP[error.code ?? ''] ?? [400, 'Not HTTP']
  const body = JSON.stringify({ type: 'about:blank', title, status })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  )
  // The end waits for a handshake that never comes, or for a peer that never goes: nothing else would close it.
  setTimeout(() => socket.destroy(), LINGER).unref()
}

const MALFORMED_HTTP: Readonly<Record<string, readonly [number, string] | undefined>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}
