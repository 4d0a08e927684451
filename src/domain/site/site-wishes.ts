import type { Hex } from '../hex.ts'
import type { Language } from '../language.ts'
import type { CheckName } from '../proving/check.ts'
import type { SiteEventName } from './site-event.ts'

/** What each layer may say: the operator's policy, the site, one of its services. */
export interface SiteWishes {
  /** registered return addresses, the first is the default; serialized URLs */
  readonly returnTo: readonly string[]
  /** checks of which the owner's last proof must have been one; empty: any */
  readonly checks: readonly CheckName[]
  /** the owner's last proof may be this old, ms; undefined: any age */
  readonly maxAge: number | undefined
  /** unused and unproven for longer, ms: needs-revalidation, `idle` */
  readonly idle: number
  /** of the revalidation page, the first being for those who read none of them */
  readonly languages: readonly Language[]
  /** what the revalidation page calls the site */
  readonly displayName: string
  /** SHA-256 of the PNG on the revalidation page; undefined: none */
  readonly logo: Hex | undefined
  /** of what the site is told */
  readonly events: readonly SiteEventName[]
  /** questions of one service that are answered in a second, in the long run; 0: all */
  readonly verdictsPerSecond: number
}

/** What one layer says of its own; what it does not say is inherited. */
export type OwnPolicy = { readonly [N in keyof SiteWishes]?: Exclude<SiteWishes[N], undefined> }

/** A site's own addresses and checks stand in the site itself. */
export type SiteLevelPolicy = Omit<OwnPolicy, 'returnTo' | 'checks'>

export interface SitePolicies {
  readonly site: SiteLevelPolicy
  /** by the name of the service */
  readonly services: Readonly<Record<string, OwnPolicy>>
}

export const NO_POLICIES: SitePolicies = Object.freeze({ site: Object.freeze({}), services: Object.freeze({}) })
