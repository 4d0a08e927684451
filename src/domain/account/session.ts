import type { Hex } from '../hex.ts'
import type { CheckName } from '../proving/check.ts'

/** Being signed in to one's own account, as the store keeps it: the cookie itself is never stored, only its SHA-256. */
export interface Session {
  readonly idHash: Hex
  /** the certificate that it is bound to */
  readonly fingerprint: Hex
  readonly subscriberId: Hex
  /** epoch ms */
  readonly provenAt: number
  readonly provenWith: CheckName
  readonly seenAt: number
  /** when it ends, whatever happens */
  readonly forgetAt: number
}
