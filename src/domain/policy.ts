import type { CheckName } from './proving/check.ts'

/** All periods are milliseconds. The defaults are the service's; the configuration may set each. */
export interface Policy {
  /** how long a browser certificate serves before its owner must renew it */
  readonly browserLifetime: number
  /** how long after that the certificate itself still lives, so that browsers go on offering it */
  readonly grace: number
  /** how long a walk that was finished in the grace period lets the certificate go on */
  readonly extension: number
  readonly apiLifetime: number
  readonly adminLifetime: number
  /** unused and unproven for longer: needs-revalidation, `idle` */
  readonly idle: number
  /** the least `max_age` that a site may ask for: below it, walks would loop */
  readonly minMaxAge: number
  /** how long a signed verdict may be believed, at most 5 minutes: for so long a revocation goes unseen */
  readonly signedVerdictLifetime: number
  /** how long a redirect's ticket is good */
  readonly ticketLifetime: number
  /** for how long a spent ticket satisfies the owner's wish to be asked, at that site */
  readonly wishSatisfied: number
  readonly invitationLifetime: number
  /** wrong or right, this many answers to a check are looked at in one minute, for one device */
  readonly guessesPerMinute: number
  /** after so many wrong ones in one day (UTC) none is looked at any more, for one device; for one person twice as many */
  readonly guessesPerDay: number
  /** the same as in one minute, from one network address; for each device there ten times as many passkeys */
  readonly guessesPerAddress: number
  /** so many finished walks to one site within a minute: the next one is a site that does not stop asking */
  readonly walksPerMinute: number
  /** questions of one service that are answered in a second, in the long run; 0: all. The operator may say otherwise for a site */
  readonly verdictsPerSecond: number
  /** who may enroll: those who were invited, or everybody who comes */
  readonly enrollment: 'invited' | 'open'
  /** so many invitations are made in one hour for one network address, where enrollment is open */
  readonly enrollmentsPerHour: number
  /** one of these a new person must set up beside the recovery codes, which everybody gets */
  readonly enrollWith: readonly CheckName[]
  /** one of these lets a person add another device */
  readonly deviceWith: readonly CheckName[]
  /** one of these ends a revalidation; a site may ask for fewer of them */
  readonly revalidateWith: readonly CheckName[]
  /** one of these opens a person's account, where checks are changed */
  readonly changeWith: readonly CheckName[]
}

/** How long a certificate of each kind may live from its issuance on, ms, whatever a policy says. */
export type Ceilings = Readonly<Record<'browser' | 'api' | 'admin', number>>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const MAX_SIGNED_VERDICT_LIFETIME = 5 * MINUTE

export const DEFAULT_POLICY: Policy = Object.freeze({
  browserLifetime: 365 * DAY,
  grace: 90 * DAY,
  extension: 7 * DAY,
  apiLifetime: 365 * DAY,
  adminLifetime: 365 * DAY,
  idle: 30 * DAY,
  minMaxAge: 30 * SECOND,
  signedVerdictLifetime: MINUTE,
  ticketLifetime: 10 * MINUTE,
  wishSatisfied: 15 * MINUTE,
  invitationLifetime: 24 * HOUR,
  guessesPerMinute: 5,
  // Three codes of a million are right at any time: a thief of the file has one chance in 6,000 a day.
  guessesPerDay: 50,
  // An office shares one address.
  guessesPerAddress: 100,
  walksPerMinute: 2,
  // Whoever asks is known, and can be bounded by one command; a bound that fits every machine would stop a large site.
  verdictsPerSecond: 0,
  enrollment: 'invited',
  enrollmentsPerHour: 10,
  enrollWith: Object.freeze(['passkey', 'totp'] as const),
  deviceWith: Object.freeze(['passkey', 'totp', 'recovery-code'] as const),
  revalidateWith: Object.freeze(['passkey', 'totp', 'recovery-code'] as const),
  changeWith: Object.freeze(['passkey', 'totp', 'recovery-code'] as const),
})

/** The policies that say which checks suffice, by what they suffice for. */
const SUFFICIENT = {
  enroll: 'enrollWith',
  device: 'deviceWith',
  revalidate: 'revalidateWith',
  change: 'changeWith',
} as const satisfies Record<string, keyof Policy>

/** The checks of which one suffices, beside the certificate. */
export function sufficient(policy: Policy, purpose: keyof typeof SUFFICIENT): readonly CheckName[] {
  return policy[SUFFICIENT[purpose]]
}

/**
 * What each person keeps, so that nobody locks himself out: of each list one check.
 */
export function neededChecks(policy: Policy): readonly (readonly CheckName[])[] {
  return [policy.enrollWith, policy.revalidateWith, policy.changeWith, ['recovery-code']]
}

/** Of which policies a certificate's life is made. */
const LIVES = [
  { kind: 'browser', names: 'policy.browser_lifetime and policy.grace are together', of: ['browserLifetime', 'grace'] },
  { kind: 'api', names: 'policy.api_lifetime is', of: ['apiLifetime'] },
  { kind: 'admin', names: 'policy.admin_lifetime is', of: ['adminLifetime'] },
] as const

/** Else the configuration would be taken, and every certificate refused. */
function lifeFaults(policy: Policy, ceilings: Ceilings): readonly string[] {
  return LIVES.filter(({ kind, of }) => of.reduce((sum, name) => sum + policy[name], 0) > ceilings[kind]).map(
    ({ kind, names }) =>
      `${names} longer than such a certificate may live (ca/PROFILES.md): make it ${Math.floor(ceilings[kind] / DAY)}d or less`,
  )
}

/** Why these policies cannot stand together, a sentence each. Two factors guard every account: its certificate, and a check. */
export function policyFaults(policy: Policy, ceilings: Ceilings): readonly string[] {
  const purposes = Object.keys(SUFFICIENT) as (keyof typeof SUFFICIENT)[]
  const faults = purposes
    .filter((purpose) => sufficient(policy, purpose).length === 0)
    .map((purpose) => `policy.${purpose}_with is empty: a certificate alone is one factor, so name a check`)
  if (policy.enrollWith.includes('recovery-code'))
    faults.push('policy.enroll_with holds recovery-code, which everybody gets anyway: name checks that are not used up')
  for (const purpose of ['revalidate', 'change'] as const) {
    const lacking = policy.enrollWith.filter((name) => !sufficient(policy, purpose).includes(name))
    if (lacking.length > 0)
      faults.push(
        `policy.${purpose}_with lacks ${lacking.join(', ')}, which policy.enroll_with lets people begin with: they could not go on`,
      )
  }
  if (policy.deviceWith.length > 0 && !policy.deviceWith.some((name) => policy.changeWith.includes(name)))
    faults.push(
      'policy.device_with and policy.change_with have no check in common: devices are added in the account, so nobody could',
    )
  if (policy.signedVerdictLifetime > MAX_SIGNED_VERDICT_LIFETIME)
    faults.push('policy.signed_verdict_lifetime is longer than 5m: for so long nobody would see a revocation')
  faults.push(...lifeFaults(policy, ceilings))
  return faults
}
