import type { CertificateRecord } from './certificate/certificate.ts'

/** What of the certificate itself a verdict depends on. */
type OfCertificate = Pick<
  CertificateRecord,
  | 'fingerprint'
  | 'profile'
  | 'status'
  | 'reason'
  | 'revokedAt'
  | 'notBefore'
  | 'notAfter'
  | 'expiresAt'
  | 'validatedAt'
  | 'validatedWith'
  | 'lastUsedAt'
  | 'subscriberId'
  | 'siteId'
  | 'service'
>

/** Everything that a verdict of one site on one certificate depends on, read by one prepared statement. */
export interface VerdictState extends OfCertificate {
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
