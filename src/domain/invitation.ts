import type { Hex } from './hex.ts'

/** The one-time permission to enroll. The token itself is never stored, only its SHA-256. */
export interface Invitation {
  readonly tokenHash: Hex
  /** a label that the operator proposes for the device, or null */
  readonly label: string | null
  /** epoch ms */
  readonly createdAt: number
  readonly expiresAt: number
  readonly usedAt: number | null
}
