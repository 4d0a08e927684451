import type { RevocationReason } from './certificate.ts'
import type { CheckName } from './check.ts'
import type { Policy } from './policy.ts'
import type { VerdictState } from './store.ts'

/** Why an owner must prove himself again. Adding a reason means adding a row to {@link REVALIDATIONS}. */
export type RevalidationReason = 'expired' | 'owner-request' | 'checks' | 'max-age' | 'never-validated' | 'idle'

export type MissingReason = 'no-certificate' | 'unknown' | 'not-yet-valid' | 'expired'

/** The answer to one question. Times are epoch milliseconds. */
export type Verdict =
  | { readonly verdict: 'valid'; readonly validatedAt: number; readonly expiresAt: number }
  | { readonly verdict: 'needs-revalidation'; readonly reason: RevalidationReason }
  | { readonly verdict: 'revoked'; readonly reason: RevocationReason; readonly revokedAt: number }
  | { readonly verdict: 'missing'; readonly reason: MissingReason }

/** What the site wants beyond the service's policy. */
export interface Demand {
  /** the owner's last proof may be this old, ms; undefined: any age */
  readonly maxAge: number | undefined
  /** checks of which the last proof must have been one; empty: any */
  readonly checks: readonly CheckName[]
}

/**
 * May this certificate's holder be signed in? The one place where that is decided: pure, total, and in the order that
 * the contract names: what is gone before what is refused, what is refused before what can be mended.
 *
 * @param state what the store holds at this moment; undefined: it knows no such certificate
 * @param now epoch ms
 */
export function decide(state: VerdictState | undefined, demand: Demand, policy: Policy, now: number): Verdict {
  // Certificates of services, listeners and operators are nobody that a site could sign in.
  if (state?.profile !== 'browser' || state.subscriberId === null) return MISSING.unknown
  if (state.status !== 'active') return revoked(state)
  if (now < state.notBefore) return MISSING['not-yet-valid']
  if (now > state.notAfter) return MISSING.expired
  for (const { verdict, applies } of REVALIDATIONS) if (applies(state, demand, policy, now)) return verdict
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

type Applies = (state: VerdictState, demand: Demand, policy: Policy, now: number) => boolean

/** In order of precedence. */
const REVALIDATIONS: readonly { readonly verdict: Verdict; readonly applies: Applies }[] = [
  row('expired', (state, _demand, _policy, now) => now > state.expiresAt),
  row(
    'owner-request',
    (state, _demand, policy, now) => state.askEveryTime && olderThan(state.lastWalkAt, policy.wishSatisfied, now),
  ),
  row(
    'checks',
    (state, demand) =>
      demand.checks.length > 0 && !(state.validatedWith !== null && demand.checks.includes(state.validatedWith)),
  ),
  row(
    'max-age',
    (state, demand, _policy, now) => demand.maxAge !== undefined && olderThan(state.validatedAt, demand.maxAge, now),
  ),
  row('never-validated', (state, _demand, _policy, now) => olderThan(state.validatedAt, Number.POSITIVE_INFINITY, now)),
  // Either a sign-in or a proof counts as use.
  row(
    'idle',
    (state, _demand, policy, now) =>
      olderThan(state.lastUsedAt, policy.idle, now) && olderThan(state.validatedAt, policy.idle, now),
  ),
]

function row(reason: RevalidationReason, applies: Applies) {
  return { verdict: Object.freeze({ verdict: 'needs-revalidation', reason } as const), applies }
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
