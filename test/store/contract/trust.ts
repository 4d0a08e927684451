import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, enroll, fresh, NOW, signInRow } from '../samples.ts'
import { about, meet, reportWith, speakerOf, subjectOf, town, vouch, weigh } from '../town.ts'

/** What is said of people, and who may say it. */
export async function trustContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('a vouch is heard by other sites, and never by who gave it', async (t) => {
    const { store, shop, bank, owner } = await town(t, make)
    t.equal(await vouch(store, shop, owner, 'paid'), 'vouched')
    const said = { siteId: shop.id, weight: 4, kind: 'paid', since: NOW }
    t.same(await about(store, bank, owner), [said])
    t.same(await about(store, shop, owner), [])
    t.same(await store.ownVouch(shop.id, subjectOf(shop, owner), NOW), {
      siteId: shop.id,
      kind: 'paid',
      since: NOW,
      expiresAt: NOW + DAY,
    })
    t.equal(await store.ownVouch(bank.id, subjectOf(bank, owner), NOW), undefined)
    await vouch(store, shop, owner, 'known-person', NOW + 5)
    t.same(
      await about(store, bank, owner),
      [{ ...said, kind: 'known-person' }],
      'one site, one vouch, as old as the first',
    )
    t.match(await store.vouchesFor(owner.subscriberId, NOW), [{ site: shop.name, kind: 'known-person' }])
    t.same(await about(store, bank, owner, NOW + DAY + 5), [], 'its time is over')
    await vouch(store, shop, owner, 'paid', NOW + 2 * DAY)
    t.match(await about(store, bank, owner, NOW + 2 * DAY), [{ since: NOW + 2 * DAY }], 'after a gap it is a new one')
    t.equal(await store.run('withdrawVouch', act(), speakerOf(shop), subjectOf(shop, owner)), 'withdrawn')
    t.same(await about(store, bank, owner), [])
    t.equal(await store.run('withdrawVouch', act(), speakerOf(shop), subjectOf(shop, owner)), 'withdrawn')
  })

  await t.test('only whoever signed somebody in may speak of him, and by that site’s own subject', async (t) => {
    const { store, shop, bank, owner } = await town(t, make)
    const stranger = await addSite(store)
    const { count } = await store.auditHead()
    for (const [site, subject] of [
      [stranger, subjectOf(stranger, owner)],
      [bank, subjectOf(shop, owner)],
      [shop, subjectOf(shop, { subscriberId: fresh() })],
    ] as const) {
      const by = speakerOf(site)
      t.equal(await store.run('vouch', act(), by, subject, { kind: 'paid', expiresAt: NOW + DAY }), 'unknown')
      t.equal(await store.run('reportIntrusion', act(), by, subject, reportWith()), 'unknown')
      t.equal(await store.run('withdrawVouch', act(), by, subject), 'unknown')
      t.equal(await store.run('withdrawReport', act(), by, subject), 'unknown')
      t.same(await store.statementsAbout(site.id, subject, NOW), [])
    }
    t.equal((await store.auditHead()).count, count, 'a refusal leaves nothing behind')
    await store.run('forgetSubject', act(), owner.subscriberId, shop.id)
    t.equal(await vouch(store, shop, owner, 'paid'), 'unknown', 'nor of whom it was told to forget')
  })

  await t.test('a report, its appeal, and its confirmation', async (t) => {
    const { store, shop, bank, owner } = await town(t, make)
    const report = reportWith({ severity: 'abuse', message: 'Sends spam.' })
    const put = (given: Partial<typeof report>, at: number) =>
      store.run('reportIntrusion', act(at), speakerOf(shop), subjectOf(shop, owner), {
        ...report,
        id: fresh(),
        ...given,
      })
    const own = (at = NOW) => store.ownReport(shop.id, subjectOf(shop, owner), at)
    t.equal(await put({ id: report.id }, NOW), 'reported')
    const standing = { id: report.id, severity: 'abuse', message: 'Sends spam.', state: 'standing', appeal: null }
    t.match(await own(), { ...standing, reportedAt: NOW, expiresAt: NOW + 90 * DAY })
    t.match(await about(store, bank, owner), [{ severity: 'abuse', appealed: false }])
    t.same(await about(store, shop, owner), [])
    await put({ expiresAt: NOW + 91 * DAY }, NOW + DAY)
    t.match(
      await own(),
      { ...standing, reportedAt: NOW + DAY, expiresAt: NOW + 91 * DAY },
      'said again, it begins anew',
    )

    const appeal = (subscriberId: Hex, id = report.id) =>
      store.run('appealReport', act(NOW + 2 * DAY), subscriberId, id, 'That was not me.')
    const other = await enroll(store)
    t.equal(await appeal(other.subscriberId), 'unknown', 'somebody else’s')
    t.equal(await appeal(owner.subscriberId, fresh()), 'unknown')
    t.equal(await appeal(owner.subscriberId), 'appealed')
    t.match(await own(), { state: 'appealed', appeal: 'That was not me.' })
    t.match(await about(store, bank, owner), [{ appealed: true }])
    t.equal(await appeal(owner.subscriberId), 'settled')

    for (const at of [NOW + 3 * DAY, NOW + 4 * DAY]) {
      await put({ severity: 'intrusion', expiresAt: at + 90 * DAY }, at)
      t.match(await own(), { id: report.id, state: 'confirmed', severity: 'intrusion', expiresAt: NOW + 91 * DAY })
    }
    t.match(await about(store, bank, owner), [{ severity: 'intrusion', appealed: false }])
    t.equal(await appeal(owner.subscriberId), 'settled', 'one appeal for one report')
    t.equal(await own(NOW + 91 * DAY), undefined)
    t.equal(await appeal(owner.subscriberId), 'settled')
    await put({ expiresAt: NOW + 200 * DAY }, NOW + 92 * DAY)
    t.match(await own(NOW + 92 * DAY), { state: 'standing', appeal: null }, 'another one, which can be appealed')
    t.equal(await store.run('withdrawReport', act(), speakerOf(shop), subjectOf(shop, owner)), 'withdrawn')
    t.equal(await own(), undefined)
    t.same(await about(store, bank, owner), [])
  })

  await t.test(
    'who has himself forgotten loses the vouch and keeps the report, which the site finds no more',
    async (t) => {
      const { store, shop, bank, owner } = await town(t, make)
      const { subscriberId } = owner
      const anew = signInRow(shop.id, subscriberId, { generation: 1 })
      await vouch(store, shop, owner, 'paid')
      await store.run('reportIntrusion', act(), speakerOf(shop), subjectOf(shop, owner), reportWith())
      await store.run('forgetSubject', act(), subscriberId, shop.id)
      await store.run('signIn', anew)
      t.match(await about(store, bank, owner), [{ severity: 'suspicious' }])
      await meet(store, shop, owner)
      t.equal(await store.ownReport(shop.id, anew.subject, NOW), undefined)
      await store.run('withdrawReport', act(), speakerOf(shop), anew.subject)
      await store.run('reportIntrusion', act(), speakerOf(shop), anew.subject, reportWith({ severity: 'abuse' }))
      t.equal((await about(store, bank, owner)).length, 2)
      t.match((await store.reportsOn(subscriberId, NOW)).map(({ site, severity }) => [site, severity]).sort(), [
        [shop.name, 'abuse'],
        [shop.name, 'suspicious'],
      ])
    },
  )

  await t.test(
    'what is hidden or comes from a removed site is not heard, nor a report that weighs nothing',
    async (t) => {
      const { store, shop, bank, owner } = await town(t, make)
      await vouch(store, shop, owner, 'paid')
      await store.run('reportIntrusion', act(), speakerOf(shop), subjectOf(shop, owner), reportWith())
      t.equal((await about(store, bank, owner)).length, 2)
      t.equal(await store.run('hideTrust', act(), owner.subscriberId, true), 'changed')
      t.equal(await store.isTrustHidden(owner.subscriberId), true)
      t.same(await about(store, bank, owner), [])
      await store.run('hideTrust', act(), owner.subscriberId, false)
      t.equal(await store.isTrustHidden(owner.subscriberId), false)
      await weigh(store, shop, 0)
      t.match(await about(store, bank, owner), [{ siteId: shop.id, weight: 0, kind: 'paid' }])
      t.equal((await about(store, bank, owner)).length, 1, 'its vouch is known, its report is not')
      await weigh(store, shop, 4)
      t.equal((await about(store, bank, owner)).length, 2)
      const unweighed = await addSite(store)
      await store.run('signIn', signInRow(unweighed.id, owner.subscriberId))
      await meet(store, unweighed, owner)
      await vouch(store, unweighed, owner, 'paid')
      t.match((await about(store, bank, owner)).at(-1), { siteId: unweighed.id, weight: 0 }, 'never weighed')
      await store.run('removeSite', act(), unweighed.id)
      await store.run('removeSite', act(), shop.id)
      t.same(await about(store, bank, owner), [])
      t.equal(await store.run('hideTrust', act(), fresh(), true), 'unknown')
      t.equal(await store.isTrustHidden(fresh()), false)
    },
  )
}
