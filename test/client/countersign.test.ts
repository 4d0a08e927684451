import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer as createPlainServer, get } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { type CountersignOptions, countersign, type Identity, type RenewedPair } from '../../src/client/countersign.ts'
import type { SiteEvent } from '../../src/client/listening.ts'
import { fingerprintOf } from '../../src/client/verdict-question.ts'
import { until } from '../ca/until.ts'
import { agentOf, exchange } from '../e2e/exchange.ts'
import { listenOn, openCast } from '../http/handshake.ts'
import { lineTo, REVOKED, type Said, SUBJECT, startFake, VALID } from './fake-service.ts'
import { certify } from './issuing.ts'

const cast = await openCast(t)
const NOBODY: Said = { verdict: 'missing', reason: 'unknown' }

t.test('a site asks once, and then knows', async (t) => {
  const { visit, fake, identity } = await open(t)
  fake.beat()
  await until(() => identity.age < 500)
  for (let visits = 0; visits < 5; visits++) t.match(await visit(), { status: 200 })
  t.equal(fake.questions.length, 1)
})

t.test('what is told ends the connection at once, and the next request is refused', async (t) => {
  const told: SiteEvent[] = []
  const ended: object[] = []
  const hooks = { told: (event: SiteEvent) => void told.push(event), ended: (one: object) => void ended.push(one) }
  const { visit, fake, identity } = await open(t, hooks)
  fake.beat()
  await until(() => identity.age < 500)
  t.match(await visit(), { status: 200 })
  fake.said = REVOKED
  fake.tell('revoked')
  await until(() => ended.length === 1)
  t.match(told, [{ event: 'revoked', subject: SUBJECT }])
  t.match(ended, [{ fingerprint: cast.peers.browser.fingerprint, verdict: { verdict: 'revoked' } }])
  t.match(await visit('anew'), { status: 403 })
})

t.test('a stream that falls silent: each request is asked about', async (t) => {
  const { visit, fake, identity } = await open(t, { bound: 500 })
  fake.beat()
  await until(() => identity.age < 400)
  await visit()
  fake.fallSilent()
  await until(() => identity.age > 500)
  const asked = () => fake.questions.filter((path) => path === '/v1/verdicts').length
  const before = asked()
  for (let visits = 1; visits <= 3; visits++) {
    t.match(await visit(), { status: 200 })
    t.equal(asked(), before + visits)
  }
})

t.test('a stream that falls silent: living connections are judged by asking', async (t) => {
  const ended: object[] = []
  const { visit, fake, identity } = await open(t, { bound: 500, ended: (one) => void ended.push(one) })
  fake.beat()
  await until(() => identity.age < 400)
  await visit()
  fake.fallSilent()
  fake.said = REVOKED
  await until(() => ended.length === 1)
  t.match(ended, [{ subject: SUBJECT }])
})

t.test('a reset voids what is known', async (t) => {
  const ended: object[] = []
  const { visit, fake, identity } = await open(t, { ended: (one) => void ended.push(one) })
  fake.beat()
  await until(() => identity.age < 500)
  await visit()
  fake.said = REVOKED
  fake.reset()
  await until(() => ended.length === 1)
  t.match(await visit('anew'), { status: 403 })
})

t.test('the service is away: nobody is let in; what your hooks throw ends nothing', async (t) => {
  const failures: unknown[] = []
  const { visit, fake, identity } = await open(t, {
    failed: (error) => {
      failures.push(error)
      throw new Error('this hook, too')
    },
    told: () => {
      throw new Error('a hook of the site')
    },
  })
  fake.status = 503
  t.match(await visit(), { status: 503, json: { code: 'unavailable' } })
  t.match(failures, [{ code: 'unavailable' }])
  fake.status = 200
  fake.beat()
  await until(() => identity.age < 1_000)
  fake.tell('held')
  await until(() => failures.length === 2)
  t.match(failures[1], { message: 'a hook of the site' })
  t.match(await visit(), { status: 200 })
})

t.test('nobody shown, nobody known, and a question of your own', async (t) => {
  const { visit, fake, identity } = await open(t)
  t.match(await visit('bare'), { status: 401, json: { code: 'missing' } })
  t.equal(fake.questions.length, 0)
  fake.said = NOBODY
  t.match(await visit(), { status: 401 })
  t.match(await identity.ask(null), { reason: 'no-certificate' })
  fake.said = VALID
  t.match(await identity.ask('ab'.repeat(32), { maxAge: 60 }), { verdict: 'valid' })
  t.equal(fake.questions.at(-1), `/v1/verdicts/${'ab'.repeat(32)}?max_age=60`)
})

t.test(
  'its own certificate is renewed without a request being dropped; the new one is stored before it is used',
  async (t) => {
    const stored: RenewedPair[] = []
    const { visit, fake, identity } = await open(t, { refresh: 20, renewed: (pair) => void stored.push(pair) })
    fake.renew = (request) => certify(cast, request)
    fake.beat()
    await until(() => identity.age < 500)
    t.match(await visit(), { status: 200 })
    const first = cast.peers.api.fingerprint
    t.same([...new Set(fake.askers)], [first])
    const answers: number[] = []
    let going = true
    const loop = async (): Promise<void> => {
      while (going) answers.push((await visit('anew')).status)
    }
    const loops = [loop(), loop()]
    const { site } = fake
    fake.site = { ...site, certificate: { ...(site.certificate as object), renew_at: new Date(0).toISOString() } }
    await until(() => stored.length > 0)
    fake.site = site
    const next = fingerprintOf(new X509Certificate(stored[0]!.cert).raw)
    await until(() => fake.connectionsOf(first) === 0)
    await until(() => answers.length > 20)
    going = false
    await Promise.all(loops)
    t.same([...new Set(answers)], [200])
    t.same([...new Set(fake.askers)].slice(0, 2), [first, next])
    await until(() => fake.resumed.length >= 2)
  },
)

