import type { Hex } from '../hex.ts'

/** What the audit tells. One row each, in the transaction of its effect. */
export const AUDIT_ACTIONS = [
  'certificate-reserved',
  'certificate-issued',
  'certificate-renewed',
  'certificate-abandoned',
  'certificate-revoked',
  'certificate-held',
  'certificate-released',
  'certificate-forged',
  'invitation-made',
  'subscriber-enrolled',
  'device-changed',
  'revalidation-passed',
  'revalidation-failed',
  'revalidation-denied',
  'check-added',
  'check-renamed',
  'check-removed',
  'passkey-counter-back',
  'subscriber-rejoined',
  'device-renewed',
  'account-opened',
  'account-named',
  'pairing-offered',
  'pairing-claimed',
  'pairing-confirmed',
  'pairing-refused',
  'subject-forgotten',
  'trust-vouched',
  'trust-withdrawn',
  'trust-hidden',
  'trust-shown',
  'intrusion-reported',
  'intrusion-withdrawn',
  'intrusion-appealed',
  'subscriber-erased',
  'site-added',
  'site-removed',
  'rights-set',
  'site-policy-set',
  'plan-set',
  'site-account-bound',
  'site-account-removed',
  'stream-opened',
  'stream-changed',
  'stream-closed',
  'dead-letters-retried',
  'push-address-set',
  'push-address-removed',
  'administration-refused',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/**
 * Who did it: the kind, a colon, and the id: `operator:cli`, `operator:<admin certificate's fingerprint>`,
 * `device:<certificate's fingerprint>`, `site:<name>`, `invitation:<hash>`, `service:countersign`.
 */
export type Actor = `${'operator' | 'device' | 'site' | 'invitation' | 'service'}:${string}`

/** What happened, before it has a place in the chain. */
export interface AuditEvent {
  /** epoch ms */
  readonly at: number
  readonly actor: Actor
  readonly action: AuditAction
  /** what it happened to: a fingerprint, serial, site id ... */
  readonly object: string
  /** further facts; no secrets, no personal data */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>
}

/** A row of the chain: `mac` is an HMAC over the row before and this one, with a key that is never in the store. */
export interface AuditRow extends AuditEvent {
  /** 1, 2, 3 ... without gaps */
  readonly count: number
  readonly mac: Hex
}

/** Where the chain ends. */
export interface AuditHead {
  readonly count: number
  readonly mac: Hex
}
