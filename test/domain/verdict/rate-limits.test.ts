import t from 'tap'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { askerOf } from '../../../src/domain/site/asker.ts'
import { effectivePolicy } from '../../../src/domain/site/site-policy.ts'
import { RateLimited, RateLimits } from '../../../src/domain/verdict/rate-limits.ts'
import { CALLER, LAPTOP, queryOf, SHOP, service } from '../asking.ts'
import { NOW, SECOND } from '../verdict-state.ts'

/** A service that may ask so often in a second. */
function asker(verdictsPerSecond: number, name = 'web') {
  return askerOf(SHOP, name, CALLER, effectivePolicy({ ...DEFAULT_POLICY, verdictsPerSecond }, SHOP, name))
}

/** How many of so many questions pass at one moment. */
function passed(limits: RateLimits, who: ReturnType<typeof asker>, questions: number, now: number): number {
  let count = 0
  for (let i = 0; i < questions; i++) {
    try {
      limits.take(who, 1, now)
      count++
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error
    }
  }
  return count
}

t.test('two seconds are saved up, then it is the bound; each service has its own', async (t) => {
  const limits = new RateLimits(1)
  const [web, mail] = [asker(10), asker(10, 'mail')]
  t.equal(passed(limits, web, 100, NOW), 20)
  t.equal(passed(limits, mail, 5, NOW), 5)
  t.equal(passed(limits, web, 100, NOW + SECOND / 2), 5)
  t.equal(passed(limits, web, 100, NOW + 100 * SECOND), 20, 'no more than that is saved up')
  t.equal(passed(limits, web, 100, NOW), 0, 'a clock that is set back gives nothing')
  t.equal(passed(limits, web, 100, NOW + SECOND), 10, 'and takes nothing for long')
})

t.test('services that are not bounded are never refused, nor is what asks nothing', async (t) => {
  const limits = new RateLimits(1)
  t.equal(passed(limits, asker(0), 10_000, NOW), 10_000)
  const bounded = asker(1)
  t.equal(passed(limits, bounded, 10, NOW), 2)
  limits.take(bounded, 0, NOW)
})

t.test('a batch that costs more than can be saved up passes, and is paid for afterwards', async (t) => {
  const limits = new RateLimits(1)
  limits.take(asker(10), 100, NOW)
  t.equal(passed(limits, asker(10), 1, NOW + 8 * SECOND), 0)
  t.equal(passed(limits, asker(10), 1, NOW + 9 * SECOND), 1)
  t.throws(() => limits.take(asker(10), 100, NOW + 10 * SECOND), { code: 'rate-limited' })
})

t.test('who is refused hears for how long, in whole seconds', async (t) => {
  const limits = new RateLimits(1)
  limits.take(asker(10), 55, NOW)
  t.throws(() => limits.take(asker(10), 1, NOW), { code: 'rate-limited', limit: 10, wait: 4_000 })
  t.throws(() => limits.take(asker(10), 1, NOW + 3_500), { code: 'rate-limited', wait: 1_000 })
  limits.take(asker(10), 1, NOW + 4_000)
})

t.test('of several processes each allows its share', async (t) => {
  t.equal(passed(new RateLimits(4), asker(10), 100, NOW), 5)
  t.equal(passed(new RateLimits(64), asker(1), 100, NOW), 1, 'one at least')
})

t.test('the bound is changed with the policy, and counts at the next question', async (t) => {
  const limits = new RateLimits(1)
  t.equal(passed(limits, asker(10), 100, NOW), 20)
  t.equal(passed(limits, asker(1_000), 3_000, NOW + SECOND), 1_000)
  t.equal(passed(limits, asker(1), 100, NOW + 2 * SECOND), 1)
})

t.test('a bounded service is answered, then refused, a moment later; a batch counts its questions', async (t) => {
  const { askAll, ask, slow, clock } = service()
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...SHOP, policies: { site: { verdictsPerSecond: 2 }, services: {} } })
  t.equal((await askAll(Array.from({ length: 5 }, () => queryOf(LAPTOP)))).length, 5)
  const before = performance.now()
  await t.rejects(ask(LAPTOP), { code: 'rate-limited' })
  t.ok(performance.now() - before >= 200, 'asking again at once gains nothing')
  await t.rejects(ask(null), { code: 'rate-limited' }, 'whatever the question')
  t.same(await askAll([]), [])
  clock.time += SECOND
  t.ok(await ask(LAPTOP))
})

t.test('who is refused in one moment is told in many: he would come again in one', async (t) => {
  const { ask, slow } = service()
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...SHOP, policies: { site: { verdictsPerSecond: 1 }, services: {} } })
  await Promise.all([ask(LAPTOP), ask(LAPTOP)])
  const told = await Promise.all(
    Array.from({ length: 30 }, () => ask(LAPTOP).then(t.fail, () => Math.round(performance.now() / 10))),
  )
  t.ok(new Set(told).size > 5)
})