t.test('a server that follows asks for certificates of the new issuer, too', async (t) => {
  const { fake, identity, server } = await open(t, { refresh: 20 })
  identity.follow(server, cast.server)
  const { port } = server.address() as AddressInfo
  const asksFor = () => namesAskedFor(port)
  t.equal((await asksFor()).length, 1)
  const living = await connected(t, port)
  const { browser } = (await openCast(t)).authority.issuers
  fake.site = { ...fake.site, browser_issuer: `${String(fake.site.browser_issuer)}${browser.pem}` }
  await until(async () => (await asksFor()).length === 2)
  t.equal(new Set(await asksFor()).size, 2)
  t.equal(living.destroyed, false)
  t.match(await exchange(`https://localhost:${port}/`, { agent: agentOf(cast.authority.issuers.root.pem) }), {
    status: 401,
  })
})

t.test('behind a proxy: the certificate is in its header, whose connection is shared and lives on', async (t) => {
  const ended: object[] = []
  const proxy = { header: 'client-cert', from: ['127.0.0.1'] } as const
  const { fake, identity } = await openIdentity(t, { proxy, ended: (one) => void ended.push(one) })
  const server = createPlainServer(identity.node((request, response) => response.end(request.identity.subject)))
  const port = await listenOn(t, server)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const value = `:${Buffer.from(cast.peers.browser.der).toString('base64')}:`
  const visit = (headers: Record<string, string>) => exchangePlain(port, agent, headers)
  fake.beat()
  await until(() => identity.age < 500)
  t.match(await visit({ 'client-cert': value }), { status: 200, text: SUBJECT })
  const [socket] = Object.values(agent.freeSockets).flat()
  t.match(await visit({}), { status: 401 }, 'the next one on it is somebody else')
  t.match(await visit({ 'x-ssl-client-cert': value, client_cert: value }), { status: 401 })
  fake.said = REVOKED
  fake.tell('revoked')
  await until(() => ended.length === 1)
  t.equal(socket?.destroyed, false, 'others use it')
  t.match(await visit({ 'client-cert': value }), { status: 403 })
})

t.test(
  'the service goes away: routes that say so go on for whoever was signed, up to the end, and no others',
  async (t) => {
    const { fake, identity, server, agents } = await open(t, { bound: 500 })
    const strict = identity.node((_request, response) => response.end())
    const patient = identity.node((_request, response) => response.end(), { offline: true })
    server.removeAllListeners('request').on('request', (request, response) => {
      const route = request.url === '/patient' ? patient : strict
      route(request, response)
    })
    const { port } = server.address() as AddressInfo
    const visit = async (path: string) =>
      (await exchange(`https://localhost:${port}${path}`, { agent: agents.anew }).catch(() => ({ status: 0 }))).status
    fake.beat()
    await until(() => identity.age < 400)
    t.equal(await visit('/strict'), 200)
    t.equal(await visit('/patient'), 200)
    fake.status = 503
    fake.fallSilent()
    await until(() => identity.age > 500)
    t.equal(await visit('/patient'), 200)
    t.equal(await visit('/strict'), 503)
    fake.tell('held')
    await until(async () => (await visit('/patient')) === 503)
  },
)

t.test('what cannot work is said at the start', async (t) => {
  const { identity, fake } = await open(t)
  t.throws(() => identity.express({ maxAge: 29 }), TypeError)
  fake.status = 403
  await t.rejects(countersign(lineTo(fake, cast)), { code: 'caller-refused' })
})

t.test('closed is closed', async (t) => {
  const { visit, fake, identity } = await open(t)
  fake.beat()
  await until(() => identity.age < 500)
  await visit()
  identity.close()
  t.match(await visit(), { status: 503, json: { code: 'closed' } })
  t.equal(identity.age, Number.POSITIVE_INFINITY)
  await until(() => fake.streams === 0)
})

async function openIdentity(t: Test, options: Partial<CountersignOptions> = {}) {
  const fake = await startFake(t, cast)
  const identity: Identity = await countersign({ ...lineTo(fake, cast), ...options })
  t.teardown(() => identity.close())
  return { fake, identity }
}

async function open(t: Test, options: Partial<CountersignOptions> = {}) {
  const { fake, identity } = await openIdentity(t, options)
  const listener = identity.node((request, response) => response.end(JSON.stringify(request.identity)))
  const server = createServer({ ...identity.tls(), ...cast.server }, listener)
  const port = await listenOn(t, server)
  t.teardown(() => server.closeAllConnections())
  const anchor = cast.authority.issuers.root.pem
  const agents = {
    shown: agentOf(anchor, cast.peers.browser),
    anew: agentOf(anchor, cast.peers.browser, { keepAlive: false }),
    bare: agentOf(anchor),
  }
  t.teardown(() => {
    for (const agent of Object.values(agents)) agent.destroy()
  })
  const visit = (how: keyof typeof agents = 'shown') => exchange(`https://localhost:${port}/`, { agent: agents[how] })
  return { visit, fake, identity, server, agents }
}

/** The issuers of whose certificates a server asks for one, by openssl. */
async function namesAskedFor(port: number): Promise<readonly string[]> {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [, names = ''] =
    /Acceptable client certificate CA names\n([\s\S]*?)\nRequested/.exec(await text(client.stdout)) ?? []
  return names.split('\n')
}

async function connected(t: Test, port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: cast.authority.issuers.root.pem })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

function exchangePlain(port: number, agent: Agent, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', agent, headers }, async (answer) =>
      resolve({ status: answer.statusCode, text: await text(answer) }),
    )
    request.on('error', reject)
  })
}
