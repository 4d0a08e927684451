import type { Hex } from '../hex.ts'
import type { CheckName } from '../proving/check.ts'
import type { ServiceRights } from './right.ts'
import type { SitePolicies } from './site-wishes.ts'

/** A relying party. */
export interface Site {
  readonly id: Hex
  /** lower-case letters, digits and hyphens; unique; part of its services' SAN */
  readonly name: string
  /** registered return addresses, the first is the default; serialized URLs */
  readonly returnTo: readonly string[]
  /** checks of which the owner's last proof must have been one; empty: any */
  readonly checks: readonly CheckName[]
  /** what its services may do beyond asking */
  readonly rights: ServiceRights
  /** what else it wants beyond the operator's policy, and what its services want */
  readonly policies: SitePolicies
  /** the feed's position at which return addresses, checks or policies were last changed; 0: never */
  readonly policyPosition: number
  /** epoch ms */
  readonly createdAt: number
}
