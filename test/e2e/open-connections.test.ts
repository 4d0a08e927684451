import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type CountersignOptions, countersign } from '../../src/client/countersign.ts'
import type { Ended } from '../../src/client/judging.ts'
import { serverIdentity, startCountersignedSite } from './countersigned-site.ts'
import { type Device, enroll, validate } from './device.ts'
import { eventually } from './eventually.ts'
import { agentOf, exchange } from './exchange.ts'
import { openAll, openStream } from './held-open.ts'
import { openInside } from './inside.ts'
import { PROXIES, type ProxyKind, proxyFiles, startProxy } from './proxy.ts'
import { type Relay, startRelay } from './relay.ts'
import { MANY_GUESSES, type Scene } from './scene.ts'
import { startService } from './service.ts'
import { AskingService, addSite, certify } from './site-service.ts'
import { freePort } from './started-site.ts'

/** How old the knowledge behind a kept verdict may be, ms: what the library publishes, and keeps to here. */
const BOUND = 1_000
/** A machine of two cores that runs other tests beside is no measure of time, ms. */
const PATIENCE = 10_000

t.test('a certificate is revoked while much is open', async (t) => {
  const ground = await prepare(t)
  await t.test('a loop of requests, a stream, a WebSocket, an HTTP/2 session', (t) => everythingEnds(t, ground))
  for (const kind of PROXIES) await t.test(`behind ${kind.name}`, (t) => behindProxy(t, ground, kind))
  await t.test('the stream of events has fallen silent', (t) => streamSilent(t, ground))
  await t.test('the whole way to the service has', (t) => everythingSilent(t, ground))
})

interface Ground {
  readonly scene: Scene
  /** between everybody and `api` */
  readonly relay: Relay
}

async function prepare(t: Test): Promise<Ground> {
  const port = await freePort()
  const relay = await startRelay(t, port)
  const settings = {
    COUNTERSIGN_API_URL: `https://localhost:${relay.port}`,
    COUNTERSIGN_API_LISTEN: `127.0.0.1:${port}`,
  }
  const service = await startService(t, { policy: MANY_GUESSES, settings })
  const inside = await openInside(t, service)
  return { relay, scene: { service, inside, site: new AskingService(service, service.identity('site')) } }
}

async function everythingEnds(t: Test, { scene }: Ground): Promise<void> {
  const { site, mine, loop, device, others } = await openSite(t, scene)
  await eventually(
    () => loop.count(200),
    (served) => served > 5,
  )
  await revoke(scene, device)
  await eventually(mine, (open) => open.length === 0, PATIENCE)
  await eventually(
    () => loop.since(403),
    (refused) => refused > 5,
    PATIENCE,
  )
  neverAgain(t, await loop.end(), 403)
  t.match(site.ended, [{ fingerprint: device.fingerprint, verdict: { verdict: 'revoked' } }])
  t.equal(others().length, 3, 'nobody else’s')
}

/** Questions go through, but nobody is told anything any more. */
async function streamSilent(t: Test, { scene, relay }: Ground): Promise<void> {
  const ages: number[] = []
  const opened = await openSite(t, scene, { ended: () => void ages.push(opened.site.identity.age) })
  const { mine, loop, device, others } = opened
  await eventually(
    () => relay.silence('stream'),
    (silenced) => silenced > 0,
  )
  await revoke(scene, device)
  await eventually(mine, (open) => open.length === 0, PATIENCE)
  t.ok(ages.length > 0 && ages.every((age) => age > BOUND), `not by the stream, which was ${ages} ms old`)
  await eventually(
    () => loop.since(403),
    (refused) => refused > 5,
    PATIENCE,
  )
  neverAgain(t, await loop.end(), 403)
  t.equal(others().length, 3, 'who is still valid stays')
}

/** Nothing can be learned: then nobody is let in, and nothing stays open, whosever it is. */
async function everythingSilent(t: Test, { scene, relay }: Ground): Promise<void> {
  const { site, mine, loop, device, others } = await openSite(t, scene)
  await eventually(
    () => loop.count(200),
    (served) => served > 5,
  )
  t.ok(relay.silence('everything') > 0)
  await revoke(scene, device)
  await eventually(mine, (open) => open.length === 0, PATIENCE)
  await eventually(others, (open) => open.length === 0, PATIENCE)
  await eventually(
    () => loop.since(503),
    (refused) => refused > 0,
    PATIENCE,
  )
  neverAgain(t, await loop.end(), 503)
  t.ok(site.ended.every(({ verdict }) => verdict === undefined))
}

/** Let in at first, and from the first such refusal on not any more. */
function neverAgain(t: Test, answers: readonly number[], refused: number): void {
  t.equal(answers[0], 200)
  t.notOk(answers.slice(answers.indexOf(refused)).includes(200), `never let in behind a ${refused}: ${answers}`)
}

