import t, { type Test } from 'tap'
import { startPostgres } from '../store/postgres/server.ts'
import { eventually } from './eventually.ts'
import { makeValid } from './many-certificates.ts'
import { openScene, type Scene } from './scene.ts'
import { secondNode, startService } from './service.ts'
import { AskingService, addSite, certify } from './site-service.ts'
import { idsOf, listen } from './told.ts'

t.test('what a site is told, as it happens', async (t) => {
  const scene = await openScene(t)
  await t.test('each change, whoever makes it, to the sites that know the person', (t) => eachChange(t, scene))
  await t.test('who was away hears what he missed', (t) => missed(t, scene))
  await t.test('a withdrawn service hears nothing more', (t) => withdrawn(t, scene))
  await t.test('many streams at once', (t) => many(t, scene))
  await t.test('the end of the service ends the streams', (t) => theEnd(t, scene))
})

t.test('with two nodes on one PostgreSQL: each tells what the other did', async (t) => {
  const database = await startPostgres()
  t.teardown(() => database.stop())
  const service = await startService(t, { settings: { COUNTERSIGN_STORE: database.url } })
  const other = await secondNode(t, service)
  const [mine = ''] = await makeValid(service, 1)
  await subjectOf(new AskingService(service, service.identity('site')), mine)
  const streams = await Promise.all([service, other].map((node) => listen(t, node, service.identity('site'))))
  for (const stream of streams) await stream.begins()
  await service.administer(`/${mine}/hold`)
  await other.administer(`/${mine}/release`)
  for (const stream of streams) t.same(await stream.hears(2), ['held', 'released'])
  const { id } = streams[0]!.events[0]!
  const moved = await listen(t, other, service.identity('site'), id)
  t.same(await moved.hears(1), ['released'], 'goes on at another node')
})

async function eachChange(t: Test, { service, inside }: Scene): Promise<void> {
  const [mine = ''] = await makeValid(service, 1)
  await addSite(inside, 'bank')
  await addSite(inside, 'stranger')
  const bank = await certify(service, 'bank')
  const shop = new AskingService(service, service.identity('site'))
  const [atShop, atBank] = [await subjectOf(shop, mine), await subjectOf(new AskingService(service, bank), mine)]
  const identities = [service.identity('site'), bank, await certify(service, 'stranger')]
  const streams = await Promise.all(identities.map((identity) => listen(t, service, identity)))
  const { position } = await inside.store.changes(0, 'verdicts')
  const ids = await Promise.all(['sample', 'bank', 'stranger'].map((name) => idsOf(inside, name)))
  for (const [index, stream] of streams.entries()) await stream.reaches(position, ids[index]!)

  await service.administer(`/${mine}/hold`)
  await service.command('cert', 'release', mine)
  await service.administer(`/${mine}/revoke`, { reason: 'superseded' })

  for (const stream of streams.slice(0, 2)) t.same(await stream.hears(3), ['held', 'released', 'revoked'])
  const [heardByShop, heardByBank, heardByStranger] = streams.map(({ events }) => events)
  t.ok(heardByShop?.every(({ data }) => data.subject === atShop))
  t.ok(heardByBank?.every(({ data }) => data.subject === atBank))
  t.not(atShop, atBank)
  const last = ids[0]!.open(heardByShop!.at(-1)!.id)!
  t.equal(ids[1]!.open(heardByBank!.at(-1)!.id), last, 'one position, and yet')
  t.not(heardByShop!.at(-1)!.id, heardByBank!.at(-1)!.id)
  await streams[2]!.reaches(last, ids[2]!)
  t.same(heardByStranger, [])
}

async function missed(t: Test, { service, inside, site }: Scene): Promise<void> {
  const [mine = ''] = await makeValid(service, 1)
  const subject = await subjectOf(site, mine)
  const { position } = await inside.store.changes(0, 'verdicts')
  await service.administer(`/${mine}/hold`)
  await service.administer(`/${mine}/revoke`, { reason: 'superseded' })
  const ids = await idsOf(inside, 'sample')
  const late = await listen(t, service, site.identity, ids.seal(position))
  t.same(await late.hears(2), ['held', 'revoked'])
  t.match(late.events, [{ data: { subject } }, { data: { subject } }])
  const future = await listen(t, service, site.identity, ids.seal(999_999))
  t.same(await future.hears(1), ['reset'], 'a position that never was')
}

async function withdrawn(t: Test, { service }: Scene): Promise<void> {
  const caller = await certify(service, 'sample')
  const stream = await listen(t, service, caller)
  await stream.begins()
  await service.administer(`/${caller.fingerprint}/revoke`, { reason: 'key-compromise' })
  const heartbeats = stream.heartbeats.length
  await eventually(
    () => stream.ended,
    (ended) => ended,
    1_000,
  )
  t.ok(stream.heartbeats.length <= heartbeats + 1, 'none but what was on its way')
  await t.rejects(listen(t, service, caller))
}

/** Enough to see that they share one follower. */
const STREAMS = 100

async function many(t: Test, { service, site }: Scene): Promise<void> {
  const [mine = ''] = await makeValid(service, 1)
  await subjectOf(site, mine)
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => listen(t, service, site.identity)))
  await Promise.all(streams.map((stream) => stream.begins()))
  await service.administer(`/${mine}/revoke`, { reason: 'superseded' })
  const heard = await Promise.all(streams.map((stream) => stream.hears(1)))
  t.ok(heard.every(([event]) => event === 'revoked'))
  for (const stream of streams) stream.close()
}

async function theEnd(t: Test, { service, site }: Scene): Promise<void> {
  const stream = await listen(t, service, site.identity)
  await stream.begins()
  await service.stop()
  t.ok(stream.ended)
}

/** Signs the person in: from then on the site is told of him. */
async function subjectOf(site: AskingService, certificate: string): Promise<string> {
  const { json } = await site.byFingerprint(certificate)
  if (json.verdict !== 'valid') throw new Error(`not valid: ${JSON.stringify(json)}`)
  return String(json.subject)
}
