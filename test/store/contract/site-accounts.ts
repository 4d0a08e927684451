import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, type Enrolled, enroll, issue, NOW, signInRow } from '../samples.ts'

export async function siteAccountsContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store, database } = await freshStore(t, make)
  const [shop, bank] = [await addSite(store), await addSite(store)]
  const sealedAt = async (siteId: Hex, { fingerprint }: Enrolled) =>
    (await store.verdictState(fingerprint, { siteId, service: 'web' }))?.siteAccount
  const bind = (siteId: Hex, subject: string, { subscriberId }: Enrolled, sealed = SEALED) =>
    store.run('bindAccount', act(NOW + 5), siteId, subject, subscriberId, sealed)

  await t.test('a site’s verdict holds what it has bound, and no other’s does', async (t) => {
    const [alice, bob] = [await enroll(store), await enroll(store)]
    const subject = await signIn(store, shop.id, alice)
    await signIn(store, bank.id, alice)
    t.equal(await sealedAt(shop.id, alice), null)
    t.equal(await bind(shop.id, subject, alice), 'bound')
    t.same(await sealedAt(shop.id, alice), SEALED)
    t.equal(await sealedAt(bank.id, alice), null)
    t.equal(await sealedAt(shop.id, bob), null)
    t.same(await store.siteAccounts(alice.subscriberId), [{ siteId: shop.id, sealed: SEALED }])
    t.equal(await bind(shop.id, subject, alice, OTHER), 'bound')
    t.same(await sealedAt(shop.id, alice), OTHER)
    const act = { action: 'site-account-bound', detail: { site: shop.id } }
    t.match((await store.auditRowsAbout([subject], 1))[0], act)
    const [own] = await store.auditRowsAbout([alice.subscriberId], 1)
    t.equal(own?.action, 'subscriber-enrolled', 'a site cannot fill a person’s history')
  })

  await t.test('each change is told: of each certificate in the feed, of the person to the site', async (t) => {
    const alice = await enroll(store)
    const again = await issue(store, { subscriberId: alice.subscriberId })
    const gone = await issue(store, { subscriberId: alice.subscriberId })
    await store.run('revoke', act(), gone.fingerprint, 'superseded')
    const subject = await signIn(store, shop.id, alice)
    await signIn(store, bank.id, alice)
    const expected = [
      ...[alice, again].map(({ fingerprint }) => ({ kind: 'certificate', key: fingerprint })),
      { kind: 'subscriber', key: alice.subscriberId },
    ]
    for (const change of [() => bind(shop.id, subject, alice), () => remove(store, shop.id, subject)]) {
      const { position } = await store.changes(0, 'verdicts')
      await change()
      const news = await store.changes(position, 'verdicts')
      t.match(news.changes, expected)
      const told = await store.siteEvents({ after: position, upTo: news.position, limit: 10 })
      t.match(told, [{ siteId: shop.id, event: 'account-changed', position: news.position }])
      t.equal(told.length, 1)
    }
  })

  await t.test('what is removed is gone; what is not there changes nothing', async (t) => {
    const alice = await enroll(store)
    const subject = await signIn(store, shop.id, alice)
    await bind(shop.id, subject, alice)
    t.equal(await remove(store, bank.id, subject), 'none')
    t.same(await sealedAt(shop.id, alice), SEALED)
    t.equal(await remove(store, shop.id, subject), 'removed')
    t.equal(await sealedAt(shop.id, alice), null)
    const { count } = await store.auditHead()
    t.equal(await remove(store, shop.id, subject), 'none')
    t.equal((await store.auditHead()).count, count)
  })

  await t.test('nobody is bound whom the site does not know by this subject at that moment', async (t) => {
    const [alice, bob] = [await enroll(store), await enroll(store)]
    const subject = await signIn(store, shop.id, alice)
    await signIn(store, shop.id, bob)
    t.equal(await bind(bank.id, subject, alice), 'unknown', 'another site')
    t.equal(await bind(shop.id, subject, bob), 'unknown', 'another person')
    await store.run('forgetSubject', act(), alice.subscriberId, shop.id)
    t.equal(await bind(shop.id, subject, alice), 'unknown', 'forgotten')
    const renewed = await signIn(store, shop.id, alice, 1)
    t.equal(await bind(shop.id, subject, alice), 'unknown', 'by the subject that he had')
    t.equal(await sealedAt(shop.id, alice), null)
    t.equal(await bind(shop.id, renewed, alice), 'bound')
  })

  await t.test('it ends with the relation, the person and the site', async (t) => {
    const [alice, bob, carol] = [await enroll(store), await enroll(store), await enroll(store)]
    const closing = await addSite(store)
    for (const one of [alice, bob, carol])
      for (const { id } of [shop, bank, closing]) await bind(id, await signIn(store, id, one), one)
    await store.run('forgetSubject', act(), alice.subscriberId, shop.id)
    await signIn(store, shop.id, alice, 1)
    t.equal(await sealedAt(shop.id, alice), null, 'the new person has no old name')
    t.equal((await store.siteAccounts(alice.subscriberId)).length, 2)
    await store.run('eraseSubscriber', act(), bob.subscriberId)
    t.same(await store.siteAccounts(bob.subscriberId), [])
    await store.run('removeSite', act(), closing.id)
    const left = async () => (await store.siteAccounts(carol.subscriberId)).map(({ siteId }) => siteId)
    t.same(await left(), [shop.id, bank.id].sort())
    await database.meddle(`INSERT INTO site_accounts (site_id, subscriber_id, sealed, bound_at)
      SELECT s.id, p.id, s.id, 1 FROM sites s, subscribers p WHERE s.removed_at IS NOT NULL`)
    t.equal((await left()).length, 3)
    await store.run('tidy', NOW)
    t.same(await left(), [shop.id, bank.id].sort(), 'of a large site the rest goes later')
  })
}

const [SEALED, OTHER] = [Buffer.from('sealed'), Buffer.from('another one')]

function remove(store: Store, siteId: Hex, subject: string) {
  return store.run('removeAccount', act(NOW + 6), siteId, subject)
}

/** @returns the subject */
async function signIn(store: Store, siteId: Hex, { subscriberId }: Enrolled, generation = 0): Promise<string> {
  const row = signInRow(siteId, subscriberId, { generation })
  await store.run('signIn', row)
  return row.subject
}
