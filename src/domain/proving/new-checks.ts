import { IdentityError } from '../../errors.ts'
import type { Hex } from '../hex.ts'
import type { Policy } from '../policy.ts'
import type { CheckName, CheckTable, Keepsakes, Moment, NewCredential } from './check.ts'

/** With what somebody who enrolls wants to prove himself from now on. Nothing: an authenticator app. */
export interface CheckChoice {
  /** what the browser made of `Enrollment.beginPasskey`: RegistrationResponseJSON as text */
  readonly passkey?: string | undefined
  readonly password?: string | undefined
  /** of the recovery codes that the page has drawn, which everybody has beside his choice: see `RecoveryCodeCheck.make` */
  readonly recoveryDigests?: readonly Hex[] | undefined
}

export interface NewChecks {
  readonly credentials: readonly NewCredential[]
  /** null: the choice was another */
  readonly totp: Keepsakes['totp'] | null
}

export const NO_NEW_CHECKS: NewChecks = { credentials: [], totp: null }

/**
 * Makes what was chosen, and keeps the recovery codes.
 * @param label the device's, as a name in the owner's app
 * @throws IdentityError check-missing (the policy wants another choice), check-refused (also: no ten recovery codes),
 *   password-refused
 */
export async function makeNewChecks(
  { checks, policy }: { readonly checks: CheckTable; readonly policy: Policy },
  label: string,
  { passkey, password, recoveryDigests = [] }: CheckChoice,
  moment: Moment,
): Promise<NewChecks> {
  const chosen: readonly (CheckName | undefined)[] = [
    passkey === undefined ? undefined : 'passkey',
    password === undefined ? undefined : 'password',
  ]
  const isApp = chosen.every((name) => name === undefined)
  requireSufficient(policy, isApp ? ['totp'] : chosen)
  const codes = checks['recovery-code'].make(recoveryDigests)
  const app = isApp ? checks.totp.generate(label) : undefined
  return {
    credentials: [
      ...(passkey === undefined ? [] : [(await checks.passkey.make(passkey, moment)).credential]),
      ...(password === undefined ? [] : [await checks.password.make(password)]),
      ...(app ? [app.credential] : []),
      ...codes,
    ],
    totp: app?.keepsake ?? null,
  }
}

function requireSufficient({ enrollWith }: Policy, chosen: readonly (CheckName | undefined)[]): void {
  if (enrollWith.some((name) => chosen.includes(name))) return
  throw new IdentityError(
    'check-missing',
    `To enroll here, set up one of these: ${enrollWith.join(', ')}. Reload the page and choose it.`,
  )
}
