import fc from 'fast-check'
import t from 'tap'
import {
  LEAF_PROFILES,
  REVOCATION_REASONS,
  type RevocationReason,
} from '../../../src/domain/certificate/certificate.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts'
import { CHECKS } from '../../../src/domain/proving/check.ts'
import type { Demand } from '../../../src/domain/site/demand.ts'
import { decide, NO_CERTIFICATE, type Verdict } from '../../../src/domain/verdict/verdict.ts'
import type { VerdictState } from '../../../src/domain/verdict-state.ts'
import { CASES, type Outcome } from '../verdict-cases.ts'
import { DAY, HOUR, MINUTE, NOW, SECOND, stateWith } from '../verdict-state.ts'

const NO_DEMAND: Demand = { maxAge: undefined, checks: [] }

for (const { what, state, demand, now = NOW, outcome } of CASES) {
  t.equal(outcomeOf(decide(stateWith(state), { ...NO_DEMAND, ...demand }, DEFAULT_POLICY, now)), outcome, what)
}

t.test('what the table does not hold is missing, and so is no certificate', async (t) => {
  t.same(decide(undefined, NO_DEMAND, DEFAULT_POLICY, NOW), { verdict: 'missing', reason: 'unknown' })
  t.same(NO_CERTIFICATE, { verdict: 'missing', reason: 'no-certificate' })
})

t.test('valid and revoked tell their times', async (t) => {
  const validatedAt = NOW - 1
  t.same(decide(stateWith({ validatedAt }), NO_DEMAND, DEFAULT_POLICY, NOW), {
    verdict: 'valid',
    validatedAt,
    expiresAt: NOW + 50 * DAY,
  })
  const revoked = stateWith({ status: 'revoked', reason: 'key-compromise', revokedAt: NOW - 5 })
  t.same(decide(revoked, NO_DEMAND, DEFAULT_POLICY, NOW), {
    verdict: 'revoked',
    reason: 'key-compromise',
    revokedAt: NOW - 5,
  })
})

/** Each condition alone brings its outcome about. In the order of precedence. */
const CONDITIONS: readonly (readonly [outcome: Outcome, state: Partial<VerdictState>, demand?: Partial<Demand>])[] = [
  ['missing/unknown', { profile: 'api' }],
  ['revoked/superseded', { status: 'revoked', reason: 'superseded', revokedAt: NOW }],
  ['missing/not-yet-valid', { notBefore: NOW + 1 }],
  ['missing/expired', { notAfter: NOW - 1 }],
  ['needs-revalidation/expired', { expiresAt: NOW - 1 }],
  ['needs-revalidation/owner-request', { askEveryTime: true }],
  ['needs-revalidation/checks', { validatedWith: 'totp' }, { checks: ['recovery-code'] }],
  ['needs-revalidation/max-age', { validatedAt: NOW - 31 * DAY, lastUsedAt: NOW }, { maxAge: HOUR }],
  ['needs-revalidation/never-validated', { validatedAt: null }],
  ['needs-revalidation/idle', { validatedAt: NOW - 31 * DAY, lastUsedAt: NOW - 31 * DAY }],
]

t.test('of all that speaks against a certificate, the first by precedence is told: every combination', async (t) => {
  let told = 0
  for (let set = 1; set < 2 ** CONDITIONS.length; set++) {
    const chosen = CONDITIONS.filter((_, i) => set & (2 ** i))
    const state = stateWith(Object.assign({}, ...chosen.map(([, state]) => state).reverse()))
    const demand: Demand = Object.assign({}, NO_DEMAND, ...chosen.map(([, , demand]) => demand))
    const outcome = outcomeOf(decide(state, demand, DEFAULT_POLICY, NOW))
    if (outcome === chosen[0]![0]) told++
    else t.fail(`${chosen.map(([name]) => name).join(' + ')} gave ${outcome}`)
  }
  t.equal(told, 1023)
})

const POLICY: Policy = { ...DEFAULT_POLICY, idle: 5 * MINUTE, wishSatisfied: 2 * MINUTE }

