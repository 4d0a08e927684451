import { connect as connectHttp2, constants } from 'node:http2'
import { get } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { withAuthority } from '../../scripts/authority.ts'
import { createIssuance } from '../../src/domain/issuance.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { type CountersignedSite, startCountersignedSite } from './countersigned-site.ts'
import { type Device, enroll, validate } from './device.ts'
import { eventually } from './eventually.ts'
import { agentOf, exchange, type Identity } from './exchange.ts'
import { configOf } from './inside.ts'
import { MANY_GUESSES, openScene, type Scene } from './scene.ts'
import type { TestService } from './service.ts'

t.test('a site behind the library', async (t) => {
  const scene = await openScene(t, MANY_GUESSES)
  const site = await startCountersignedSite(t, scene.service, await serverIdentity(scene.service))
  await t.test('it asks once and lets in; a stranger to the site is sent to prove himself', (t) =>
    letIn(t, scene, site),
  )
  await t.test('requests in parallel while the certificate is revoked', (t) => parallel(t, scene, site))
  await t.test('whatever is open ends: a stream, a WebSocket, an HTTP/2 session', (t) => whatIsOpen(t, scene, site))
  await t.test('the service goes away: nobody is let in, nothing stays open', (t) => theServiceGoes(t, scene, site))
})

async function letIn(t: Test, scene: Scene, site: CountersignedSite): Promise<void> {
  const newcomer = await enroll(scene.service, scene.inside)
  const page = { 'sec-fetch-dest': 'document' }
  const sent = await visitor(t, scene, newcomer).visit(site.http1, page)
  t.match(sent, { status: 303, headers: { location: /\/revalidate\// } })
  await validate(scene.service, scene.site, newcomer)
  const { visit } = visitor(t, scene, newcomer)
  await eventually(
    () => site.identity.age,
    (age) => age < 1_000,
  )
  const subject = String((await scene.site.byFingerprint(newcomer.fingerprint)).json.subject)
  for (let times = 0; times < 3; times++) t.match((await visit(site.http1)).body.toString(), subject)
  t.match(await visitor(t, scene).visit(site.http1, page), { status: 401 })
}

const PARALLEL = 16

/** Let in is nobody whose request began after the site had heard; the service itself would have said no long before. */
async function parallel(t: Test, scene: Scene, site: CountersignedSite): Promise<void> {
  const device = await validDevice(scene)
  const { visit } = visitor(t, scene, device)
  const seen: { began: number; status: number }[] = []
  let going = true
  const loop = async (): Promise<void> => {
    while (going) {
      const began = performance.now()
      const { status } = await visit(site.http1).catch(() => ({ status: 0 }))
      seen.push({ began, status })
    }
  }
  const loops = Array.from({ length: PARALLEL }, loop)
  await eventually(
    () => seen.filter(({ status }) => status === 200).length,
    (served) => served > 10 * PARALLEL,
  )
  await revoke(scene, device)
  await eventually(
    () => site.ended.length,
    (ended) => ended > 0,
  )
  const heard = performance.now()
  await eventually(
    () => seen.filter(({ began }) => began > heard).length,
    (later) => later > 3 * PARALLEL,
  )
  going = false
  await Promise.all(loops)
  t.same([...new Set(seen.filter(({ began }) => began > heard).map(({ status }) => status))], [403])
  t.match(site.ended.at(-1), { fingerprint: device.fingerprint, verdict: { verdict: 'revoked' } })
}

async function whatIsOpen(t: Test, scene: Scene, site: CountersignedSite): Promise<void> {
  const [device, other] = [await validDevice(scene), await validDevice(scene)]
  const mine = await openAll(t, scene, site, device)
  const others = await openAll(t, scene, site, other)
  await revoke(scene, device)
  await eventually(mine, (open) => open.length === 0)
  t.same(others(), ['stream', 'WebSocket', 'HTTP/2'], 'nobody else’s')
}

async function theServiceGoes(t: Test, scene: Scene, site: CountersignedSite): Promise<void> {
  const device = await validDevice(scene)
  const open = await openAll(t, scene, site, device)
  t.equal(open().length, 3)
  await scene.service.kill()
  await eventually(open, (left) => left.length === 0)
  t.match(await visitor(t, scene, device).visit(site.http1), { status: 503 })
}

/** Opens one of each; what comes back names those that still are. */
async function openAll(t: Test, { service }: Scene, site: CountersignedSite, device: Identity) {
  const anchor = { ca: service.anchor, cert: device.cert, key: device.key }
  const open = new Set<string>()
  const watch = (name: string, thing: { once(event: 'close', gone: () => void): unknown }): void => {
    open.add(name)
    thing.once('close', () => open.delete(name))
  }
  await new Promise<void>((resolve, reject) => {
    const request = get(`${site.http1}/stream`, { ...anchor, agent: false }, (answer) => {
      watch(
        'stream',
        answer.on('error', () => {}),
      )
      answer.once('data', () => resolve())
    })
    request.on('error', reject)
    t.teardown(() => request.destroy())
  })
  await new Promise<void>((resolve) => {
    const socket: TLSSocket = connect({ ...anchor, host: 'localhost', port: Number(new URL(site.http1).port) })
    socket.on('error', () => {})
    socket.write('GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    socket.once('data', (data) => {
      if (data.toString().startsWith('HTTP/1.1 101')) watch('WebSocket', socket)
      resolve()
    })
    t.teardown(() => socket.destroy())
  })
  const session = connectHttp2(site.http2, anchor)
  session.on('error', () => {})
  t.teardown(() => session.destroy())
  await new Promise<void>((resolve) => {
    const stream = session.request({ [constants.HTTP2_HEADER_PATH]: '/stream' })
    stream.on('error', () => {})
    stream.once('response', ({ ':status': status }) => {
      if (status === 200) watch('HTTP/2', session)
      resolve()
    })
  })
  return () => [...open]
}

async function validDevice(scene: Scene): Promise<Device> {
  const device = await enroll(scene.service, scene.inside)
  await validate(scene.service, scene.site, device)
  return device
}

async function revoke({ service }: Scene, { fingerprint }: Device): Promise<void> {
  const { status } = await service.administer(`/${fingerprint}/revoke`, { reason: 'superseded' })
  if (status !== 200) throw new Error(`not revoked: ${status}`)
}

function visitor(t: Test, { service }: Scene, identity?: Identity) {
  const agent = agentOf(service.anchor, identity)
  t.teardown(() => agent.destroy())
  return {
    visit: (address: string, headers: Readonly<Record<string, string>> = {}) =>
      exchange(`${address}/`, { agent, headers }),
  }
}

/** The site's own certificate, by the development authority. */
function serverIdentity(service: TestService): Promise<Identity> {
  const binding = { subscriberId: null, deviceId: null, siteId: null, service: null }
  return withAuthority(async (home) => {
    const { key, request } = makeOwnRequest()
    const issuance = createIssuance({ ...home, clock: { now: () => Date.now() } })
    const order = { profile: 'tls-server', label: 'localhost', hosts: ['localhost'], binding, request } as const
    const { der } = await issuance.issue({ actor: 'operator:cli', order })
    const cert = encodePem('CERTIFICATE', der) + home.issuer.chain('internal')
    return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
  }, configOf(service))
}
