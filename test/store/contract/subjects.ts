import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, enroll, fresh, signInRow } from '../samples.ts'

export async function subjectsContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store, database } = await freshStore(t, make)
  const [shop, bank] = [await addSite(store), await addSite(store)]
  const subjectOf = (siteId: Hex, subscriberId: Hex, generation = 0) =>
    signInRow(siteId, subscriberId, { generation }).subject
  const monthAt = async (fingerprint: Hex, service = 'web') =>
    (await store.verdictState(fingerprint, { siteId: shop.id, service }))?.signedInMonth

  await t.test('from the first sign-in on, the way leads back for that site alone', async (t) => {
    const [{ subscriberId }, other] = [await enroll(store), await enroll(store)]
    const subject = subjectOf(shop.id, subscriberId)
    t.equal(await store.subscriberOf(shop.id, subject), undefined)
    await signIn(store, shop.id, subscriberId)
    await signIn(store, shop.id, subscriberId, { service: 'api' })
    await signIn(store, shop.id, other.subscriberId)
    t.equal(await store.subscriberOf(shop.id, subject), subscriberId)
    t.equal(await store.subscriberOf(bank.id, subject), undefined)
    t.equal(await store.subscriberOf(fresh(), subject), undefined)
    await signIn(store, bank.id, subscriberId)
    t.equal(await store.subscriberOf(bank.id, subjectOf(bank.id, subscriberId)), subscriberId)
    t.equal(await store.subscriberOf(shop.id, subjectOf(bank.id, subscriberId)), undefined)
  })

  await t.test('who was forgotten is nobody there until he comes back as somebody new', async (t) => {
    const { subscriberId } = await enroll(store)
    for (const { id } of [shop, bank]) await signIn(store, id, subscriberId)
    const [before, after] = [0, 1].map((generation) => subjectOf(shop.id, subscriberId, generation)) as [string, string]
    await store.run('forgetSubject', act(), subscriberId, shop.id)
    t.equal(await store.subscriberOf(shop.id, before), undefined)
    t.equal(await store.subscriberOf(bank.id, subjectOf(bank.id, subscriberId)), subscriberId)
    await signIn(store, shop.id, subscriberId, { generation: 1 })
    t.equal(await store.subscriberOf(shop.id, after), subscriberId)
    t.equal(await store.subscriberOf(shop.id, before), undefined, 'what he was stays forgotten')
  })

  await t.test('a sign-in that was decided before somebody was forgotten brings nothing back', async (t) => {
    const { subscriberId, fingerprint } = await enroll(store)
    await signIn(store, shop.id, subscriberId)
    await store.run('forgetSubject', act(), subscriberId, shop.id)
    await signIn(store, shop.id, subscriberId, { generation: 0 })
    t.equal(await store.subscriberOf(shop.id, subjectOf(shop.id, subscriberId)), undefined)
    t.equal(await monthAt(fingerprint), null, 'so the next valid answer signs in anew')
    await signIn(store, shop.id, subscriberId, { generation: 1 })
    t.equal(await store.subscriberOf(shop.id, subjectOf(shop.id, subscriberId, 1)), subscriberId)
    t.equal(await monthAt(fingerprint), 202_611)
  })

  await t.test('who was erased is nobody anywhere, and a late sign-in does not change that', async (t) => {
    const { subscriberId } = await enroll(store)
    for (const { id } of [shop, bank]) await signIn(store, id, subscriberId)
    await store.run('eraseSubscriber', act(), subscriberId)
    await signIn(store, shop.id, subscriberId)
    for (const { id } of [shop, bank]) t.equal(await store.subscriberOf(id, subjectOf(id, subscriberId)), undefined)
  })

  await t.test('sign-ins from before subjects were kept are made good by the next one', async (t) => {
    const { subscriberId, fingerprint } = await enroll(store)
    await signIn(store, shop.id, subscriberId)
    await database.meddle('DELETE FROM subjects')
    await database.meddle('UPDATE sign_ins SET has_subject = 0')
    t.equal(await monthAt(fingerprint), null)
    t.match(await store.relations(subscriberId), [{ siteId: shop.id, lastMonth: 202_611 }], 'they count all the same')
    await signIn(store, shop.id, subscriberId, { at: 1 })
    t.equal(await store.subscriberOf(shop.id, subjectOf(shop.id, subscriberId)), subscriberId)
    t.equal(await monthAt(fingerprint), 202_611)
    t.not((await store.relations(subscriberId))[0]?.since, 1, 'since when somebody is known does not change')
  })
}

function signIn(store: Store, siteId: Hex, subscriberId: Hex, given: Parameters<typeof signInRow>[2] = {}) {
  return store.run('signIn', signInRow(siteId, subscriberId, given))
}