/** Times so close together that all periods and boundaries are met. */
const time = fc.oneof(
  fc.integer({ min: 0, max: 600 }).map((seconds) => NOW + seconds * SECOND),
  fc.integer({ min: 0, max: 600_000 }).map((ms) => NOW + ms),
)
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null })
const anyState: fc.Arbitrary<VerdictState> = fc.record({
  fingerprint: fc.constant('ab'.repeat(32)),
  profile: fc.oneof(
    { weight: 9, arbitrary: fc.constant('browser' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...LEAF_PROFILES) },
  ),
  status: fc.oneof(
    { weight: 8, arbitrary: fc.constant('active' as const) },
    { weight: 2, arbitrary: fc.constantFrom('held' as const, 'revoked' as const) },
  ),
  reason: maybe(fc.constantFrom(...(Object.keys(REVOCATION_REASONS) as RevocationReason[]))),
  revokedAt: maybe(time),
  notBefore: time.map((at) => at - 5 * MINUTE),
  notAfter: time.map((at) => at + 5 * MINUTE),
  expiresAt: time.map((at) => at + 3 * MINUTE),
  validatedAt: maybe(time),
  validatedWith: maybe(fc.constantFrom(...CHECKS)),
  lastUsedAt: maybe(time),
  subscriberId: fc.oneof(
    { weight: 9, arbitrary: fc.constant('5a'.repeat(16)) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  siteId: fc.constant(null),
  service: fc.constant(null),
  askEveryTime: fc.boolean(),
  lastWalkAt: maybe(time),
  signedInMonth: fc.constant(null),
  generation: fc.constant(0),
  siteAccount: fc.constant(null),
})
const anyDemand: fc.Arbitrary<Demand> = fc.record({
  maxAge: fc.option(fc.integer({ min: POLICY.minMaxAge, max: 10 * MINUTE }), { nil: undefined }),
  checks: fc.subarray([...CHECKS]),
})

t.test(
  'never valid when revoked, held, unknown, out of its time, of the wrong profile, or not proven as is wanted',
  async (t) => {
    let valid = 0
    fc.assert(
      fc.property(anyState, anyDemand, time, (state, demand, now) => {
        const verdict = decide(state, demand, POLICY, now)
        if (verdict.verdict !== 'valid') return true
        valid++
        const { validatedAt } = state
        return (
          state.status === 'active' &&
          state.profile === 'browser' &&
          state.subscriberId !== null &&
          now >= state.notBefore &&
          now <= state.notAfter &&
          now <= state.expiresAt &&
          validatedAt !== null &&
          validatedAt <= now + MINUTE &&
          (demand.maxAge === undefined || now - validatedAt <= demand.maxAge) &&
          (demand.checks.length === 0 ||
            (state.validatedWith !== null && demand.checks.includes(state.validatedWith))) &&
          (!state.askEveryTime || (state.lastWalkAt !== null && now - state.lastWalkAt <= POLICY.wishSatisfied)) &&
          Math.max(validatedAt, state.lastUsedAt ?? 0) >= now - POLICY.idle
        )
      }),
      { numRuns: 3_000 },
    )
    t.ok(valid > 30, `${valid} of the states were valid, so the property was put to the test`)
  },
)

t.test(
  'once missing by age, never anything else later; once revoked, revoked at every time and for every demand',
  async (t) => {
    let [missing, revoked] = [0, 0]
    fc.assert(
      fc.property(
        anyState,
        anyDemand,
        anyDemand,
        time,
        fc.integer({ min: 0, max: 10 * DAY }),
        (state, demand, another, now, wait) => {
          const [first, later] = [decide(state, demand, POLICY, now), decide(state, another, POLICY, now + wait)]
          const earlier = decide(state, another, POLICY, now - wait)
          if (first.verdict === 'revoked')
            return ++revoked > 0 && later.verdict === 'revoked' && earlier.verdict === 'revoked'
          if (first.verdict !== 'missing' || first.reason !== 'expired') return true
          return ++missing > 0 && later.verdict === 'missing' && later.reason === 'expired'
        },
      ),
      { numRuns: 3_000 },
    )
    t.ok(missing > 100 && revoked > 100, `${missing} were missing by age, ${revoked} were revoked`)
  },
)

t.test('nothing loops: whoever must prove himself and does so is valid next, for every reason at once', async (t) => {
  let walked = 0
  fc.assert(
    fc.property(anyState, anyDemand, time, (state, demand, now) => {
      if (decide(state, demand, POLICY, now).verdict !== 'needs-revalidation') return true
      walked++
      const proven: VerdictState = {
        ...state,
        validatedAt: now,
        validatedWith: demand.checks[0] ?? 'totp',
        lastWalkAt: now,
        expiresAt: Math.max(state.expiresAt, Math.min(now + POLICY.extension, state.notAfter)),
      }
      // The site asks again some moments later; its own max_age is at least 30 s.
      const asked = Math.min(now + 20 * SECOND, state.notAfter)
      return decide(proven, demand, POLICY, asked).verdict === 'valid'
    }),
    { numRuns: 3_000 },
  )
  t.ok(walked > 500, `${walked} walks`)
})

function outcomeOf(verdict: Verdict): Outcome {
  return verdict.verdict === 'valid' ? 'valid' : `${verdict.verdict}/${verdict.reason}`
}