/** A site with somebody who has everything open, and asks all the while; and somebody else who has, too. */
async function openSite(t: Test, scene: Scene, { ended }: Pick<CountersignOptions, 'ended'> = {}) {
  const all: Ended[] = []
  const note = (one: Ended): void => {
    all.push(one)
    ended?.(one)
  }
  const server = await serverIdentity(scene.service)
  const started = await startCountersignedSite(t, scene.service, server, { bound: BOUND, ended: note })
  const site = { ...started, identity: started.identity, ended: all }
  const [device, other] = [await validDevice(scene), await validDevice(scene)]
  await eventually(
    () => site.identity.age,
    (age) => age < BOUND,
  )
  const mine = await openAll(t, scene.service, site, device)
  const others = await openAll(t, scene.service, site, other)
  t.equal(mine().length + others().length, 6, 'all is open')
  return { site, device, mine, others, loop: askInLoop(t, scene, site.http1, device) }
}

/** Requests one behind the other, on a connection that is kept while it lasts. */
function askInLoop(t: Test, { service }: Scene, address: string, device: Device) {
  const agent = agentOf(service.anchor, device, { maxSockets: 1 })
  const statuses: number[] = []
  let going = true
  const loop = (async () => {
    while (going) {
      // a connection that is ended in mid-request answers nothing
      const reply = await exchange(`${address}/`, { agent }).catch(() => undefined)
      if (reply) statuses.push(reply.status)
    }
  })()
  const stop = async (): Promise<void> => {
    going = false
    await loop
    agent.destroy()
  }
  t.teardown(stop)
  return {
    count: (status: number): number => statuses.filter((one) => one === status).length,
    /** how many of the last answers were so, without another between */
    since: (status: number): number => statuses.length - 1 - statuses.findLastIndex((one) => one !== status),
    /** Ends it. @returns the answers in their order, each run of equal ones once */
    end: async (): Promise<readonly number[]> => {
      await stop()
      return statuses.filter((status, index) => status !== statuses[index - 1])
    },
  }
}

/**
 * A proxy asks when a request begins: the next one on the same connection is refused. What began before goes on, until
 * the site behind, which has heard of it, ends what it has of the person.
 */
async function behindProxy(t: Test, { scene }: Ground, kind: ProxyKind): Promise<void> {
  const { service, inside } = scene
  if (!(await inside.store.site({ name: 'shop' }))) await addSite(inside, 'shop', ['https://shop.example/'])
  const identity = await certify(service, 'shop')
  const asking = new AskingService(service, identity)
  t.teardown(() => asking.agent.destroy())
  const device = await validDevice({ ...scene, site: asking })
  const backend = await streamingSite(t)
  const listening = await countersign({
    ...{ url: service.address('api'), cert: identity.cert, key: identity.key, ca: service.anchor },
    told: ({ event, subject }) => {
      if (event === 'revoked') backend.end(subject)
    },
  })
  t.teardown(() => listening.close())
  await eventually(
    () => listening.age,
    (age) => age < BOUND,
  )
  const place = { folder: await proxyFiles(t, service), site: backend.address, service }
  const port = await startProxy(t, kind, place)
  const agent = agentOf(service.anchor, device, { servername: 'shop.example' })
  t.teardown(() => agent.destroy())
  const visit = () => exchange(`https://127.0.0.1:${port}/`, { agent, headers: { host: 'shop.example' } })
  t.equal((await visit()).status, 200)
  const stream = await openStream(t, `https://127.0.0.1:${port}/stream`, agent)

  backend.hold()
  await revoke(scene, device)
  await eventually(visit, ({ status }) => status === 403, PATIENCE)
  t.ok(stream.isOpen(), 'the proxy itself ends nothing that has begun')
  backend.release()
  await eventually(stream.isOpen, (open) => !open, PATIENCE)
}

/** A site behind a proxy, which is told by it who is there, and remembers whose streams it has. */
async function streamingSite(t: Test) {
  const streams = new Map<string, Set<ServerResponse>>()
  const due: string[] = []
  let isHeld = false
  const endDue = (): void => {
    for (const subject of due.splice(0)) for (const stream of streams.get(subject) ?? []) stream.destroy()
  }
  const server = createServer((request, response) => {
    const subject = String(request.headers['countersign-subject'])
    if (request.url !== '/stream') return response.end(subject)
    streams.set(subject, (streams.get(subject) ?? new Set()).add(response))
    // nginx keeps what it has not been told to hand on
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    return response.write('data: open\n\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close().closeAllConnections())
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: (subject: string): void => {
      due.push(subject)
      if (!isHeld) endDue()
    },
    hold: (): void => {
      isHeld = true
    },
    release: (): void => {
      isHeld = false
      endDue()
    },
  }
}

async function validDevice(scene: Scene): Promise<Device> {
  const device = await enroll(scene.service, scene.inside)
  await validate(scene.service, scene.site, device)
  // from its first valid answer on the site is told of a person
  await scene.site.byFingerprint(device.fingerprint)
  return device
}

async function revoke({ service }: Scene, { fingerprint }: Device): Promise<void> {
  const { status } = await service.administer(`/${fingerprint}/revoke`, { reason: 'superseded' })
  if (status !== 200) throw new Error(`not revoked: ${status}`)
}
