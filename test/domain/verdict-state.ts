import type { VerdictState } from '../../src/domain/verdict-state.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** 2026-11-21T12:00:00Z */
export const NOW = 1_795_262_400_000

/** A certificate whose owner may be signed in at NOW, but for what the test says otherwise. */
export function stateWith(different: Partial<VerdictState> = {}): VerdictState {
  return {
    fingerprint: 'ab'.repeat(32),
    profile: 'browser',
    status: 'active',
    reason: null,
    revokedAt: null,
    notBefore: NOW - 10 * DAY,
    notAfter: NOW + 100 * DAY,
    expiresAt: NOW + 50 * DAY,
    validatedAt: NOW - HOUR,
    validatedWith: 'totp',
    lastUsedAt: NOW - HOUR,
    subscriberId: '5a'.repeat(16),
    siteId: null,
    service: null,
    askEveryTime: false,
    lastWalkAt: null,
    signedInMonth: null,
    generation: 0,
    siteAccount: null,
    ...different,
  }
}
