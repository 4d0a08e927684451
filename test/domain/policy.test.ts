import t from 'tap'
import { DEFAULT_POLICY, neededChecks, policyFaults, sufficient } from '../../src/domain/policy.ts'

t.test('the default stands together: two factors, and nobody is lost', async (t) => {
  t.same(policyFaults(DEFAULT_POLICY), [])
  t.same(sufficient(DEFAULT_POLICY, 'enroll'), ['passkey', 'totp'])
  t.ok(neededChecks(DEFAULT_POLICY).every((list) => list.length > 0))
  t.same(neededChecks(DEFAULT_POLICY).at(-1), ['recovery-code'])
})

t.test('a list that is empty is one factor; a beginning that leads nowhere is none', async (t) => {
  for (const name of ['deviceWith', 'revalidateWith', 'changeWith'] as const)
    t.match(policyFaults({ ...DEFAULT_POLICY, [name]: [] })[0], /one factor/, name)
  t.match(policyFaults({ ...DEFAULT_POLICY, enrollWith: ['password'] }), [/revalidate_with lacks/, /change_with lacks/])
  t.match(policyFaults({ ...DEFAULT_POLICY, enrollWith: ['totp', 'recovery-code'] }), [/everybody gets anyway/])
  const lists = { enrollWith: ['totp'], changeWith: ['totp'] } as const
  t.match(policyFaults({ ...DEFAULT_POLICY, ...lists, deviceWith: ['passkey'] }), [/^policy\.device_with and/])
  t.same(policyFaults({ ...DEFAULT_POLICY, ...lists, deviceWith: ['passkey', 'totp'] }), [])
})
