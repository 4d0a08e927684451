import type { CertificateRecord, CertificateStatus, RevocationReason } from './certificate/certificate.ts'
import type { Hex } from './hex.ts'
import type { CheckName } from './proving/check.ts'

/** Everything that a verdict of one site on one certificate depends on, read by one prepared statement. */
export interface VerdictState {
  readonly fingerprint: Hex
  readonly profile: CertificateRecord['profile']
  readonly status: CertificateStatus
  readonly reason: RevocationReason | null
  readonly revokedAt: number | null
  readonly notBefore: number
  readonly notAfter: number
  readonly expiresAt: number
  readonly validatedAt: number | null
  readonly validatedWith: CheckName | null
  readonly lastUsedAt: number | null
  readonly subscriberId: Hex | null
  /** api certificates: the site and the service that this certificate speaks for */
  readonly siteId: Hex | null
  readonly service: string | null
  /** the device's wish to be asked at every sign-in */
  readonly askEveryTime: boolean
  /** when a ticket of the asking site was last spent on this certificate */
  readonly lastWalkAt: number | null
  /** the month (yyyymm) of the asking service's newest sign-in row for this subscriber whose subject is kept, or null */
  readonly signedInMonth: number | null
  /** how often the owner wanted to be forgotten by the asking site: part of the subject */
  readonly generation: number
  /** what the asking site calls the owner, sealed; null: it has bound nothing */
  readonly siteAccount: Uint8Array | null
}
