import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { admitKnown, type Decision, decide, type Gate, type GateOptions, type Refusal } from './gate.ts'
import type { AnyRequest, AnyResponse } from './proven-peer.ts'
import type { ValidVerdict, Verdict } from './verdict.ts'

/** A request with the verdict on whoever sent it. */
export type Identified<Request, Required extends boolean> = Request & {
  readonly identity: Required extends true ? ValidVerdict : Verdict
}

export interface MiddlewareOptions<Required extends boolean = boolean> extends GateOptions {
  readonly required?: Required
  /** answers in place of ours where nobody is known: your page that tells how to get a certificate */
  readonly missing?: (request: AnyRequest, response: AnyResponse) => void
}

/** Your own answer to a request. Over HTTP/2 both are what Node calls compatible. */
export type Listener<Required extends boolean> = (
  request: Identified<IncomingMessage, Required>,
  response: ServerResponse,
) => unknown

/** What Express calls. */
export type ExpressHandler = (request: AnyRequest, response: AnyResponse, next: (error?: unknown) => void) => void

/** What `upgrade` of a server calls. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** For `createServer` of node:http, https and http2. */
export function nodeListener<Required extends boolean = true>(
  gate: Gate,
  listener: Listener<Required>,
  options: MiddlewareOptions<Required>,
): (request: AnyRequest, response: AnyResponse) => void {
  const walk = walkThrough<undefined>(gate, options, (request, response, identity) => {
    listener(identify(request as IncomingMessage, identity), response as ServerResponse)
  })
  return (request, response) => walk(request, response, undefined)
}

export function expressHandler(gate: Gate, options: MiddlewareOptions): ExpressHandler {
  return walkThrough<() => void>(gate, options, (request, _response, identity, next) => {
    identify(request, identity)
    next()
  })
}

/** The way of each request: whoever is known is let in at once, and nothing is made for him. */
function walkThrough<Next>(
  gate: Gate,
  options: MiddlewareOptions,
  admit: (request: AnyRequest, response: AnyResponse, identity: Verdict, next: Next) => void,
): (request: AnyRequest, response: AnyResponse, next: Next) => void {
  return (request, response, next) => {
    const known = admitKnown(gate, request, response, options)
    if (known) admit(request, response, known, next)
    else
      whenDecided(decide(gate, request, response, options), (decision) => {
        // something before us answers what takes too long
        if (response.headersSent) return
        if ('refusal' in decision) answer(request, response, decision.refusal, options)
        else admit(request, response, decision.identity, next)
      })
  }
}

/** The little of Fastify that is needed. */
export interface FastifyLike {
  hasRequestDecorator(name: string): boolean
  decorateRequest(name: string, value: null): unknown
  addHook(
    name: 'onRequest',
    hook: (request: { raw: AnyRequest }, reply: { raw: AnyResponse; hijack(): unknown }) => Promise<void>,
  ): unknown
}

/** A plugin that concerns the instance which registers it, and all below. */
export function fastifyPlugin(gate: Gate, options: MiddlewareOptions): (app: FastifyLike) => Promise<void> {
  const plugin = async (app: FastifyLike): Promise<void> => {
    // a part of an instance that wants more than the whole has it already
    if (!app.hasRequestDecorator('identity')) app.decorateRequest('identity', null)
    app.addHook('onRequest', async (request, reply) => {
      const decision = await decide(gate, request.raw, reply.raw, options)
      if ('identity' in decision) identify(request, decision.identity)
      else {
        reply.hijack()
        answer(request.raw, reply.raw, decision.refusal, options)
      }
    })
  }
  // https://fastify.dev/docs/latest/Reference/Plugins/#handle-the-scope
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

/** The little of Hono on Node (`@hono/node-server`) that is needed. */
export interface HonoLike {
  readonly env: { readonly incoming: AnyRequest; readonly outgoing: AnyResponse }
  set(name: 'identity', value: Verdict): void
}

/** Sets `identity` of the context. */
export function honoHandler(
  gate: Gate,
  options: GateOptions,
): (context: HonoLike, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const decision = await decide(gate, context.env.incoming, context.env.outgoing, options)
    if ('refusal' in decision) {
      const { status, headers, body } = decision.refusal
      return new Response(body, { status, headers })
    }
    context.set('identity', decision.identity)
    await next()
    return undefined
  }
}

/** For WebSockets: whoever is not let in gets his answer in place of the upgrade. */
export function upgradeListener(
  gate: Gate,
  listener: (request: Identified<IncomingMessage, true>, socket: Duplex, head: Buffer) => unknown,
  options: GateOptions,
): UpgradeListener {
  return (request, socket, head) => {
    // Node has let go of it: from here on a reset by its peer would end the process, where nobody listens
    socket.on('error', () => socket.destroy())
    whenDecided(decide(gate, request, socket, { ...options, required: true, isUpgrade: true }), (decision) => {
      if (socket.destroyed) return
      if ('identity' in decision) listener(identify(request, decision.identity), socket, head)
      else refuseUpgrade(socket, decision.refusal)
    })
  }
}

/** At once where nothing has to be waited for. */
function whenDecided(decision: Decision | Promise<Decision>, use: (decision: Decision) => void): void {
  if (decision instanceof Promise) void decision.then(use)
  else use(decision)
}

function identify<Request extends object, Required extends boolean>(
  request: Request,
  identity: Verdict,
): Identified<Request, Required> {
  const identified = request as Request & { identity: Verdict }
  identified.identity = identity
  return identified as Identified<Request, Required>
}

function answer(
  request: AnyRequest,
  response: AnyResponse,
  { status, headers, body, verdict }: Refusal,
  { missing }: MiddlewareOptions,
): void {
  if (missing && verdict?.verdict === 'missing') {
    // who has a certificate by the next time must not be shown this again
    response.setHeader('cache-control', 'no-store')
    missing(request, response)
    return
  }
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.end(body)
}

function refuseUpgrade(socket: Duplex, { status, headers, body }: Refusal): void {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': String(Buffer.byteLength(body)) })
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')
  socket.end(`HTTP/1.1 ${status} ${TITLES[status]}\r\n${head}\r\n\r\n${body}`, () => socket.destroy())
}

const TITLES = { 303: 'See Other', 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' } as const
