import type { Act, Awaitable } from '../act.ts'
import type { Hex } from '../hex.ts'

/** What one site calls somebody, sealed for this site and this person. */
export interface SealedSiteAccount {
  readonly siteId: Hex
  readonly sealed: Uint8Array
}

export interface SiteAccountReads {
  /** All that sites call somebody. */
  siteAccounts(subscriberId: Hex): Awaitable<readonly SealedSiteAccount[]>
}

export interface SiteAccountCommands {
  /** Takes the place of the one before. `unknown`: the site does not know this person by this subject any more. */
  bindAccount(act: Act, siteId: Hex, subject: string, subscriberId: Hex, sealed: Uint8Array): 'bound' | 'unknown'
  /** `none`: there was no such account, or nobody behind the subject. */
  removeAccount(act: Act, siteId: Hex, subject: string): 'removed' | 'none'
}
