import { randomBytes } from 'node:crypto'
import t from 'tap'
import { weighSites } from '../../../src/domain/trust/site-weighing.ts'
import type { PeopleQuestion } from '../../../src/domain/trust/trust-store.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { AUDIT_KEY, act, addSite, DAY, enroll, NOW, signInRow } from '../../store/samples.ts'
import { meet } from '../../store/town.ts'

const YEAR = 365 * DAY

t.test('weight grows from the oldest sites outward; a ring of sites lifts none of its own', async (t) => {
  const store = await openSqliteStore({ file: `${t.testdir()}/countersign.db`, auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const clock = { now: () => NOW }
  const people = await Promise.all(Array.from({ length: 12 }, () => enroll(store)))
  const sybils = await Promise.all(Array.from({ length: 12 }, () => enroll(store)))
  const found = async (age: number, members: typeof people, since = NOW - 90 * DAY) => {
    const { id } = await addSite(store, { createdAt: NOW - age })
    for (const person of members) {
      await store.run('signIn', signInRow(id, person.subscriberId, { at: since }))
      await meet(store, { id }, person, since)
    }
    return id
  }
  const founder = await found(3 * YEAR, people)
  const shop = await found(2 * YEAR, people)
  const mixed = await found(YEAR, [...people.slice(0, 6), ...sybils.slice(0, 6)])
  const ring = [await found(YEAR + 3, sybils), await found(YEAR + 2, sybils), await found(YEAR + 1, sybils)]
  const fresh = await found(20 * DAY, people)
  t.equal(await weighSites({ store, clock }), 3)
  const weights = new Map((await store.siteStandings()).map(({ siteId, weight }) => [siteId, weight]))
  t.same(
    [founder, shop, mixed].map((id) => weights.get(id)),
    [3, 3, 1],
  )
  t.same(
    [...ring, fresh].map((id) => weights.get(id)),
    [0, 0, 0, 0],
  )

  await store.run('removeSite', act(), founder)
  await weighSites({ store, clock })
  t.equal(
    (await store.siteStandings()).find(({ siteId }) => siteId === shop)?.weight,
    3,
    'the next oldest takes its place',
  )
})

t.test(
  'of many people as many are drawn as are wanted, a page at a time, with a turn for others between',
  async (t) => {
    const all = Array.from({ length: 1_500 }, () => randomBytes(32).toString('hex')).sort()
    const questions: PeopleQuestion[] = []
    let [turns, weighed] = [0, 0]
    const store = {
      siteStandings: () => [{ siteId: 'aa', createdAt: 0, weight: 0 }],
      peopleOf: (question: PeopleQuestion) => {
        questions.push(question)
        setImmediate(() => turns++)
        const { after, upTo, most } = question
        const among = all.filter((subject) => subject > after && subject <= upTo).slice(0, most)
        return among.map((subject) => ({ subject, met: true, known: 0 }))
      },
      run: async (_name: string, _id: string, { people }: { people: number }) => {
        weighed = people
      },
    } as unknown as Parameters<typeof weighSites>[0]['store']
    await weighSites({ store, clock: { now: () => NOW } })
    t.ok(weighed >= 1_000 && weighed < 1_100, String(weighed))
    t.ok(questions.every(({ most }) => most === 100))
    t.ok(turns >= questions.length - 1)
    const [begun] = questions
    t.ok(questions.some(({ upTo }) => upTo === begun!.after) || questions.every(({ upTo }) => upTo === begun!.upTo))
  },
)

t.test('of a site that has met hardly anybody no more than so many are looked at', async (t) => {
  let [looked, weighed] = [0, -1]
  const store = {
    siteStandings: () => [{ siteId: 'aa', createdAt: 0, weight: 0 }],
    peopleOf: ({ most, upTo }: PeopleQuestion) => {
      looked += most
      return Array.from({ length: most }, () => ({ subject: upTo, met: false, known: 9 }))
    },
    run: async (_name: string, _id: string, { people }: { people: number }) => {
      weighed = people
    },
  } as unknown as Parameters<typeof weighSites>[0]['store']
  t.equal(await weighSites({ store, clock: { now: () => NOW } }), 0)
  t.same([looked, weighed], [10_000, 0])
})

t.test('people whom an established site has known for a short while only are not shared yet', async (t) => {
  const store = await openSqliteStore({ file: `${t.testdir()}/countersign.db`, auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const people = await Promise.all(Array.from({ length: 12 }, () => enroll(store)))
  const [founder, shop] = [
    await addSite(store, { createdAt: NOW - 3 * YEAR }),
    await addSite(store, { createdAt: NOW - 2 * YEAR }),
  ]
  for (const person of people)
    for (const site of [founder, shop]) {
      await store.run('signIn', signInRow(site.id, person.subscriberId, { at: NOW - 59 * DAY }))
      await meet(store, site, person, NOW - 59 * DAY)
    }
  const weighed = async (now: number) => {
    await weighSites({ store, clock: { now: () => now } })
    return (await store.siteStandings()).map(({ weight }) => weight)
  }
  t.same(await weighed(NOW), [3, 0])
  t.same(await weighed(NOW + DAY), [3, 3])
})

t.test('who only asked has no people: neither does he gain by them, nor do others by him', async (t) => {
  const store = await openSqliteStore({ file: `${t.testdir()}/countersign.db`, auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const people = await Promise.all(Array.from({ length: 12 }, () => enroll(store)))
  const found = async (age: number, met: number) => {
    const { id } = await addSite(store, { createdAt: NOW - age })
    for (const [place, person] of people.entries()) {
      await store.run('signIn', signInRow(id, person.subscriberId, { at: NOW - 90 * DAY }))
      if (place < met) await meet(store, { id }, person, NOW - 90 * DAY)
    }
    return id
  }
  const weighed = async () => {
    await weighSites({ store, clock: { now: () => NOW } })
    return new Map((await store.siteStandings()).map(({ siteId, weight }) => [siteId, weight]))
  }
  const silent = await found(4 * YEAR, 0)
  t.equal((await weighed()).get(silent), 0, 'no root by questions alone')
  const [founder, whole, half, none] = [
    await found(3 * YEAR, 12),
    await found(2 * YEAR + 2, 12),
    await found(2 * YEAR + 1, 6),
    await found(2 * YEAR, 0),
  ]
  const weights = await weighed()
  t.same(
    [silent, founder, whole, half, none].map((id) => weights.get(id)),
    [0, 3, 3, 2, 0],
    'by those whom it has met it is measured, and by nobody else',
  )
  await store.run('removeSite', act(), whole)
  await store.run('removeSite', act(), founder)
  const late = await found(2 * YEAR - 1, 12)
  t.equal((await weighed()).get(late), 3, 'with nobody above it is a root, by its own people whom it met')
})

t.test('where the root itself weighs little, a ring does not lift itself above it', async (t) => {
  const store = await openSqliteStore({ file: `${t.testdir()}/countersign.db`, auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const crowd = (size: number) => Promise.all(Array.from({ length: size }, () => enroll(store)))
  const [people, sybils] = [await crowd(25), await crowd(25)]
  const found = async (age: number, members: typeof people) => {
    const { id } = await addSite(store, { createdAt: NOW - age })
    for (const person of members) {
      await store.run('signIn', signInRow(id, person.subscriberId, { at: NOW - 90 * DAY }))
      await meet(store, { id }, person, NOW - 90 * DAY)
    }
  }
  await found(3 * YEAR, people)
  for (let site = 0; site < 6; site++) await found(2 * YEAR - site, [...people, ...sybils])
  await weighSites({ store, clock: { now: () => NOW } })
  const weights = (await store.siteStandings()).map(({ weight }) => weight)
  t.same(weights, [4, 2, 3, 3, 3, 3, 3])
})
