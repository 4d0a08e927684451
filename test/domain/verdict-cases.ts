import { REVOCATION_REASONS, type RevocationReason } from '../../src/domain/certificate/certificate.ts'
import type { Demand } from '../../src/domain/site/demand.ts'
import type { VerdictState } from '../../src/domain/verdict-state.ts'
import { DAY, HOUR, MINUTE, NOW } from './verdict-state.ts'

/** What a verdict comes down to: `valid`, or `<verdict>/<reason>`. */
export type Outcome = 'valid' | `${'needs-revalidation' | 'revoked' | 'missing'}/${string}`

interface Case {
  readonly what: string
  readonly state?: Partial<VerdictState>
  readonly demand?: Partial<Demand>
  readonly now?: number
  readonly outcome: Outcome
}

/** Every outcome and reason, each boundary to the millisecond. */
export const CASES: readonly Case[] = [
  { what: 'all well', outcome: 'valid' },

  ...(['api', 'admin', 'tls-server'] as const).map(
    (profile): Case => ({ what: `profile ${profile}`, state: { profile }, outcome: 'missing/unknown' }),
  ),
  { what: 'of nobody', state: { subscriberId: null }, outcome: 'missing/unknown' },
  {
    what: 'a revoked certificate of a service',
    state: { profile: 'api', status: 'revoked' },
    outcome: 'missing/unknown',
  },

  ...(Object.keys(REVOCATION_REASONS) as RevocationReason[]).map(
    (reason): Case => ({
      what: `revoked, ${reason}`,
      state: { status: 'revoked', reason, revokedAt: NOW - 1 },
      outcome: `revoked/${reason}`,
    }),
  ),
  { what: 'revoked without a reason', state: { status: 'revoked' }, outcome: 'revoked/unspecified' },
  { what: 'held', state: { status: 'held', revokedAt: NOW }, outcome: 'revoked/certificate-hold' },
  {
    what: 'revoked at a time yet to come',
    state: { status: 'revoked', reason: 'superseded', revokedAt: NOW + DAY },
    outcome: 'revoked/superseded',
  },

  { what: 'the last ms before notBefore', state: { notBefore: NOW + 1 }, outcome: 'missing/not-yet-valid' },
  { what: 'the ms of notBefore', state: { notBefore: NOW }, outcome: 'valid' },
  { what: 'the ms of notAfter', state: { notAfter: NOW, expiresAt: NOW }, outcome: 'valid' },
  { what: 'the first ms after notAfter', state: { notAfter: NOW - 1, expiresAt: NOW - 1 }, outcome: 'missing/expired' },
  { what: 'the ms of the store’s own end', state: { expiresAt: NOW }, outcome: 'valid' },
  { what: 'the first ms of the grace period', state: { expiresAt: NOW - 1 }, outcome: 'needs-revalidation/expired' },
  {
    what: 'the last ms of the grace period',
    state: { expiresAt: NOW - 90 * DAY, notAfter: NOW },
    outcome: 'needs-revalidation/expired',
  },
  {
    what: 'a store’s end that lies past notAfter',
    state: { expiresAt: NOW + 1, notAfter: NOW - 1 },
    outcome: 'missing/expired',
  },

  { what: 'owner’s wish, no walk yet', state: { askEveryTime: true }, outcome: 'needs-revalidation/owner-request' },
  {
    what: 'owner’s wish, the last ms of a walk',
    state: { askEveryTime: true, lastWalkAt: NOW - 15 * MINUTE },
    outcome: 'valid',
  },
  {
    what: 'owner’s wish, the first ms after',
    state: { askEveryTime: true, lastWalkAt: NOW - 15 * MINUTE - 1 },
    outcome: 'needs-revalidation/owner-request',
  },
  {
    what: 'owner’s wish, proven elsewhere just now',
    state: { askEveryTime: true, validatedAt: NOW },
    outcome: 'needs-revalidation/owner-request',
  },
  { what: 'an old walk without the wish', state: { lastWalkAt: NOW - DAY }, outcome: 'valid' },

  { what: 'the check that the site wants', demand: { checks: ['totp'] }, outcome: 'valid' },
  { what: 'one of the checks that the site wants', demand: { checks: ['recovery-code', 'totp'] }, outcome: 'valid' },
  { what: 'another check', demand: { checks: ['recovery-code'] }, outcome: 'needs-revalidation/checks' },
  {
    what: 'a proof by nobody knows what',
    state: { validatedWith: null },
    demand: { checks: ['totp'] },
    outcome: 'needs-revalidation/checks',
  },
  { what: 'a proof by nobody knows what, where any is fine', state: { validatedWith: null }, outcome: 'valid' },

  { what: 'max_age to the ms', state: { validatedAt: NOW - HOUR }, demand: { maxAge: HOUR }, outcome: 'valid' },
  {
    what: 'max_age and a ms',
    state: { validatedAt: NOW - HOUR - 1 },
    demand: { maxAge: HOUR },
    outcome: 'needs-revalidation/max-age',
  },
  {
    what: 'max_age, used a moment ago',
    state: { validatedAt: NOW - HOUR - 1, lastUsedAt: NOW },
    demand: { maxAge: HOUR },
    outcome: 'needs-revalidation/max-age',
  },
  {
    what: 'max_age, never proven',
    state: { validatedAt: null },
    demand: { maxAge: HOUR },
    outcome: 'needs-revalidation/max-age',
  },
  { what: 'max_age 0, proven in this ms', state: { validatedAt: NOW }, demand: { maxAge: 0 }, outcome: 'valid' },

  {
    what: 'never proven',
    state: { validatedAt: null, validatedWith: null },
    outcome: 'needs-revalidation/never-validated',
  },
  {
    what: 'never proven, but used',
    state: { validatedAt: null, lastUsedAt: NOW },
    outcome: 'needs-revalidation/never-validated',
  },

  { what: 'idle to the ms', state: { validatedAt: NOW - 40 * DAY, lastUsedAt: NOW - 30 * DAY }, outcome: 'valid' },
  {
    what: 'idle and a ms',
    state: { validatedAt: NOW - 40 * DAY, lastUsedAt: NOW - 30 * DAY - 1 },
    outcome: 'needs-revalidation/idle',
  },
  {
    what: 'never used, proven 30 days ago',
    state: { validatedAt: NOW - 30 * DAY, lastUsedAt: null },
    outcome: 'valid',
  },
  {
    what: 'never used, proven 30 days and a ms ago',
    state: { validatedAt: NOW - 30 * DAY - 1, lastUsedAt: null },
    outcome: 'needs-revalidation/idle',
  },
  { what: 'idle, proven since', state: { validatedAt: NOW - 1, lastUsedAt: NOW - 40 * DAY }, outcome: 'valid' },

  { what: 'the clock a minute behind the proof', state: { validatedAt: NOW + MINUTE }, outcome: 'valid' },
  {
    what: 'the clock further behind the proof',
    state: { validatedAt: NOW + MINUTE + 1 },
    outcome: 'needs-revalidation/never-validated',
  },
  {
    what: 'the clock further behind the proof, with max_age',
    state: { validatedAt: NOW + MINUTE + 1 },
    demand: { maxAge: HOUR },
    outcome: 'needs-revalidation/max-age',
  },
  {
    what: 'the clock a minute behind the walk',
    state: { askEveryTime: true, lastWalkAt: NOW + MINUTE },
    outcome: 'valid',
  },
  {
    what: 'the clock further behind the walk',
    state: { askEveryTime: true, lastWalkAt: NOW + MINUTE + 1 },
    outcome: 'needs-revalidation/owner-request',
  },
  {
    what: 'the clock further behind the last use',
    state: { lastUsedAt: NOW + MINUTE + 1, validatedAt: NOW - 31 * DAY },
    outcome: 'needs-revalidation/idle',
  },
  { what: 'the clock set back before notBefore', now: NOW - 10 * DAY - 1, outcome: 'missing/not-yet-valid' },
]
