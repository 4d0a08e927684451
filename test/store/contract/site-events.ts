import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, enroll, issue, NOW, signInRow } from '../samples.ts'

const ALL = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 100 }
const MONTH = 202_611

export async function siteEventsContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('the sites that know a person are told, each once, in commit order', async (t) => {
    const { store } = await freshStore(t, make)
    const [shop, bank, other] = [await addSite(store), await addSite(store), await addSite(store)]
    const [owner, stranger] = [await enroll(store), await enroll(store)]
    for (const { id } of [shop, bank]) await signIn(store, id, owner.subscriberId)
    await signIn(store, shop.id, owner.subscriberId, MONTH + 1)
    await signIn(store, other.id, stranger.subscriberId)
    await store.run('hold', act(), owner.fingerprint)
    const { position } = await store.changes(0, 'verdicts')
    await store.run('release', act(NOW + 1), owner.fingerprint)
    await store.run('setAskEveryTime', act(NOW + 2), owner.deviceId, true)
    await store.run('setAskEveryTime', act(NOW + 3), owner.deviceId, false)
    await store.run('revoke', act(NOW + 4), owner.fingerprint, 'superseded')

    const told = await store.siteEvents({ ...ALL, siteId: shop.id })
    const whose = { siteId: shop.id, subscriberId: owner.subscriberId, generation: 0 }
    t.same(told, [
      { position, ...whose, event: 'held', at: NOW },
      { position: position + 1, ...whose, event: 'released', at: NOW + 1 },
      { position: position + 2, ...whose, event: 'needs-revalidation', at: NOW + 2 },
      { position: position + 4, ...whose, event: 'revoked', at: NOW + 4 },
    ])
    t.equal((await store.siteEvents(ALL)).length, 8)
    t.same(await store.siteEvents({ ...ALL, after: position, upTo: position + 2, siteId: shop.id }), told.slice(1, 3))
    t.same(await store.siteEvents({ ...ALL, siteId: shop.id, limit: 2 }), told.slice(0, 2))
    t.same(await store.siteEvents({ ...ALL, siteId: shop.id, skip: 1, limit: 2 }), told.slice(1, 3))
    t.same(await store.siteEvents({ ...ALL, siteId: other.id }), [])
  })

  await t.test('what is nobody’s is told to nobody', async (t) => {
    const { store } = await freshStore(t, make)
    await addSite(store)
    const { fingerprint } = await issue(store)
    await store.run('revoke', act(), fingerprint, 'superseded')
    t.same(await store.siteEvents(ALL), [])
  })

  await t.test('a key’s compromise is told for each of its certificates', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const owner = await enroll(store)
    const { subscriberId, deviceId } = owner
    await issue(store, { keyHash: owner.reserved.keyHash, subscriberId, deviceId })
    await signIn(store, id, subscriberId)
    await store.run('revoke', act(), owner.fingerprint, 'key-compromise')
    t.match(await store.siteEvents(ALL), [{ event: 'revoked' }, { event: 'revoked' }])
  })

  await t.test('who wants to be forgotten is told to that site alone, by the subject that it knew', async (t) => {
    const { store } = await freshStore(t, make)
    const [shop, bank] = [await addSite(store), await addSite(store)]
    const { subscriberId, fingerprint } = await enroll(store)
    for (const { id } of [shop, bank]) await signIn(store, id, subscriberId)
    await store.run('forgetSubject', act(), subscriberId, shop.id)
    t.match(await store.siteEvents(ALL), [{ siteId: shop.id, event: 'erased', generation: 0 }])
    await store.run('revoke', act(), fingerprint, 'superseded')
    t.match(await store.siteEvents({ ...ALL, siteId: shop.id }), [{ event: 'erased' }], 'and then nothing more')
    await issue(store, { subscriberId, deviceId: (await enroll(store)).deviceId })
    await signIn(store, shop.id, subscriberId)
    await store.run('eraseSubscriber', act(), subscriberId)
    t.match(await store.siteEvents({ ...ALL, siteId: shop.id }), [
      { event: 'erased', generation: 0 },
      { event: 'revoked', generation: 1 },
      { event: 'erased', generation: 1 },
    ])
    const atBank = (await store.siteEvents({ ...ALL, siteId: bank.id })).map(({ event }) => event)
    t.strictSame(atBank, ['revoked', 'revoked', 'erased'])
  })

  await t.test('what was forgotten can be told from what never was', async (t) => {
    const { store } = await freshStore(t, make)
    const { id } = await addSite(store)
    const { subscriberId, fingerprint } = await enroll(store)
    await signIn(store, id, subscriberId)
    await store.run('hold', act(NOW), fingerprint)
    const { position } = await store.changes(0, 'verdicts')
    await store.run('release', act(NOW + DAY), fingerprint)
    await store.run('tidy', NOW + DAY)
    t.equal(await store.siteEventsForgotten(), 0, 'a day is kept')
    await store.run('tidy', NOW + DAY + 1)
    t.equal(await store.siteEventsForgotten(), position)
    t.match(await store.siteEvents(ALL), [{ event: 'released' }])
    await store.run('tidy', NOW + DAY + 1)
    t.equal(await store.siteEventsForgotten(), position)
  })
}

function signIn(store: Store, siteId: Hex, subscriberId: Hex, month = MONTH): Promise<'recorded'> {
  return store.run('signIn', signInRow(siteId, subscriberId, { month }))
}
