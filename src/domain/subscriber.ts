import type { CertificateStatus, HeldBy, RevocationReason } from './certificate/certificate.ts'
import type { Hex } from './hex.ts'

/** The person whose browsers hold certificates. Nothing personal is kept but what the owner types as labels. */
export interface Subscriber {
  readonly id: Hex
  /** what its owner calls the account, or null */
  readonly name: string | null
  /** epoch ms */
  readonly createdAt: number
}

/** One browser or phone of a subscriber. */
export interface Device {
  readonly id: Hex
  readonly subscriberId: Hex
  readonly label: string
  /** the kind of system, as it was guessed at enrollment, or null */
  readonly platform: string | null
  /** the owner's wish to be asked at every sign-in */
  readonly askEveryTime: boolean
  /** epoch ms */
  readonly createdAt: number
}

/** A certificate of a device, with what its owner is shown of both. All times are epoch milliseconds. */
export interface DeviceCertificate {
  readonly device: Device
  readonly fingerprint: Hex
  readonly status: CertificateStatus
  readonly reason: RevocationReason | null
  readonly heldBy: HeldBy | null
  readonly revokedAt: number | null
  readonly notBefore: number
  readonly notAfter: number
  readonly expiresAt: number
  /** when it ends because a newer one of the device has taken its place, or null */
  readonly supersedeAt: number | null
  readonly lastUsedAt: number | null
}
