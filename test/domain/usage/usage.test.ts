import t from 'tap'
import { createUsage, isComplete } from '../../../src/domain/usage/usage.ts'
import { DAY, MINUTE } from '../verdict-state.ts'

const DECEMBER = Date.UTC(2026, 11, 1)

t.test('a month is complete once its last answers must have been written', async (t) => {
  for (const [month, now, complete] of [
    [202611, DECEMBER - 1, false],
    [202611, DECEMBER, false],
    [202611, DECEMBER + 10 * MINUTE - 1, false],
    [202611, DECEMBER + 10 * MINUTE, true],
    [202512, DECEMBER, true],
    [202612, DECEMBER, false],
  ] as const)
    t.equal(isComplete(month, now), complete, `${month} at ${new Date(now).toISOString()}`)
  for (const month of [202612, 202701, 999912])
    t.throws(() => isComplete(month, DECEMBER - 1), { code: 'query-invalid' }, String(month))
})

t.test('one site is asked about, and what it signed in is told', async (t) => {
  const services = [{ service: 'web', people: 2 }]
  const asked: unknown[] = []
  const store = {
    usage: (...wish: unknown[]) => {
      asked.push(wish)
      return asked.length > 1
        ? []
        : [{ siteId: 'ab', site: 'shop', removed: false, plan: 'standard', people: 2, services }]
    },
  }
  const usage = createUsage({ store, clock: { now: () => DECEMBER - DAY } })
  t.same(await usage.of('ab', 202610), { month: 202610, complete: true, people: 2, services })
  t.same(await usage.of('cd', 202611), { month: 202611, complete: false, people: 0, services: [] })
  t.same(asked, [
    [202610, 'ab'],
    [202611, 'cd'],
  ])
  await t.rejects(usage.of('ab', 202612), { code: 'query-invalid' })
})
