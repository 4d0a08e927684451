import type { Hex } from '../hex.ts'
import type { CheckName } from '../proving/check.ts'

/** The CA keys, each with its certificate. `root` signs only in ceremonies. */
export const ISSUERS = ['root', 'browser', 'api', 'internal'] as const
export type IssuerName = (typeof ISSUERS)[number]

/** The issuers whose keys a running service uses. */
export const ONLINE_ISSUERS = ['browser', 'api', 'internal'] as const satisfies readonly IssuerName[]
export type OnlineIssuer = (typeof ONLINE_ISSUERS)[number]

/** The profiles of end-entity certificates; what each may hold stands in `ca/PROFILES.md`. */
export const LEAF_PROFILES = ['browser', 'api', 'admin', 'tls-server'] as const
export type LeafProfile = (typeof LEAF_PROFILES)[number]

/** Held is revocation that can be lifted; revoked is for ever. */
export type CertificateStatus = 'active' | 'held' | 'revoked'

/** Who put a certificate on hold; only an operator lifts what an operator has set. */
export type HeldBy = 'owner' | 'operator'

/**
 * CRL reason codes and their spelling in verdicts and commands. `certificate-hold` belongs to a hold alone.
 * https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1
 */
export const REVOCATION_REASONS = {
  unspecified: 0,
  'key-compromise': 1,
  'ca-compromise': 2,
  'affiliation-changed': 3,
  superseded: 4,
  'cessation-of-operation': 5,
  'certificate-hold': 6,
  'privilege-withdrawn': 9,
} as const
export type RevocationReason = keyof typeof REVOCATION_REASONS

/** Whom a certificate speaks for. */
export interface CertificateBinding {
  /** browser certificates: the person and the device */
  readonly subscriberId: Hex | null
  readonly deviceId: Hex | null
  /** api certificates: the site and its service */
  readonly siteId: Hex | null
  readonly service: string | null
}

/** A certificate as the table knows it. All times are epoch milliseconds. */
export interface CertificateRecord extends CertificateBinding {
  /** SHA-256 of the DER */
  readonly fingerprint: Hex
  readonly serial: Hex
  readonly issuer: IssuerName
  readonly profile: LeafProfile
  /** what the owner's picker shows: the CN */
  readonly label: string
  readonly status: CertificateStatus
  readonly reason: RevocationReason | null
  readonly revokedAt: number | null
  readonly notBefore: number
  /** the last millisecond of validity written in the certificate */
  readonly notAfter: number
  /** the store's own, earlier end; for browser certificates a grace period before notAfter */
  readonly expiresAt: number
  readonly validatedAt: number | null
  readonly validatedWith: CheckName | null
  readonly lastUsedAt: number | null
  readonly createdAt: number
  /** the certificate, DER */
  readonly der: Uint8Array
}

/**
 * A certificate about to exist: its serial and the bytes that will be signed are stored before the key is used, so
 * that no signature of ours exists that the table does not know.
 */
export interface Reservation extends CertificateBinding {
  readonly serial: Hex
  readonly issuer: OnlineIssuer
  readonly profile: LeafProfile
  readonly label: string
  readonly notBefore: number
  readonly notAfter: number
  readonly expiresAt: number
  /** SHA-256 of the SubjectPublicKeyInfo: a key that was ever revoked for compromise is never certified again */
  readonly keyHash: Hex
  /** TBSCertificate, DER */
  readonly tbs: Uint8Array
}
