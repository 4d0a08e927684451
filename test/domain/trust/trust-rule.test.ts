import t from 'tap'
import { SEVERITIES, VOUCH_KINDS } from '../../../src/domain/trust/trust.ts'
import {
  AUDIENCE,
  countOf,
  figureOf,
  HEAVIEST,
  type Statement,
  weightOf,
} from '../../../src/domain/trust/trust-rule.ts'

const DAY = 86_400_000
const YEAR = 365 * DAY

t.test(
  'a site’s weight: its age, whom it shares with established sites, and how many of its people these are',
  async (t) => {
    for (const [age, people, shared, weight] of [
      [YEAR, AUDIENCE, AUDIENCE, HEAVIEST],
      [10 * YEAR, AUDIENCE, AUDIENCE, HEAVIEST],
      [YEAR / 2, AUDIENCE, AUDIENCE, 5],
      [30 * DAY - 1, AUDIENCE, AUDIENCE, 0],
      [30 * DAY, AUDIENCE, AUDIENCE, 0],
      [YEAR, AUDIENCE, AUDIENCE / 2, 4],
      [YEAR, AUDIENCE, 0, 0],
      [YEAR, 0, 0, 0],
      [YEAR, 1, 1, 1],
      [YEAR, 10, 10, 3],
      [YEAR, 1000, 10, 0],
      [-DAY, 10, 10, 0],
    ] as const)
      t.equal(weightOf({ age, people, shared, ceiling: HEAVIEST }), weight, `${age / DAY} days, ${shared} of ${people}`)
    for (let shared = 1; shared <= AUDIENCE; shared *= 2)
      t.ok(
        weightOf({ age: YEAR, people: AUDIENCE, shared, ceiling: HEAVIEST }) <=
          weightOf({ age: YEAR, people: AUDIENCE, shared: 2 * shared, ceiling: HEAVIEST }),
      )
  },
)

t.test('no site weighs more than its share of what the heaviest before it does', async (t) => {
  const merit = { age: YEAR, people: AUDIENCE, shared: AUDIENCE }
  for (const [ceiling, weight] of [
    [3, 3],
    [9, 9],
    [HEAVIEST, HEAVIEST],
  ] as const)
    t.equal(weightOf({ ...merit, ceiling }), weight)
  t.equal(weightOf({ ...merit, shared: AUDIENCE / 2, ceiling: 6 }), 3)
  t.equal(weightOf({ ...merit, age: YEAR / 2, ceiling: 6 }), 5, 'it adds nothing')
})

t.test('nobody says anything: there is no figure', async (t) => {
  t.equal(figureOf([]), null)
})

t.test('the figure adds up what sites say, each by its weight', async (t) => {
  const figure = figureOf([
    { siteId: 'a', weight: 10, kind: 'known-person', since: Date.UTC(2026, 4, 31) },
    { siteId: 'b', weight: 4, kind: 'paid', since: Date.UTC(2025, 11, 1) },
    { siteId: 'c', weight: 1, kind: 'paid', since: Date.UTC(2026, 9, 1) },
    { siteId: 'd', weight: 2, severity: 'abuse', appealed: false },
    { siteId: 'e', weight: 10, severity: 'intrusion', appealed: true },
  ])
  // 30 + 4 + 1 - 4, rounded to 20
  t.same(figure, {
    score: 20,
    sites: '3-5',
    unproven: '0',
    since: '2025-12',
    kinds: { paid: '1-2', 'known-person': '1-2' },
    reports: { standing: '1-2', appealed: '1-2' },
  })
})

t.test('sites whose word weighs nothing are counted beside the others, and change nothing else', async (t) => {
  const proven: Statement = { siteId: 'a', weight: 3, kind: 'paid', since: Date.UTC(2026, 9, 1) }
  const fresh = ['b', 'c', 'd'].map(
    (siteId): Statement => ({ siteId, weight: 0, kind: 'known-person', since: Date.UTC(2020, 0, 1) }),
  )
  t.same(figureOf([proven, ...fresh]), { ...figureOf([proven]), unproven: '3-5' })
  t.same(figureOf(fresh), {
    score: 0,
    sites: '0',
    unproven: '3-5',
    since: null,
    kinds: {},
    reports: { standing: '0', appealed: '0' },
  })
})

t.test('each site counts once: a report goes before its own vouch, unless it was appealed', async (t) => {
  const vouch: Statement = { siteId: 'a', weight: 10, kind: 'paid', since: 0 }
  const worst: Statement = { siteId: 'a', weight: 10, severity: 'intrusion', appealed: false }
  const report: Statement = { siteId: 'a', weight: 10, severity: 'suspicious', appealed: false }
  const scoreOf = (...statements: Statement[]) => figureOf(statements)?.score
  t.equal(scoreOf(vouch), 10)
  t.equal(scoreOf(vouch, report), -10)
  t.equal(scoreOf(report, worst, vouch, report), -20)
  t.match(figureOf([vouch, { ...worst, appealed: true }]), {
    score: 10,
    sites: '1-2',
    reports: { standing: '0', appealed: '0' },
  })
  t.match(figureOf([report]), { sites: '0', since: null, kinds: {}, reports: { standing: '1-2' } })
})

t.test('scores and numbers go in steps, towards zero', async (t) => {
  const worth = (weight: number) => figureOf([{ siteId: 'a', weight, kind: 'paid', since: 0 }])?.score
  t.same([9, 10, 19, 20, 99, 100, 499, 500, 9_999].map(worth), [0, 10, 10, 20, 50, 100, 200, 500, 500])
  const against = (weight: number) =>
    figureOf([{ siteId: 'a', weight, severity: 'suspicious', appealed: false }])?.score
  t.same([9, 10, 60].map(against), [-0, -10, -50])
  t.same([0, 1, 2, 3, 5, 6, 10, 11, 500].map(countOf), ['0', '1-2', '1-2', '3-5', '3-5', '6-10', '6-10', '11+', '11+'])
})

t.test('every kind and severity weighs something', async (t) => {
  for (const weight of [...Object.values(VOUCH_KINDS), ...Object.values(SEVERITIES)]) t.ok(weight >= 1 && weight <= 3)
})
