import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import type { Gate } from '../../src/client/gate.ts'
import {
  expressHandler,
  type FastifyLike,
  fastifyPlugin,
  honoHandler,
  type MiddlewareOptions,
  nodeListener,
  upgradeListener,
} from '../../src/client/middleware.ts'
import { type AnyRequest, type AnyResponse, connectionOf, shownOn } from '../../src/client/proven-peer.ts'
import { readVerdict, type ValidVerdict, type Verdict } from '../../src/client/verdict.ts'
import { listenOn } from '../http/handshake.ts'
import { REVOKED, STALE, SUBJECT, VALID } from './fake-service.ts'
import { connectionShowing, DER } from './somebody.ts'

const PAGE = { 'sec-fetch-dest': 'document' }

/** Each way to stand before a site: a server that greets by subject. */
const WAYS: Readonly<Record<string, (gate: Gate, options: MiddlewareOptions) => Promise<RequestListener>>> = {
  node: async (gate, options) =>
    nodeListener(
      gate,
      (request, response) => response.end((request.identity as ValidVerdict).subject ?? request.identity.verdict),
      options,
    ) as RequestListener,
  express: async (gate, options) => {
    const handler = expressHandler(gate, options)
    return (request, response) => handler(request, response, () => greet(request, response))
  },
  fastify: async (gate, options) => {
    let listener: RequestListener = () => {}
    const app = fastify({
      serverFactory: (handler) => {
        listener = handler
        return createServer()
      },
    })
    await app.register(fastifyPlugin(gate, options) as (app: object) => Promise<void>)
    app.get('/*', async (request) => greeting(request))
    await app.ready()
    return listener
  },
  hono: async (gate, options) => {
    const handler = honoHandler(gate, options)
    return async (incoming, response) => {
      let identity: Verdict | undefined
      const set = (_name: string, value: Verdict): void => {
        identity = value
      }
      const context = { env: { incoming, outgoing: response }, set }
      const refused = await handler(context, async () => void response.end(greetingOf(identity)))
      if (refused) response.writeHead(refused.status, Object.fromEntries(refused.headers)).end(await refused.text())
    }
  },
}

for (const [name, way] of Object.entries(WAYS)) {
  t.test(`${name}: who is let in, who is sent away, who is refused`, async (t) => {
    const site = await open(t, way)
    t.match(await site.visit(VALID), { status: 200, body: SUBJECT })
    t.match(await site.visit(VALID, { known: true }), { status: 200, body: SUBJECT })
    t.match(await site.visit(STALE), { status: 303, location: STALE.redirect })
    t.match(await site.visit(REVOKED), { status: 403, type: /^text\/html/ })
    t.match(await site.visit({ verdict: 'missing', reason: 'unknown' }), { status: 401 })
    t.match(await site.visit(new Error('down')), { status: 503 })
  })

  t.test(`${name}: where nobody must, whoever is not revoked comes in`, async (t) => {
    const site = await open(t, way, { required: false })
    t.match(await site.visit({ verdict: 'missing', reason: 'unknown' }), { status: 200, body: 'missing' })
    t.match(await site.visit(REVOKED), { status: 403 })
  })
}

t.test('your own answer where nobody is known', async (t) => {
  const missing = (_request: AnyRequest, response: AnyResponse): void => {
    response.statusCode = 404
    ;(response as { end(text: string): void }).end('how to get one')
  }
  for (const name of ['node', 'express', 'fastify']) {
    const site = await open(t, WAYS[name]!, { missing })
    t.match(
      await site.visit({ verdict: 'missing', reason: 'unknown' }),
      { status: 404, body: 'how to get one', cached: 'no-store' },
      name,
    )
    t.match(await site.visit(REVOKED), { status: 403 }, name)
  }
})

t.test('a WebSocket is opened for those who are let in; others get their answer', async (t) => {
  const { gate, says } = judging()
  const server = createServer()
  const listener = upgradeListener(
    gate,
    ({ identity }, socket) => socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${identity.subject}`),
    { required: false },
  )
  server.on('upgrade', (request, socket, head) => listener(showing(request), socket, head))
  const port = await listenOn(t, server)
  const upgrade = async (said: object, origin = 'https://shop.example'): Promise<string> => {
    says(said)
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `GET /live HTTP/1.1\r\nHost: shop.example\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    )
    return text(socket)
  }
  t.match(await upgrade(VALID), new RegExp(`^HTTP/1.1 101 [\\s\\S]*${SUBJECT}$`))
  t.match(await upgrade(VALID, 'https://evil.example'), /^HTTP\/1.1 403 [\s\S]*"cross-origin"/, 'another site’s page')
  t.match(await upgrade(STALE), /^HTTP\/1.1 401 Unauthorized\r\n[\s\S]*connection: close[\s\S]*"redirect"/)
  t.match(await upgrade(REVOKED), /^HTTP\/1.1 403 /)
  t.match(await upgrade(new Error('down')), /^HTTP\/1.1 503 /)
})

