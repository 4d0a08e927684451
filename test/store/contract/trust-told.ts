import type { Test } from 'tap'
import type { Site } from '../../../src/domain/site/site.ts'
import type { MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, type Enrolled, enroll, fresh, NOW, signInRow } from '../samples.ts'
import { about, meet, reportWith, speakerOf, subjectOf, town, vouch, weigh } from '../town.ts'

const ALL = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 100 }

/** What comes of what is said: events, the audit, the end, and what a site weighs. */
export async function trustToldContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('other sites are told of what changes something for them, and of nothing else', async (t) => {
    const { store, shop, bank, owner } = await town(t, make)
    const told = async (site: Site) => (await store.siteEvents({ ...ALL, siteId: site.id })).length
    const after = async (what: string, counts: readonly [shop: number, bank: number], done: Promise<unknown>) => {
      await done
      t.same([await told(shop), await told(bank)], counts, what)
    }
    const [by, subject] = [speakerOf(shop), subjectOf(shop, owner)]
    const report = reportWith()
    await after('a vouch', [0, 1], vouch(store, shop, owner, 'paid'))
    await after('the same again', [0, 1], vouch(store, shop, owner, 'paid', NOW + 1))
    await after('another kind', [0, 2], vouch(store, shop, owner, 'known-person'))
    await after('a report', [0, 3], store.run('reportIntrusion', act(), by, subject, report))
    await after('its appeal', [1, 4], store.run('appealReport', act(), owner.subscriberId, report.id, 'No.'))
    await after('both go', [1, 5], store.run('withdrawReport', act(), by, subject))
    await after('both go', [1, 6], store.run('withdrawVouch', act(), by, subject))
    await after('nothing is left to go', [1, 6], store.run('withdrawReport', act(), by, subject))
    await after('nothing to hide', [1, 6], store.run('hideTrust', act(), owner.subscriberId, true))
    await after('hidden already', [1, 6], store.run('hideTrust', act(), owner.subscriberId, true))
    await after('out of sight', [1, 6], vouch(store, shop, owner, 'paid'))
    await after('out of sight', [1, 6], store.run('reportIntrusion', act(), by, subject, report))
    await after('the one who reported', [2, 6], store.run('appealReport', act(), owner.subscriberId, report.id, 'No.'))
    await after('shown', [2, 7], store.run('hideTrust', act(), owner.subscriberId, false))
    await weigh(store, bank, 4)
    await vouch(store, bank, owner, 'paid')
    await after('two have spoken', [4, 8], store.run('hideTrust', act(), owner.subscriberId, true))
    await store.run('hideTrust', act(), owner.subscriberId, false)
    await weigh(store, shop, 0)
    await after('who weighs nothing tells nobody', [5, 9], vouch(store, shop, owner, 'known-person'))
    t.match((await store.siteEvents(ALL))[0], { event: 'trust-changed', subscriberId: owner.subscriberId })
  })

  await t.test(
    'who has nothing to hide tells nobody by hiding it; a site that said it all hears nothing',
    async (t) => {
      const { store, shop, bank, owner } = await town(t, make)
      const told = async (site: Site) => (await store.siteEvents({ ...ALL, siteId: site.id })).length
      const hide = (hidden: boolean) => store.run('hideTrust', act(), owner.subscriberId, hidden)
      await hide(true)
      await hide(false)
      t.same([await told(shop), await told(bank)], [0, 0], 'null before, null afterwards')
      await vouch(store, shop, owner, 'paid')
      t.same([await told(shop), await told(bank)], [0, 1])
      await hide(true)
      t.same([await told(shop), await told(bank)], [0, 2], 'the figure of the other alone changed')
      await hide(false)
      await weigh(store, shop, 0)
      await hide(true)
      t.same([await told(shop), await told(bank)], [0, 3], 'what weighs nothing was not to be seen')
    },
  )

  await t.test('an appeal does not tell a site who was forgotten there', async (t) => {
    const { store, shop, owner } = await town(t, make)
    const report = reportWith()
    await store.run('reportIntrusion', act(), speakerOf(shop), subjectOf(shop, owner), report)
    await store.run('forgetSubject', act(), owner.subscriberId, shop.id)
    await store.run('signIn', signInRow(shop.id, owner.subscriberId, { generation: 1 }))
    const told = async () => (await store.siteEvents({ ...ALL, siteId: shop.id })).length
    const before = await told()
    t.equal(await store.run('appealReport', act(), owner.subscriberId, report.id, 'No.'), 'appealed')
    t.equal(await told(), before, 'it would hear by it who somebody new has been')
  })

  await t.test(
    'each act stands in the audit with the certificate that did it, and without the site’s words',
    async (t) => {
      const { store, shop, owner } = await town(t, make)
      const [by, subject] = [speakerOf(shop), subjectOf(shop, owner)]
      const report = reportWith({ message: 'Words.' })
      await vouch(store, shop, owner, 'paid')
      await store.run('reportIntrusion', act(), by, subject, report)
      await store.run('appealReport', act(), owner.subscriberId, report.id, 'Mine.')
      await store.run('withdrawReport', act(), by, subject)
      await store.run('withdrawVouch', act(), by, subject)
      await store.run('hideTrust', act(), owner.subscriberId, true)
      const own = await store.auditRowsAbout([owner.subscriberId], 4)
      t.same(
        own.map(({ action }) => action),
        ['trust-hidden', 'intrusion-appealed', 'subscriber-enrolled'],
        'a site cannot fill a person’s history',
      )
      const rows = await store.auditRowsAbout([owner.subscriberId, subject], 6)
      t.same(rows.map(({ action }) => action).reverse(), [
        'trust-vouched',
        'intrusion-reported',
        'intrusion-appealed',
        'intrusion-withdrawn',
        'trust-withdrawn',
        'trust-hidden',
      ])
      for (const { action, detail } of rows)
        if (!/hidden|appealed/.test(action))
          t.match(detail, { site: shop.id, service: 'web', certificate: by.fingerprint })
      t.notMatch(JSON.stringify(rows), /Words|Mine/)
    },
  )

  await t.test('erasure and tidying leave nothing of it', async (t) => {
    const { store, shop, bank, owner } = await town(t, make)
    const other = await enroll(store)
    for (const { id } of [shop, bank]) await store.run('signIn', signInRow(id, other.subscriberId))
    await meet(store, shop, other)
    for (const one of [owner, other]) {
      await vouch(store, shop, one, 'paid')
      await store.run('reportIntrusion', act(), speakerOf(shop), subjectOf(shop, one), reportWith())
    }
    await store.run('eraseSubscriber', act(), owner.subscriberId)
    t.same(await store.vouchesFor(owner.subscriberId, NOW), [])
    t.same(await store.reportsOn(owner.subscriberId, NOW), [])
    await store.run('tidy', NOW + DAY - 1)
    t.equal((await about(store, bank, other)).length, 2)
    await store.run('tidy', NOW + DAY)
    t.match(await about(store, bank, other), [{ severity: 'suspicious' }])
    await store.run('tidy', NOW + 90 * DAY)
    t.same(await about(store, bank, other), [])
  })

  await t.test('whom a site shares with older sites that weigh', async (t) => {
    const { store, shop, bank, owner } = await town(t, make)
    const young = await addSite(store, { createdAt: NOW + 1 })
    const [met, unmet] = [await enroll(store), await enroll(store)]
    const people = [owner, met, unmet]
    for (const { subscriberId } of people) await store.run('signIn', signInRow(young.id, subscriberId))
    for (const site of [shop, bank]) await store.run('signIn', signInRow(site.id, unmet.subscriberId))
    for (const person of [owner, met]) await meet(store, young, person)
    await weigh(store, bank, 2)
    const question = {
      ...{ siteId: young.id, most: 10, registeredBefore: NOW + 1, knownBefore: NOW },
      ...{ after: '', upTo: 'ff'.repeat(33) },
    }
    const peopleOf = (given: Partial<typeof question> = {}) => store.peopleOf({ ...question, ...given })
    const at = (person: Enrolled) => Buffer.from(subjectOf(young, person), 'base64url').toString('hex')
    const sorted = people.map((person) => ({
      subject: at(person),
      met: person !== unmet,
      known: person === owner ? 4 : 0,
    }))
    sorted.sort((one, other) => (one.subject < other.subject ? -1 : 1))
    const [first, second, third] = sorted
    t.same(await peopleOf(), sorted, 'the heaviest counts, once, and of whom this site has met')
    t.same(await peopleOf({ most: 2 }), [first, second])
    t.same(await peopleOf({ after: first!.subject }), [second, third])
    t.same(await peopleOf({ upTo: second!.subject }), [first, second])
    const knowns = async (given: Partial<typeof question> = {}) => (await peopleOf(given)).map(({ known }) => known)
    t.same(await knowns({ registeredBefore: NOW }), [0, 0, 0], 'nobody is older')
    t.same(await knowns({ knownBefore: NOW - 1 }), [0, 0, 0], 'known too short')
    t.same(await peopleOf({ siteId: fresh() }), [])
    const standings = await store.siteStandings()
    t.same(standings.at(-1), { siteId: young.id, createdAt: NOW + 1, weight: 0 })
    t.same(
      standings
        .map(({ siteId, weight }) => [siteId, weight])
        .slice(0, 2)
        .sort(),
      [
        [shop.id, 4],
        [bank.id, 2],
      ].sort(),
    )
    await store.run('removeSite', act(), shop.id)
    t.equal(Math.max(...(await knowns())), 2, 'removed sites know nobody')
  })
}
