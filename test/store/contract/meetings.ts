import type { Test } from 'tap'
import type { Site } from '../../../src/domain/site/site.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, freshStores, type MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, type Enrolled, enroll, fresh, NOW, signInRow, walk } from '../samples.ts'
import { about, meet, reportWith, speakerOf, subjectOf, vouch, weigh } from '../town.ts'

const ALL = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 100 }

/** Whom a site has met, and whom it only asked about. */
export async function meetingsContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('who only asked is not heard; from the first walk on he is, and others are told once', async (t) => {
    const { store, shop, bank, owner } = await askers(t, make)
    const told = async (site: Site) => (await store.siteEvents({ ...ALL, siteId: site.id })).length
    const [by, subject] = [speakerOf(shop), subjectOf(shop, owner)]
    t.equal(await vouch(store, shop, owner, 'paid'), 'vouched')
    t.match(await about(store, bank, owner), [{ siteId: shop.id, weight: 0, kind: 'paid' }])
    t.equal(await store.run('reportIntrusion', act(), by, subject, reportWith()), 'reported')
    t.equal((await about(store, bank, owner)).length, 1, 'its report is not heard')
    t.match(await store.ownReport(shop.id, subject, NOW), { state: 'standing' })
    t.equal(await store.run('hideTrust', act(), owner.subscriberId, true), 'changed')
    await store.run('hideTrust', act(), owner.subscriberId, false)
    t.same([await told(shop), await told(bank)], [0, 0], 'nobody is told')
    t.equal(await store.isMet(shop.id, subject), false)

    await meet(store, bank, owner)
    t.match(await about(store, bank, owner), [{ weight: 0 }], 'another site’s walk does not count')
    await meet(store, shop, owner)
    t.equal(await store.isMet(shop.id, subject), true)
    t.equal(await store.isMet(bank.id, subject), false, 'no subject of its own')
    t.match(await about(store, bank, owner), [{ weight: 4 }, { weight: 4 }])
    t.same([await told(shop), await told(bank)], [0, 1])
    await meet(store, shop, owner, NOW + 1)
    t.same([await told(shop), await told(bank)], [0, 1], 'the second walk changes nothing')
    await store.run('withdrawReport', act(), by, subject)
    await store.run('withdrawVouch', act(), by, subject)
    t.same([await told(shop), await told(bank)], [0, 3])
  })

  await t.test('what is said of somebody whom it has not met goes without a sound', async (t) => {
    const { store, shop, bank, owner } = await askers(t, make)
    const [by, subject] = [speakerOf(shop), subjectOf(shop, owner)]
    const report = reportWith()
    await vouch(store, shop, owner, 'paid')
    await store.run('reportIntrusion', act(), by, subject, report)
    await store.run('appealReport', act(), owner.subscriberId, report.id, 'No.')
    await store.run('withdrawReport', act(), by, subject)
    await store.run('withdrawVouch', act(), by, subject)
    t.same(await store.siteEvents({ ...ALL, siteId: bank.id }), [])
    t.equal((await store.siteEvents({ ...ALL, siteId: shop.id })).length, 1, 'but of the appeal it is told')
    await vouch(store, shop, owner, 'paid')
    await meet(store, shop, owner, NOW + DAY)
    t.same(await store.siteEvents({ ...ALL, siteId: bank.id }), [], 'its time was over')
    await vouch(store, shop, owner, 'paid', NOW + DAY)
    t.match(await about(store, bank, owner, NOW + DAY), [{ weight: 4 }], 'what was over does not keep it unheard')
  })

  await t.test('the first walk is kept, each site’s and each person’s own; a refused one is none', async (t) => {
    const { store, shop, bank, owner } = await askers(t, make)
    const other = await enroll(store)
    const spent = walk(owner, shop.id, 7)
    await store.run('hold', act(), owner.fingerprint)
    t.equal(await store.run('walk', act(), spent), 'not-active')
    await store.run('release', act(), owner.fingerprint)
    t.equal(
      await store.run('walk', act(), { ...spent, proof: { ...spent.proof, credentialId: other.totp } }),
      'proof-used',
    )
    t.same(await store.meetings(owner.subscriberId), [])
    for (const at of [NOW + 5, NOW + 9, NOW + 2]) await meet(store, shop, owner, at)
    await meet(store, bank, owner, NOW + 7)
    await meet(store, bank, other, NOW + 8)
    t.same(await store.meetings(owner.subscriberId), [
      { siteId: shop.id, site: shop.name, firstAt: NOW + 5 },
      { siteId: bank.id, site: bank.name, firstAt: NOW + 7 },
    ])
    t.same(await store.meetings(fresh()), [])
    t.equal(await store.isMet(shop.id, subjectOf(shop, { subscriberId: fresh() })), false)
  })

  await t.test('to be forgotten ends it; who comes back is to be met anew', async (t) => {
    const { store, shop, bank, owner } = await askers(t, make)
    const { subscriberId } = owner
    await meet(store, shop, owner)
    await meet(store, bank, owner)
    await store.run('forgetSubject', act(), subscriberId, shop.id)
    t.same(
      (await store.meetings(subscriberId)).map(({ siteId }) => siteId),
      [bank.id],
    )
    const anew = signInRow(shop.id, subscriberId, { generation: 1 })
    await store.run('signIn', anew)
    t.equal(await store.isMet(shop.id, anew.subject), false, 'it does not tell who he was')
    const said = { kind: 'paid', expiresAt: NOW + DAY } as const
    await store.run('vouch', act(), speakerOf(shop), anew.subject, said)
    t.match(await about(store, bank, owner), [{ weight: 0 }])
    await meet(store, shop, owner, NOW + 3)
    t.equal(await store.isMet(shop.id, anew.subject), true)
    t.match(await about(store, bank, owner), [{ weight: 4 }])
    t.match((await store.meetings(subscriberId)).at(-1), { siteId: shop.id, firstAt: NOW + 3 })
  })

  await t.test(
    'a report that was heard is not shaken off by being forgotten, and no old one is heard later',
    async (t) => {
      const { store, shop, bank, owner } = await askers(t, make)
      const stranger = await enroll(store)
      for (const { id } of [shop, bank]) await store.run('signIn', signInRow(id, stranger.subscriberId))
      await meet(store, shop, owner)
      for (const one of [owner, stranger]) {
        await store.run('reportIntrusion', act(), speakerOf(shop), subjectOf(shop, one), reportWith())
        await store.run('forgetSubject', act(), one.subscriberId, shop.id)
        await store.run('signIn', signInRow(shop.id, one.subscriberId, { generation: 1 }))
      }
      t.match(await about(store, bank, owner), [{ severity: 'suspicious', weight: 4 }])
      await meet(store, shop, stranger)
      t.same(await about(store, bank, stranger), [], 'it was said of somebody whom the site had not met')
    },
  )

  await t.test('the end of the person and the end of the site end it', async (t) => {
    const { store, shop, bank, owner } = await askers(t, make)
    const { subscriberId } = owner
    for (const site of [shop, bank]) await meet(store, site, owner)
    const met = async () => (await store.meetings(subscriberId)).map(({ siteId }) => siteId)
    await store.run('removeSite', act(), shop.id)
    t.same(await met(), [bank.id])
    await meet(store, shop, owner)
    t.same(await met(), [bank.id], 'a ticket that was on its way')
    await store.run('eraseSubscriber', act(), subscriberId)
    t.same(await met(), [])
  })

  await t.test('a walk on one node is known on the other, and of two at once one is the first', async (t) => {
    const [, one, two] = await freshStores(t, make, 2)
    const { shop, bank, owner } = await populate(one!)
    await vouch(one!, shop, owner, 'paid')
    const by = walk(owner, shop.id, 1)
    const code = { check: 'recovery-code', credentialId: owner.recoveryCode, step: null } as const
    const answers = [one!.run('walk', act(), by), two!.run('walk', act(), { ...walk(owner, shop.id, 0), proof: code })]
    t.same(await Promise.all(answers), ['passed', 'passed'])
    t.equal((await two!.meetings(owner.subscriberId)).length, 1)
    t.match(await about(two!, bank, owner), [{ weight: 4 }])
    t.equal((await two!.siteEvents({ ...ALL, siteId: bank.id })).length, 1)
  })
}

async function askers(t: Test, make: MakeDatabase) {
  const { store } = await freshStore(t, make)
  return { store, ...(await populate(store)) }
}

/** Two sites that weigh something and have asked about somebody: whether he was there nobody knows. */
async function populate(store: Store): Promise<{ shop: Site; bank: Site; owner: Enrolled }> {
  const [shop, bank] = [await addSite(store), await addSite(store)]
  const owner = await enroll(store)
  for (const site of [shop, bank]) {
    await store.run('signIn', signInRow(site.id, owner.subscriberId))
    await weigh(store, site, 4)
  }
  return { shop, bank, owner }
}
