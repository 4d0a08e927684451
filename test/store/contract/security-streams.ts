import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { SecurityEvent, SecurityEventType } from '../../../src/domain/security-event/security-event.ts'
import type { StreamWish } from '../../../src/domain/security-event/security-stream-store.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, freshStores, type MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, type Enrolled, enroll, fresh, NOW, signInRow } from '../samples.ts'

const CAEP: readonly SecurityEventType[] = ['assurance-level-change', 'credential-change', 'session-revoked']
const WEEK = 7 * DAY
const MINUTE = 60_000

export async function securityStreamsContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('a site has one stream, which it alone can name', async (t) => {
    const { store } = await freshStore(t, make)
    const [shop, bank] = [await addSite(store), await addSite(store)]
    const id = await open(store, shop.id, { requested: ['urn:x'], description: 'ours' })
    t.strictSame(await store.securityStream(shop.id), {
      siteId: shop.id,
      id,
      delivery: 'poll',
      pushUrl: null,
      requested: ['urn:x'],
      types: CAEP,
      description: 'ours',
      status: 'enabled',
      statusReason: null,
    })
    t.equal(await store.securityStream(bank.id), undefined)
    t.equal(await store.run('openSecurityStream', act(), shop.id, fresh(), wish()), 'exists')
    for (const [siteId, named] of [
      [bank.id, id],
      [shop.id, fresh()],
    ] as const) {
      t.equal(await store.run('changeSecurityStream', act(), siteId, named, wish()), 'unknown')
      t.equal(await store.run('setStreamStatus', act(), siteId, named, 'disabled', null), 'unknown')
      t.equal(await store.run('verifyStream', act(), siteId, named, null, NOW), 'unknown')
      t.equal(await store.run('closeSecurityStream', act(), siteId, named), 'unknown')
    }
    const change = { requested: null, types: [], description: null }
    t.equal(await store.run('changeSecurityStream', act(), shop.id, id, wish(change)), 'changed')
    t.match(await store.securityStream(shop.id), { requested: null, types: [], description: null })
    t.equal(await store.run('closeSecurityStream', act(), shop.id, id), 'closed')
    t.equal(await store.securityStream(shop.id), undefined)
    t.equal(await store.run('openSecurityStream', act(), shop.id, fresh(), wish()), 'opened')
  })

  await t.test('it carries what its site is told, of the types that it wants, in commit order', async (t) => {
    const { store } = await freshStore(t, make)
    const [shop, bank] = [await addSite(store), await addSite(store)]
    const owner = await known(store, shop.id, bank.id)
    await open(store, shop.id)
    await open(store, bank.id, { types: ['account-purged'] })
    await store.run('hold', act(NOW), owner.fingerprint)
    await store.run('release', act(NOW + 1), owner.fingerprint)
    await store.run('setAskEveryTime', act(NOW + 2), owner.deviceId, true)
    await store.run('eraseSubscriber', act(NOW + 3), owner.subscriberId)
    t.same(typesOf(await store.securityEvents(shop.id, 100)), [
      'held credential-change',
      'held session-revoked',
      'released credential-change',
      'needs-revalidation assurance-level-change',
      'revoked credential-change',
      'revoked session-revoked',
      'erased session-revoked',
    ])
    const told = await store.securityEvents(bank.id, 100)
    t.match(told, [{ event: 'erased', type: 'account-purged', subscriberId: owner.subscriberId, at: NOW + 3 }])
    const positions = (await store.securityEvents(shop.id, 100)).map(({ position }) => position)
    t.same(
      positions,
      [...positions].sort((a, b) => a - b),
    )
    t.same(await store.securityEvents(shop.id, 2), (await store.securityEvents(shop.id, 100)).slice(0, 2))
  })

  await t.test('what is confirmed goes, each for itself, and only that', async (t) => {
    const { store } = await freshStore(t, make)
    const [shop, bank] = [await addSite(store), await addSite(store)]
    const owner = await known(store, shop.id, bank.id)
    for (const { id } of [shop, bank]) await open(store, id)
    await store.run('hold', act(), owner.fingerprint)
    const [first, second] = await store.securityEvents(shop.id, 100)
    await store.run('confirmSecurityEvents', shop.id, [{ ...first!, at: first!.at + 1 }])
    t.equal((await store.securityEvents(shop.id, 100)).length, 2, 'another event at the same place')
    await store.run('confirmSecurityEvents', shop.id, [first!])
    t.same(await store.securityEvents(shop.id, 100), [second])
    t.equal((await store.securityEvents(bank.id, 100)).length, 2, 'another site’s stay')
  })

  await t.test('a paused stream keeps what happens; a disabled one does not', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const owner = await known(store, id)
    const stream = await open(store, id, { types: ['credential-change'] })
    await store.run('setStreamStatus', act(), id, stream, 'paused', 'a move')
    t.match(await store.securityStream(id), { status: 'paused', statusReason: 'a move' })
    await store.run('hold', act(), owner.fingerprint)
    t.equal((await store.securityEvents(id, 100)).length, 1)
    await store.run('setStreamStatus', act(), id, stream, 'disabled', null)
    await store.run('release', act(), owner.fingerprint)
    t.same(await store.securityEvents(id, 100), [])
    t.equal(await store.run('verifyStream', act(), id, stream, null, NOW), 'unknown')
    await store.run('setStreamStatus', act(), id, stream, 'enabled', null)
    await store.run('revoke', act(), owner.fingerprint, 'superseded')
    t.same(typesOf(await store.securityEvents(id, 100)), ['revoked credential-change'])
  })

  await t.test('a verification has a place of its own, and comes once in a while', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const stream = await open(store, id)
    const verify = (at: number, state: string | null) =>
      store.run('verifyStream', act(at), id, stream, state, at - MINUTE)
    t.equal(await verify(NOW, 'one'), 'sent')
    t.equal(await verify(NOW + MINUTE - 1, 'two'), 'too-soon')
    const [before] = await store.securityEvents(id, 100)
    t.equal(await verify(NOW + MINUTE, null), 'sent')
    const events = await store.securityEvents(id, 100)
    t.match(events, [{ type: 'verification', state: null, subscriberId: null, event: null }], 'instead of the other')
    t.not(events[0]!.position, before!.position)
  })

  await t.test('dead letters wait for the operator, and come back where they were', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const owner = await known(store, id)
    await open(store, id, { types: ['credential-change'] })
    await store.run('hold', act(), owner.fingerprint)
    await store.run('release', act(), owner.fingerprint)
    const [first, second] = await store.securityEvents(id, 100)
    await store.run('burySecurityEvents', NOW + 1, id, [{ ...first!, failure: 'http-400' }])
    t.same(await store.securityEvents(id, 100), [second])
    t.same(await store.deadLetters(id, 100), [{ ...first, deadAt: NOW + 1, failure: 'http-400' }])
    await store.run('confirmSecurityEvents', id, [first!])
    t.equal((await store.deadLetters(id, 100)).length, 1, 'a late word does not lose it')
    t.equal(await store.run('retryDeadLetters', act(), id), 1)
    t.equal(await store.run('retryDeadLetters', act(), id), 0)
    t.same(await store.securityEvents(id, 100), [first, second])
    t.same(await store.deadLetters(id, 100), [])
  })

  await t.test('what nobody took for a week goes, and the stream says so', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const owner = await known(store, id)
    await open(store, id, { types: ['credential-change'] })
    await store.run('hold', act(NOW), owner.fingerprint)
    await store.run('release', act(NOW + 1), owner.fingerprint)
    await store.run('revoke', act(NOW + DAY), owner.fingerprint, 'superseded')
    const [first, second, third] = await store.securityEvents(id, 100)
    await store.run('burySecurityEvents', NOW, id, [{ ...first!, failure: 'http-400' }])
    await store.run('tidy', NOW + WEEK)
    t.same(await store.securityEvents(id, 100), [second, third])
    await store.run('tidy', NOW + WEEK + 1)
    t.match(await store.securityEvents(id, 100), [
      { type: 'stream-updated', position: second!.position, subscriberId: null },
      third,
    ])
    await store.run('tidy', NOW + 30 * WEEK)
    t.match(
      await store.securityEvents(id, 100),
      [{ type: 'stream-updated' }],
      'whoever is away for long hears it still',
    )
    t.same(await store.deadLetters(id, 100), [])
  })

  await t.test('it is pushed to an address of the operator’s, and ends with it', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const push = wish({ delivery: 'push' })
    t.equal(await store.run('openSecurityStream', act(), id, fresh(), push), 'no-address')
    const address = {
      siteId: id,
      url: 'https://shop.example/events',
      allowPrivate: true,
      anchors: 'PEM',
      sealed: Buffer.of(1),
    }
    await store.run('setPushAddress', act(), address)
    t.same(await store.pushAddress(id), address)
    t.equal(await store.run('openSecurityStream', act(), id, fresh(), push), 'opened')
    const moved = { ...address, url: 'https://shop.example/moved', allowPrivate: false, sealed: Buffer.from('sealed') }
    await store.run('setPushAddress', act(), moved)
    t.same(await store.pushAddress(id), moved)
    t.match(await store.securityStream(id), { delivery: 'push', pushUrl: moved.url })
    t.equal(await store.run('removePushAddress', act(), id), 'removed')
    t.equal(await store.run('removePushAddress', act(), id), 'unknown')
    t.equal(await store.securityStream(id), undefined)
    const polled = await open(store, id)
    t.equal(await store.run('changeSecurityStream', act(), id, polled, push), 'no-address')
    await store.run('setPushAddress', act(), address)
    t.match(await store.securityStream(id), { pushUrl: null }, 'a stream that is polled has none')
    await store.run('removePushAddress', act(), id)
    t.match(await store.securityStream(id), { id: polled }, 'nor does it end')
  })

  await t.test('of many processes one has the turn to push, for a while', async (t) => {
    const [, one, other] = await freshStores(t, make, 2)
    const [store, second] = [one!, other!]
    const { id } = await addSite(store)
    const owner = await known(store, id)
    await store.run('setPushAddress', act(), pushAddress(id))
    const stream = await open(store, id, { delivery: 'push', types: ['credential-change'] })
    t.same(await store.duePushes(NOW, 10), [], 'nothing to tell')
    await store.run('hold', act(), owner.fingerprint)
    t.same(await store.duePushes(NOW, 10), [{ siteId: id, failures: 0 }])
    const turns = [store, second].map((node) => ({ node, turn: { siteId: id, holder: fresh() } }))
    const outcomes = await Promise.all(turns.map(({ node, turn }) => node.run('takePushTurn', turn, NOW, NOW + MINUTE)))
    t.same([...outcomes].sort(), ['not-due', 'taken'])
    t.same(await second.duePushes(NOW + MINUTE - 1, 10), [])
    const winner = turns[outcomes.indexOf('taken')]!.turn
    const loser = turns[outcomes.indexOf('not-due')]!.turn
    await store.run('endPushTurn', loser, 9, 0)
    t.same(await second.duePushes(NOW, 10), [], 'who has no turn ends none')
    await store.run('endPushTurn', winner, 3, NOW + 2 * MINUTE)
    t.same(await second.duePushes(NOW + MINUTE, 10), [])
    t.same(await second.duePushes(NOW + 2 * MINUTE, 10), [{ siteId: id, failures: 3 }])
    t.equal(await second.run('takePushTurn', loser, NOW + 2 * MINUTE, NOW + 3 * MINUTE), 'taken')
    t.same(
      await store.duePushes(NOW + 3 * MINUTE, 10),
      [{ siteId: id, failures: 3 }],
      'a turn that nobody ended is over',
    )
    await store.run('setStreamStatus', act(), id, stream, 'paused', null)
    t.same(await store.duePushes(NOW + 3 * MINUTE, 10), [])
    await store.run('setStreamStatus', act(), id, stream, 'enabled', null)
    t.same(await store.duePushes(NOW + 3 * MINUTE, 10), [{ siteId: id, failures: 0 }])
  })

  await t.test('a site that was removed is told nothing more', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const owner = await known(store, id)
    await store.run('setPushAddress', act(), pushAddress(id))
    await open(store, id, { delivery: 'push' })
    await store.run('hold', act(), owner.fingerprint)
    await store.run('removeSite', act(), id)
    await store.run('release', act(), owner.fingerprint)
    t.same(await store.duePushes(NOW + WEEK, 10), [])
    t.same(await store.securityEvents(id, 100), [])
    t.equal(await store.securityStream(id), undefined)
    t.equal(await store.pushAddress(id), undefined)
  })
}

function wish(given: Partial<StreamWish> = {}): StreamWish {
  return { delivery: 'poll', requested: null, types: CAEP, description: null, ...given }
}

function pushAddress(siteId: Hex) {
  return { siteId, url: 'https://shop.example/events', allowPrivate: false, anchors: null, sealed: Buffer.of(1) }
}

async function open(store: Store, siteId: Hex, given: Partial<StreamWish> = {}): Promise<Hex> {
  const id = fresh()
  const outcome = await store.run('openSecurityStream', act(), siteId, id, wish(given))
  if (outcome !== 'opened') throw new Error(outcome)
  return id
}

/** Somebody whom these sites have signed in. */
async function known(store: Store, ...sites: readonly Hex[]): Promise<Enrolled> {
  const owner = await enroll(store)
  for (const siteId of sites) await store.run('signIn', signInRow(siteId, owner.subscriberId))
  return owner
}

function typesOf(events: readonly SecurityEvent[]): readonly string[] {
  return events.map(({ event, type }) => `${event} ${type}`)
}
