import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { ROOT } from './cli.ts'
import { type Device, enroll, validate } from './device.ts'
import { eventually } from './eventually.ts'
import { agentOf, exchange, type Identity, type Reply } from './exchange.ts'
import { MANY_GUESSES, openScene, type Scene } from './scene.ts'
import { AskingService } from './site-service.ts'
import { freePort, initSite, type MadeSite, startSite } from './started-site.ts'

interface Example {
  /** its file in `examples/` */
  readonly file: string
  /** what somebody would install for it */
  readonly modules: readonly string[]
  /** it has words of its own for those who show no certificate */
  readonly hasHook?: true
  /** it has a page that asks for nobody */
  readonly hasOpenPage?: true
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  node: { file: 'server.js', modules: [] },
  express: { file: 'server.ts', modules: ['express'], hasHook: true, hasOpenPage: true },
  fastify: { file: 'server.ts', modules: ['fastify'], hasHook: true, hasOpenPage: true },
  hono: { file: 'server.ts', modules: ['hono', '@hono/node-server'], hasOpenPage: true },
  websocket: { file: 'server.ts', modules: ['ws'] },
}

t.test('the examples, each in the folder that site init makes', async (t) => {
  const scene = await openScene(t, MANY_GUESSES)
  const made = await initSite(t, scene.service, 'shop')
  const cast = await openCast(t, scene, made)
  const running = new Map<string, string>()
  for (const [name, example] of Object.entries(EXAMPLES)) running.set(name, await start(t, made, name, example))
  const address = (name: string): string => running.get(name)!

  for (const [name, example] of Object.entries(EXAMPLES))
    await t.test(name, (t) => knowsEverybody(t, address(name), example, cast))
  await t.test('WebSockets', (t) => sockets(t, address('websocket'), cast))
  await t.test('revoked at all of them at once', (t) => revoked(t, running, cast))
  await t.test('the service is down', (t) => down(t, running, cast))
})

interface Cast {
  readonly scene: Scene
  readonly good: Device
  readonly doomed: Device
  readonly stale: Device
  /** the id of the good one at this site */
  readonly subject: string
}

async function openCast(t: Test, scene: Scene, { folder }: MadeSite): Promise<Cast> {
  const { service, inside } = scene
  const pair = readFileSync(join(folder, 'certs', 'api.pem'), 'utf8')
  const asking = new AskingService(service, { cert: pair, key: pair })
  t.teardown(() => asking.agent.destroy())
  const [good, doomed, stale] = [
    await enroll(service, inside),
    await enroll(service, inside),
    await enroll(service, inside),
  ]
  for (const device of [good, doomed]) await validate(service, asking, device)
  const { json } = await asking.byFingerprint(good.fingerprint)
  return { scene, good, doomed, stale, subject: String(json.subject) }
}

/** As its first line says: installed, and started in the folder. */
async function start(t: Test, { folder }: MadeSite, name: string, { file, modules }: Example): Promise<string> {
  for (const module of modules) {
    const link = join(folder, 'node_modules', module)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', module), link)
  }
  const settings = join(folder, 'site.json')
  const site = JSON.parse(readFileSync(settings, 'utf8'))
  writeFileSync(settings, JSON.stringify({ ...site, port: await freePort() }))
  const entry = `${name}-${file}`
  copyFileSync(join(ROOT, 'examples', name, file), join(folder, entry))
  return (await startSite(t, folder, [entry])).address
}

const PAGE = { 'sec-fetch-dest': 'document' }
const SCRIPT = { 'sec-fetch-dest': 'empty' }

