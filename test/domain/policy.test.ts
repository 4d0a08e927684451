import t from 'tap'
import { CEILINGS } from '../../ca/profiles.ts'
import { DEFAULT_POLICY, neededChecks, type Policy, policyFaults, sufficient } from '../../src/domain/policy.ts'

t.test('the default stands together: two factors, and nobody is lost', async (t) => {
  t.same(faultsOf(DEFAULT_POLICY), [])
  t.same(sufficient(DEFAULT_POLICY, 'enroll'), ['passkey', 'totp'])
  t.ok(neededChecks(DEFAULT_POLICY).every((list) => list.length > 0))
  t.same(neededChecks(DEFAULT_POLICY).at(-1), ['recovery-code'])
})

t.test('a list that is empty is one factor; a beginning that leads nowhere is none', async (t) => {
  for (const name of ['deviceWith', 'revalidateWith', 'changeWith'] as const)
    t.match(faultsOf({ ...DEFAULT_POLICY, [name]: [] })[0], /one factor/, name)
  t.match(faultsOf({ ...DEFAULT_POLICY, enrollWith: ['password'] }), [/revalidate_with lacks/, /change_with lacks/])
  t.match(faultsOf({ ...DEFAULT_POLICY, enrollWith: ['totp', 'recovery-code'] }), [/everybody gets anyway/])
  const lists = { enrollWith: ['totp'], changeWith: ['totp'] } as const
  t.match(faultsOf({ ...DEFAULT_POLICY, ...lists, deviceWith: ['passkey'] }), [/^policy\.device_with and/])
  t.same(faultsOf({ ...DEFAULT_POLICY, ...lists, deviceWith: ['passkey', 'totp'] }), [])
})

t.test('a certificate lives no longer than its kind may, to the millisecond', async (t) => {
  const ceilings = { browser: 10_000, api: 2_000, admin: 3_000 }
  const within = { ...DEFAULT_POLICY, browserLifetime: 7_000, grace: 3_000, apiLifetime: 2_000, adminLifetime: 3_000 }
  t.same(policyFaults(within, ceilings), [])
  for (const name of ['browserLifetime', 'grace', 'apiLifetime', 'adminLifetime'] as const)
    t.equal(policyFaults({ ...within, [name]: within[name] + 1 }, ceilings).length, 1, name)
})

function faultsOf(policy: Policy): readonly string[] {
  return policyFaults(policy, CEILINGS)
}