t.test(
  'who resets his connection while he is asked about ends nothing but it: no process, behind no proxy',
  async (t) => {
    const { gate, says } = judging()
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = {
      ...gate.judging,
      judge: async (): Promise<Verdict> => {
        asked.resolve()
        await answered.promise
        return readVerdict(VALID)
      },
    }
    says(VALID)
    const letIn: unknown[] = []
    const listener = upgradeListener({ ...gate, judging: slow }, ({ identity }) => letIn.push(identity), {})
    const server = createServer()
    const closed = new Promise<void>((resolve) => {
      server.on('upgrade', (request, socket, head) => {
        socket.once('close', resolve)
        listener(showing(request), socket, head)
      })
    })
    const socket = connect(await listenOn(t, server), '127.0.0.1')
    socket.write('GET /live HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await asked.promise
    socket.resetAndDestroy()
    await closed
    answered.resolve()
    await answered.promise
    await new Promise((resolve) => setImmediate(resolve))
    t.same(letIn, [], 'and nobody is there any more')
  },
)

t.test('a plugin for the instance that registers it', async (t) => {
  const added: unknown[] = []
  const plugin = fastifyPlugin(judging().gate, {})
  t.equal(Reflect.get(plugin, Symbol.for('skip-override')), true)
  const app: FastifyLike = {
    hasRequestDecorator: () => false,
    decorateRequest: (name, value) => added.push([name, value]),
    addHook: (name) => added.push(name),
  }
  await plugin(app)
  t.same(added, [['identity', null], 'onRequest'])
})

t.test('Fastify: a part of an instance can want more than the whole', async (t) => {
  const { gate, says } = judging()
  let listener: RequestListener = () => {}
  const app = fastify({
    serverFactory: (handler) => {
      listener = handler
      return createServer()
    },
  })
  const plugin = (options: MiddlewareOptions) => fastifyPlugin(gate, options) as (app: object) => Promise<void>
  await app.register(plugin({ required: false }))
  app.get('/', async (request) => greeting(request))
  await app.register(async (inside) => {
    await inside.register(plugin({}))
    inside.get('/inside', async (request) => greeting(request))
  })
  await app.ready()
  const port = await listenOn(
    t,
    createServer((request, response) => listener(showing(request), response)),
  )
  const visit = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  says({ verdict: 'missing', reason: 'unknown' })
  t.same([await visit('/'), await visit('/inside')], [200, 401])
  says(VALID)
  t.same([await visit('/'), await visit('/inside')], [200, 200])
})

t.test('who was answered meanwhile, since the service was slow, is not answered twice', async (t) => {
  for (const said of [VALID, REVOKED])
    for (const way of ['node', 'express']) {
      const { gate } = judging()
      const { promise, resolve } = Promise.withResolvers<Verdict>()
      const handle = await WAYS[way]!({ ...gate, judging: { ...gate.judging, judge: () => promise } }, {})
      const failures: unknown[] = []
      const note = (error: unknown): void => void failures.push(error)
      process.on('unhandledRejection', note)
      const server = createServer((request, response) => {
        handle(showing(request), response)
        response.writeHead(504).end('too late')
      })
      const port = await listenOn(t, server)
      t.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 504)
      resolve(readVerdict(said))
      await new Promise((done) => setImmediate(done))
      process.off('unhandledRejection', note)
      t.same(failures, [], way)
    }
})

function greet(request: AnyRequest, response: AnyResponse): void {
  ;(response as { end(text: string): void }).end(greeting(request))
}

function greeting(request: object): string {
  return greetingOf((request as { identity?: Verdict }).identity)
}

function greetingOf(identity: Verdict | undefined): string {
  return identity?.verdict === 'valid' ? identity.subject : String(identity?.verdict)
}

function judging() {
  let said: object = VALID
  let known: ValidVerdict | undefined
  const gate: Gate = {
    shown: shownOn,
    connection: connectionOf,
    judging: {
      known: () => known,
      judge: async () => {
        if (said instanceof Error) throw said
        return readVerdict(said)
      },
      isAttached: () => false,
      attach: () => {},
      withoutService: () => undefined,
      attachWithoutService: () => {},
    },
    returnTo: () => [],
    checkPage: () => undefined,
    failed: () => {},
  }
  const says = (next: object, isKnown = false): void => {
    said = next
    known = isKnown ? (readVerdict(next) as ValidVerdict) : undefined
  }
  return { gate, says }
}

/** As if the request had come over TLS, with a certificate. */
function showing<Request extends object>(request: Request): Request {
  return Object.defineProperty(request, 'socket', { value: connectionShowing(DER) })
}

async function open(t: Test, way: (typeof WAYS)[string], options: MiddlewareOptions = {}) {
  const { gate, says } = judging()
  const listener = await way!(gate, options)
  const server = createServer((request, response) => listener(showing(request), response))
  await listenOn(t, server)
  const { port } = server.address() as AddressInfo
  const visit = async (said: object, { known = false } = {}) => {
    says(said, known)
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: PAGE, redirect: 'manual' })
    const { status, headers } = response
    const header = (name: string) => headers.get(name)
    const told = { location: header('location'), type: header('content-type'), cached: header('cache-control') }
    return { status, body: await response.text(), ...told }
  }
  return { visit }
}