async function knowsEverybody(t: Test, address: string, example: Example, cast: Cast): Promise<void> {
  const { good, stale, subject } = cast
  const good1 = browser(t, cast, good)
  for (const headers of [PAGE, SCRIPT]) {
    const { status, body } = await good1(address, headers)
    t.match({ status, body: body.toString() }, { status: 200, body: `Hello, ${subject}\n` })
  }
  const page = await browser(t, cast, stale)(address, PAGE)
  t.match(page, { status: 303, headers: { location: /^https:.*\/revalidate\//, 'cache-control': 'no-store' } })
  const script = await browser(t, cast, stale)(address, SCRIPT)
  t.match(script, { status: 401, json: { code: 'needs-revalidation', redirect: /\/revalidate\// } })
  t.notOk(script.headers.location)
  const nobody = await browser(t, cast)(address, PAGE)
  t.equal(nobody.status, 401)
  if (example.hasHook) t.match(nobody.body.toString(), /of ours/, 'in the site’s own words')
  else {
    t.match(nobody.body.toString(), /<a href="https:[^"]*\/check">/, 'a way on')
    t.match((await browser(t, cast)(address, SCRIPT)).json, { code: 'missing' })
  }
  if (example.hasOpenPage) t.equal((await browser(t, cast)(address, PAGE, '/about')).status, 200)
}

async function sockets(t: Test, address: string, cast: Cast): Promise<void> {
  const { good, stale, subject } = cast
  const open = (identity?: Identity, origin = address) => openSocket(t, cast, address, identity, origin)
  t.match(await open(good), { said: `Hello, ${subject}\n` })
  t.match(await open(good, 'https://stranger.example'), { refused: 403 })
  t.match(await open(stale), { refused: 401 })
  t.match(await open(), { refused: 401 })
}

/** Let in everywhere, over connections that stay open, then revoked: every one of them ends, and none is let in again. */
async function revoked(t: Test, running: ReadonlyMap<string, string>, cast: Cast): Promise<void> {
  const { scene, doomed, good } = cast
  const agent = agentOf(scene.service.anchor, doomed)
  t.teardown(() => agent.destroy())
  for (const [name, address] of running)
    t.equal((await exchange(`${address}/`, { agent, headers: SCRIPT })).status, 200, name)
  const idle = () => Object.values(agent.freeSockets).flat().length
  t.equal(idle(), running.size, 'a connection to each')
  const address = running.get('websocket')!
  const socket = await openSocket(t, cast, address, doomed, address)
  const other = await openSocket(t, cast, address, good, address)

  const { status } = await scene.service.administer(`/${doomed.fingerprint}/revoke`, { reason: 'superseded' })
  t.equal(status, 200)
  await eventually(idle, (open) => open === 0)
  await eventually(
    () => socket.live?.readyState,
    (state) => state === WebSocket.CLOSED,
  )
  t.equal(other.live?.readyState, WebSocket.OPEN, 'nobody else’s')
  for (const [name, site] of running) {
    const { status, json } = await browser(t, cast, doomed)(site, SCRIPT)
    t.match({ status, json }, { status: 403, json: { code: 'revoked' } }, name)
  }
  t.match(await openSocket(t, cast, address, doomed, address), { refused: 403 })
}

async function down(t: Test, running: ReadonlyMap<string, string>, cast: Cast): Promise<void> {
  const address = running.get('websocket')!
  const socket = await openSocket(t, cast, address, cast.good, address)
  await cast.scene.service.kill()
  await eventually(
    () => socket.live?.readyState,
    (state) => state === WebSocket.CLOSED,
  )
  for (const [name, site] of running) {
    const { status, json } = await browser(t, cast, cast.good)(site, SCRIPT)
    t.match({ status, json }, { status: 503, json: { code: 'unavailable' } }, name)
  }
  t.match(await openSocket(t, cast, address, cast.good, address), { refused: 503 })
}

/** A browser with this certificate, on a connection of its own. */
function browser(t: Test, { scene }: Pick<Cast, 'scene'>, identity?: Identity) {
  const agent = agentOf(scene.service.anchor, identity)
  t.teardown(() => agent.destroy())
  return (address: string, headers: Readonly<Record<string, string>>, path = '/'): Promise<Reply> =>
    exchange(address + path, { agent, headers })
}

interface Opened {
  readonly said?: string
  readonly live?: WebSocket
  /** the status in place of a socket */
  readonly refused?: number
}

/** Opens a WebSocket, and waits for its first message or for its refusal. */
function openSocket(
  t: Test,
  { scene }: Cast,
  address: string,
  identity: Identity | undefined,
  origin: string,
): Promise<Opened> {
  const live = new WebSocket(address.replace('https:', 'wss:'), { ca: scene.service.anchor, ...identity, origin })
  t.teardown(() => live.terminate())
  return new Promise((resolve, reject) => {
    live.on('error', reject)
    live.once('message', (said) => resolve({ said: String(said), live }))
    live.once('unexpected-response', (request, { statusCode }) => {
      request.destroy()
      resolve({ refused: statusCode ?? 0 })
    })
  })
}
