import type { Act, Awaitable } from '../act.ts'
import type { Hex } from '../hex.ts'

/** How many people a site signed in during one month (UTC). */
export interface SiteUsage {
  readonly siteId: Hex
  readonly site: string
  /** the site is no more; what it used is still told */
  readonly removed: boolean
  /** the name of the plan that is in force in that month; null: none was ever set */
  readonly plan: string | null
  /** all services together, each person once */
  readonly people: number
  /** in order of name; each person once at each */
  readonly services: readonly ServiceUsage[]
}

export interface ServiceUsage {
  readonly service: string
  readonly people: number
}

export interface UsageReads {
  /**
   * In order of name. Sites that signed nobody in are there with 0, removed ones only where they signed somebody in.
   * @param month yyyymm
   * @param siteId undefined: all sites
   */
  usage(month: number, siteId?: Hex): Awaitable<readonly SiteUsage[]>
}

export interface UsageCommands {
  /** The site has this plan from a month (yyyymm) on, until another one begins. */
  setPlan(act: Act, siteId: Hex, plan: string, from: number): 'set' | 'unknown'
}
