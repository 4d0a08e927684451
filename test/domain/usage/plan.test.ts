import t from 'tap'
import { type Plans, planNamed, statementOf, totalsOf } from '../../../src/domain/usage/plan.ts'
import type { SiteUsage } from '../../../src/domain/usage/usage-store.ts'

const PLANS: Plans = {
  free: { pricePerPerson: 0n, currency: null, included: 0 },
  standard: { pricePerPerson: 50_000n, currency: 'EUR', included: 100 },
  large: { pricePerPerson: 1_000_000n, currency: 'USD', included: 0 },
}

function usage(plan: string | null, people: number): SiteUsage {
  return { siteId: '01'.repeat(16), site: 'shop', removed: false, plan, people, services: [] }
}

t.test('who is over what is included is paid for, one by one', async (t) => {
  for (const [plan, people, billed, amount] of [
    ['standard', 0, 0, 0n],
    ['standard', 100, 0, 0n],
    ['standard', 101, 1, 50_000n],
    ['standard', 1_000_100, 1_000_000, 50_000_000_000n],
    ['free', 5_000, 5_000, 0n],
    [null, 5_000, 0, 0n],
  ] as const)
    t.match(statementOf([usage(plan, people)], PLANS), [{ people, billed, amount }], `${plan} ${people}`)
})

t.test('each currency has a total of its own', async (t) => {
  const lines = statementOf([usage('standard', 102), usage('large', 2), usage('standard', 101), usage(null, 9)], PLANS)
  t.same(
    [...totalsOf(lines)],
    [
      ['EUR', 150_000n],
      ['USD', 2_000_000n],
    ],
  )
  t.equal(totalsOf(statementOf([usage('free', 9)], PLANS)).size, 0)
})

t.test('a plan that nobody has described is no plan', async (t) => {
  t.equal(planNamed(PLANS, 'free'), PLANS.free)
  for (const name of ['gone', 'constructor', '__proto__'])
    t.throws(() => statementOf([usage(name, 1)], PLANS), { code: 'plan-unknown' }, name)
  t.throws(() => planNamed({}, 'free'), { code: 'plan-unknown' })
})
