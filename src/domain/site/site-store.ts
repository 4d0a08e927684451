import type { Act, Awaitable } from '../act.ts'
import type { Hex } from '../hex.ts'
import type { Site } from './site.ts'

/** A site's policies as they are from now on, made of those that were read. */
export interface SitePolicyChange extends Pick<Site, 'returnTo' | 'checks' | 'policies'> {
  readonly siteId: Hex
  /** the position of the policies that were read */
  readonly basedOn: number
  /** a logo that is new; what no policy names any more goes */
  readonly logo: { readonly hash: Hex; readonly png: Uint8Array } | undefined
  /** what the audit tells: for which service (null: all), and which values are its own from now on */
  readonly service: string | null
  readonly values: string
}

export interface SiteReads {
  /** The PNG with this SHA-256, when it is a site's. */
  siteLogo(hash: Hex): Awaitable<Uint8Array | undefined>
}

export interface SiteCommands {
  /** `outdated`: the policies have changed since they were read. */
  setSitePolicies(act: Act, change: SitePolicyChange): 'set' | 'unknown' | 'outdated'
}
