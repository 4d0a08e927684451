import { join } from 'node:path'
import t, { type Test } from 'tap'
import { deriveKeyring } from '../../../src/domain/keyring.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { tokenId } from '../../../src/domain/security-event/security-event.ts'
import {
  createSecurityStreams,
  MOST_AT_ONCE,
  SUPPORTED,
  VERIFICATION_INTERVAL,
} from '../../../src/domain/security-event/security-streams.ts'
import type { Asker } from '../../../src/domain/site/asker.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { AUDIT_KEY, act, addSite, type Enrolled, enroll, fresh, NOW, signInRow } from '../../store/samples.ts'

const KEYRING = deriveKeyring(Buffer.alloc(32, 1))
const [SESSION_REVOKED = ''] = SUPPORTED
const ADDRESS = 'https://shop.example/events'

t.test('a stream is what its receiver asked for, of what there is', async (t) => {
  const { streams, shop } = await open(t)
  t.equal(await streams.ofSite(shop), undefined)
  const requested = [SESSION_REVOKED, 'https://events.example/unknown']
  const stream = await streams.open(shop, { requested, description: 'ours' })
  t.match(stream, { delivery: 'poll', requested, types: ['session-revoked'], description: 'ours', status: 'enabled' })
  t.same(await streams.ofSite(shop), stream)
  t.same(await streams.named(shop, stream.id), stream)
  await t.rejects(streams.open(shop, {}), { code: 'stream-exists' })

  t.match(await streams.change(shop, stream.id, 'alter', { description: 'theirs' }), {
    requested,
    description: 'theirs',
  })
  const replaced = await streams.change(shop, stream.id, 'replace', {})
  t.match(replaced, { id: stream.id, requested: null, description: null })
  t.equal(replaced.types.length, SUPPORTED.length)
  await streams.close(shop, stream.id)
  t.equal(await streams.ofSite(shop), undefined)
})

t.test('another site’s stream is none', async (t) => {
  const { streams, shop, bank } = await open(t)
  const { id } = await streams.open(shop, {})
  await streams.open(bank, {})
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => streams.named(bank, id),
    () => streams.change(bank, id, 'alter', {}),
    () => streams.setStatus(bank, id, 'disabled', undefined),
    () => streams.verify(bank, id, 'x'),
    () => streams.close(bank, id),
    () => streams.named(bank, fresh()),
  ]
  for (const attempt of attempts) await t.rejects(attempt(), { code: 'stream-unknown' })
  t.match(await streams.named(shop, id), { status: 'enabled' })
})

t.test('events are pushed to the operator’s address and to none other', async (t) => {
  const { streams, shop, store } = await open(t)
  const push = (url?: string) => ({ delivery: { method: 'push', ...(url !== undefined && { url }) } }) as const
  await t.rejects(streams.open(shop, push(ADDRESS)), { code: 'push-address-refused' })
  const address = { siteId: shop.site.id, url: ADDRESS, allowPrivate: false, anchors: null, sealed: Buffer.of(1) }
  await store.run('setPushAddress', act(), address)
  for (const url of [undefined, `${ADDRESS}/`, 'https://evil.example/events', ADDRESS.toUpperCase()])
    await t.rejects(streams.open(shop, push(url)), { code: 'push-address-refused' }, String(url))
  const { id } = await streams.open(shop, push(ADDRESS))
  t.match(await streams.change(shop, id, 'alter', { description: 'x' }), { delivery: 'push', pushUrl: ADDRESS })
  await t.rejects(streams.waiting(shop), { code: 'stream-unknown' }, 'what is pushed is not polled')
  t.match(await streams.change(shop, id, 'replace', {}), { delivery: 'poll', pushUrl: null })
})

t.test('what waits is handed out until it is confirmed', async (t) => {
  const { streams, shop, bank, store, owner } = await open(t)
  for (const asker of [shop, bank]) await streams.open(asker, {})
  await store.run('hold', act(), owner.fingerprint)
  const { stream, events } = await streams.waiting(shop)
  t.match(stream, { delivery: 'poll' })
  t.equal(events.length, 2)
  const ids = events.map((event) => tokenId(KEYRING['security-event'], shop.site.id, event))

  await streams.settle(bank, { confirmed: ids, refused: [] })
  await streams.settle(shop, { confirmed: ['nothing of ours', ''], refused: [] })
  t.same((await streams.waiting(shop)).events, events, 'neither another site nor a wrong id confirms')
  t.equal((await streams.waiting(bank)).events.length, 2)

  await streams.settle(shop, { confirmed: [ids[0]!, ids[0]!], refused: [{ id: ids[1]!, failure: 'invalid_key' }] })
  t.same((await streams.waiting(shop)).events, [])
  t.match(await store.deadLetters(shop.site.id, 10), [{ ...events[1], failure: 'invalid_key' }])
})

