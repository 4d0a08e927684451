import type { RevocationReason } from '../certificate/certificate.ts'
import type { Policy } from '../policy.ts'
import type { Demand } from '../site/demand.ts'
import type { VerdictState } from '../verdict-state.ts'

/** Why an owner must prove himself again. Adding a reason means adding a line to {@link reasonToProve}. */
export type RevalidationReason = 'expired' | 'owner-request' | 'checks' | 'max-age' | 'never-validated' | 'idle'

export type MissingReason = 'no-certificate' | 'unknown' | 'not-yet-valid' | 'expired'

/** The answer to one question. Times are epoch milliseconds. */
export type Verdict =
  | { readonly verdict: 'valid'; readonly validatedAt: number; readonly expiresAt: number }
  | { readonly verdict: 'needs-revalidation'; readonly reason: RevalidationReason }
  | { readonly verdict: 'revoked'; readonly reason: RevocationReason; readonly revokedAt: number }
  | { readonly verdict: 'missing'; readonly reason: MissingReason }

/**
 * May this certificate's holder be signed in? The one place where that is decided: pure, total, and in the order that
 * the contract names: what is gone before what is refused, what is refused before what can be mended.
 *
 * @param state what the store holds at this moment; undefined: it knows no such certificate
 * @param now epoch ms
 */
export function decide(
  state: VerdictState | undefined,
  demand: Demand,
  policy: Pick<Policy, 'idle' | 'wishSatisfied'>,
  now: number,
): Verdict {
  // Certificates of services, listeners and operators are nobody that a site could sign in.
  if (state?.profile !== 'browser' || state.subscriberId === null) return MISSING.unknown
  if (state.status !== 'active') return revoked(state)
  if (now < state.notBefore) return MISSING['not-yet-valid']
  if (now > state.notAfter) return MISSING.expired
  const reason = reasonToProve(state, demand, policy, now)
  if (reason !== undefined) return { verdict: 'needs-revalidation', reason }
  // "Never validated" has been asked above; the null is for the type.
  return { verdict: 'valid', validatedAt: state.validatedAt ?? 0, expiresAt: state.expiresAt }
}

/** The verdict where the site saw no certificate at all. */
export const NO_CERTIFICATE: Verdict = Object.freeze({ verdict: 'missing', reason: 'no-certificate' })

const MISSING = {
  unknown: Object.freeze({ verdict: 'missing', reason: 'unknown' }),
  'not-yet-valid': Object.freeze({ verdict: 'missing', reason: 'not-yet-valid' }),
  expired: Object.freeze({ verdict: 'missing', reason: 'expired' }),
} as const satisfies Record<string, Verdict>

/** The first of the reasons, in their order of precedence, for which the owner has to prove himself again. */
function reasonToProve(
  state: VerdictState,
  { maxAge, checks }: Demand,
  { idle, wishSatisfied }: Pick<Policy, 'idle' | 'wishSatisfied'>,
  now: number,
): RevalidationReason | undefined {
  if (now > state.expiresAt) return 'expired'
  if (state.askEveryTime && olderThan(state.lastWalkAt, wishSatisfied, now)) return 'owner-request'
  if (checks.length > 0 && !(state.validatedWith !== null && checks.includes(state.validatedWith))) return 'checks'
  if (maxAge !== undefined && olderThan(state.validatedAt, maxAge, now)) return 'max-age'
  if (olderThan(state.validatedAt, Number.POSITIVE_INFINITY, now)) return 'never-validated'
  // Either a sign-in or a proof counts as use.
  if (olderThan(state.lastUsedAt, idle, now) && olderThan(state.validatedAt, idle, now)) return 'idle'
  return undefined
}

/** Clocks of nodes differ by less; a proof from further in the future proves nothing. */
const CLOCK_TOLERANCE = 60_000

function olderThan(time: number | null, age: number, now: number): boolean {
  return time === null || now - time > age || time - now > CLOCK_TOLERANCE
}

function revoked(state: VerdictState): Verdict {
  const reason = state.reason ?? (state.status === 'held' ? 'certificate-hold' : 'unspecified')
  return { verdict: 'revoked', reason, revokedAt: state.revokedAt ?? 0 }
}
