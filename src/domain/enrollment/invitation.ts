import type { Hex } from '../hex.ts'

/** The one-time permission to enroll. The token itself is never stored, only its SHA-256. */
export interface Invitation {
  readonly tokenHash: Hex
  /** a label that the operator proposes for the device, or null */
  readonly label: string | null
  /** the person whose next device it is for; null: whoever has it becomes a new person */
  readonly subscriberId: Hex | null
  /** the device of that person whose next certificate it is for; null: a new device */
  readonly deviceId: Hex | null
  /** whether checks are set up with the device; only a person that is here already can do without */
  readonly newChecks: boolean
  /** epoch ms */
  readonly createdAt: number
  readonly expiresAt: number
  readonly usedAt: number | null
}