t.test('while it is paused nothing is handed out, and all is kept', async (t) => {
  const { streams, shop, store, owner } = await open(t)
  const { id } = await streams.open(shop, {})
  t.match(await streams.setStatus(shop, id, 'paused', 'a move'), { status: 'paused', statusReason: 'a move' })
  await store.run('hold', act(), owner.fingerprint)
  t.same((await streams.waiting(shop)).events, [])
  t.match(await streams.setStatus(shop, id, 'enabled', undefined), { status: 'enabled', statusReason: null })
  t.equal((await streams.waiting(shop)).events.length, 2)
})

t.test('many that wait are handed out in turns', async (t) => {
  const { streams, shop, store, owner } = await open(t)
  await streams.open(shop, {})
  for (let count = 0; count < MOST_AT_ONCE; count += 3) {
    await store.run('hold', act(), owner.fingerprint)
    await store.run('release', act(), owner.fingerprint)
  }
  const first = await streams.waiting(shop)
  t.equal(first.events.length, MOST_AT_ONCE)
  const ids = first.events.map((event) => tokenId(KEYRING['security-event'], shop.site.id, event))
  await streams.settle(shop, { confirmed: ids, refused: [] })
  const { events } = await streams.waiting(shop)
  t.equal(events.length, 2)
  t.ok(events[0]!.position >= first.events.at(-1)!.position)
})

t.test('a verification comes through the stream, once in a while', async (t) => {
  const { streams, shop, clock } = await open(t)
  const { id } = await streams.open(shop, {})
  await streams.verify(shop, id, 'a state')
  t.match((await streams.waiting(shop)).events, [{ type: 'verification', state: 'a state' }])
  await t.rejects(streams.verify(shop, id, undefined), { code: 'verification-too-soon', wait: 60_000 })
  clock.time += VERIFICATION_INTERVAL
  await streams.verify(shop, id, undefined)
  t.match((await streams.waiting(shop)).events, [{ type: 'verification', state: null }])
})

t.test('what the site’s policy does not want is not told, but for what ends something', async (t) => {
  const { streams, store, owner, shop } = await open(t)
  const wanting = { ...shop, site: { ...shop.site, policies: { site: { events: [] }, services: {} } } }
  await streams.open(shop, { requested: SUPPORTED.slice(1, 2) })
  await store.run('release', act(), owner.fingerprint)
  await store.run('hold', act(), owner.fingerprint)
  await store.run('release', act(), owner.fingerprint)
  await store.run('revoke', act(), owner.fingerprint, 'superseded')
  t.match((await streams.waiting(shop)).events, [{ event: 'held' }, { event: 'released' }, { event: 'revoked' }])
  t.match((await streams.waiting(wanting)).events, [{ event: 'held' }, { event: 'revoked' }])
  t.equal((await streams.waiting(shop)).events.length, 2, 'it is forgotten')
})

t.test('who changes his stream again and again has to wait', async (t) => {
  const { streams, shop, bank, clock } = await open(t)
  const { id } = await streams.open(shop, {})
  for (let count = 1; count < 60; count++) await streams.setStatus(shop, id, 'enabled', undefined)
  const changes: readonly (() => Promise<unknown>)[] = [
    () => streams.setStatus(shop, id, 'enabled', undefined),
    () => streams.change(shop, id, 'alter', {}),
    () => streams.close(shop, id),
    () => streams.open(shop, {}),
  ]
  clock.time += 1_000
  const wait = 3_600_000 - (clock.time % 3_600_000)
  for (const change of changes) await t.rejects(change(), { code: 'rate-limited', wait })
  t.match(await streams.named(shop, id), { status: 'enabled' })
  await streams.open(bank, {})
  clock.time += 3_600_000
  await streams.close(shop, id)
})

async function open(t: Test) {
  const store = await openSqliteStore({ file: join(t.testdir(), 'countersign.db'), auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const clock = { time: NOW, now: () => clock.time }
  const owner: Enrolled = await enroll(store)
  const askerOf = async (): Promise<Asker> => {
    const site = await addSite(store)
    await store.run('signIn', signInRow(site.id, owner.subscriberId))
    return { site, service: 'web', fingerprint: fresh(32), key: '' } as unknown as Asker
  }
  const [shop, bank] = [await askerOf(), await askerOf()]
  return {
    streams: createSecurityStreams({ store, clock, keyring: KEYRING, policy: DEFAULT_POLICY }),
    store,
    clock,
    owner,
    shop,
    bank,
  }
}
