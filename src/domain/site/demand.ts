import type { CheckName } from '../proving/check.ts'

/** What the site wants of this answer beyond the service's policy: by its own policy, and by the question. */
export interface Demand {
  /** the owner's last proof may be this old, ms; undefined: any age */
  readonly maxAge: number | undefined
  /** checks of which the last proof must have been one; empty: any */
  readonly checks: readonly CheckName[]
}
