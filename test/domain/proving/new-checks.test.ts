import t from 'tap'
import { createChecks } from '../../../src/checks/table.ts'
import { deriveKeyring } from '../../../src/domain/keyring.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts'
import { type CheckChoice, makeNewChecks } from '../../../src/domain/proving/new-checks.ts'
import { Authenticator } from '../../checks/authenticator.ts'
import { DIGESTS } from '../../checks/recovery-digests.ts'
import { PLACE } from '../house.ts'

const MOMENT = { now: 1_795_000_020_000, context: 'enroll:x' }
const checks = createChecks(deriveKeyring(Buffer.alloc(32, 1)), PLACE)

function make(choice: CheckChoice, wishes: Partial<Policy> = {}) {
  return makeNewChecks(
    { checks, policy: { ...DEFAULT_POLICY, ...wishes } },
    'Laptop',
    { recoveryDigests: DIGESTS, ...choice },
    MOMENT,
  )
}

async function madeByBrowser(): Promise<string> {
  const owner = { subscriberId: 'aa'.repeat(16), label: 'Laptop', credentials: [] }
  return new Authenticator().create(await checks.passkey.offer(owner, MOMENT))
}

t.test('an app, a passkey, a password: as it was chosen, with recovery codes always', async (t) => {
  const app = await make({})
  t.match(app.totp, { uri: /^otpauth:/ })
  const passkey = await make({ passkey: await madeByBrowser() })
  const password = await make({ password: 'correct horse battery' }, { enrollWith: ['password'] })
  for (const [made, check] of [
    [app, 'totp'],
    [passkey, 'passkey'],
    [password, 'password'],
  ] as const) {
    t.same(
      made.credentials.filter((one) => one.check !== 'recovery-code').map((one) => one.check),
      [check],
    )
    t.equal(made.credentials.length, 11)
  }
  t.equal(passkey.totp, null)
})

t.test('what does not suffice, and what is no passkey', async (t) => {
  await t.rejects(make({ recoveryDigests: undefined }), { code: 'check-refused' }, 'nobody is without recovery codes')
  await t.rejects(make({}, { enrollWith: ['passkey'] }), { code: 'check-missing' })
  await t.rejects(make({ password: 'correct horse battery' }), { code: 'check-missing' })
  await t.rejects(make({ passkey: '{}' }), { code: 'check-refused' })
  await t.rejects(make({ password: 'password' }, { enrollWith: ['password'] }), { code: 'password-refused' })
})
