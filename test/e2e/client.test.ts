import { X509Certificate } from 'node:crypto'
import t, { type Test } from 'tap'
import type { RenewedPair } from '../../src/client/countersign.ts'
import { fingerprintOf } from '../../src/client/verdict-question.ts'
import {
  type CountersignedSite,
  serverIdentity,
  serviceIdentity,
  startCountersignedSite,
} from './countersigned-site.ts'
import { type Device, enroll, validate } from './device.ts'
import { eventually } from './eventually.ts'
import { agentOf, exchange, type Identity } from './exchange.ts'
import { openAll } from './held-open.ts'
import { MANY_GUESSES, openScene, type Scene } from './scene.ts'

t.test('a site behind the library', async (t) => {
  const scene = await openScene(t, MANY_GUESSES)
  const site = await startCountersignedSite(t, scene.service, await serverIdentity(scene.service))
  await t.test('it asks once and lets in; a stranger to the site is sent to prove himself', (t) =>
    letIn(t, scene, site),
  )
  await t.test('requests in parallel while the certificate is revoked', (t) => parallel(t, scene, site))
  await t.test('whatever is open ends: a stream, a WebSocket, an HTTP/2 session', (t) => whatIsOpen(t, scene, site))
  await t.test('its certificate is renewed while people come; what ends the older one ends the newer', (t) =>
    renewed(t, scene),
  )
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
  const later = new Set(seen.filter(({ began }) => began > heard).map(({ status }) => status))
  // a connection that was just being ended answers nothing
  later.delete(0)
  t.same([...later], [403])
  t.match(site.ended.at(-1), { fingerprint: device.fingerprint, verdict: { verdict: 'revoked' } })
}

async function whatIsOpen(t: Test, scene: Scene, site: CountersignedSite): Promise<void> {
  const [device, other] = [await validDevice(scene), await validDevice(scene)]
  const mine = await openAll(t, scene.service, site, device)
  const others = await openAll(t, scene.service, site, other)
  await revoke(scene, device)
  await eventually(mine, (open) => open.length === 0)
  t.same(others(), ['stream', 'WebSocket', 'HTTP/2'], 'nobody else’s')
}

async function renewed(t: Test, scene: Scene): Promise<void> {
  const { service, inside } = scene
  const stored: RenewedPair[] = []
  const due = await serviceIdentity(service, 30 * SECOND)
  const options = { ...due, refresh: 100, renewed: (pair: RenewedPair) => void stored.push(pair) }
  const site = await startCountersignedSite(t, service, await serverIdentity(service), options)
  const { visit } = visitor(t, scene, await validDevice(scene))
  const statuses: number[] = []
  await eventually(
    async () => statuses.push((await visit(site.http1)).status),
    () => stored.length > 0 && statuses.length > 20,
  )
  t.same([...new Set(statuses)], [200])
  t.equal(stored.length, 1)
  const fingerprints = [due, stored[0]!].map(({ cert }) => fingerprintOf(new X509Certificate(cert).raw))
  const [older, newer] = fingerprints as [string, string]
  t.equal(await inside.store.renewedFrom(newer), older)
  t.match(await inside.store.certificate(newer), { service: 'web', status: 'active' })
  await eventually(
    () => site.identity.age,
    (age) => age < SECOND,
  )
  await service.administer(`/${older}/revoke`, { reason: 'key-compromise' })
  t.match(await inside.store.certificate(newer), { status: 'revoked', reason: 'privilege-withdrawn' })
  await t.rejects(site.identity.ask('ab'.repeat(32)), { code: 'caller-refused' })
  await eventually(
    () => visit(site.http1).catch(() => ({ status: 0 })),
    ({ status }) => status === 503,
  )
}

const SECOND = 1_000

async function theServiceGoes(t: Test, scene: Scene, site: CountersignedSite): Promise<void> {
  const device = await validDevice(scene)
  const open = await openAll(t, scene.service, site, device)
  t.equal(open().length, 3)
  await scene.service.kill()
  await eventually(open, (left) => left.length === 0)
  t.match(await visitor(t, scene, device).visit(site.http1), { status: 503 })
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
