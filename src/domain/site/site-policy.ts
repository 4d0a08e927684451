import { LANGUAGES } from '../language.ts'
import { DEFAULT_POLICY, type Policy } from '../policy.ts'
import type { CheckName } from '../proving/check.ts'
import type { Demand } from './demand.ts'
import { isRegistered } from './return-address.ts'
import type { Site } from './site.ts'
import { ESSENTIAL_EVENTS, SITE_EVENTS } from './site-event.ts'
import type { OwnPolicy, SitePolicies, SiteWishes } from './site-wishes.ts'

/** Where a value comes from. */
export type PolicySource = 'default' | 'configuration' | 'site' | 'service'

interface Sourced<V> {
  readonly value: V
  readonly source: PolicySource
}

/** Every value with its source. */
export type ExplainedPolicy = { readonly [N in keyof SiteWishes]: Sourced<SiteWishes[N]> }

/** What counts for one service of one site. */
export interface EffectivePolicy extends SiteWishes {
  readonly wishSatisfied: number
  /** what is demanded of every question, whatever it asks for itself */
  readonly demand: Demand
}

/** Names come from outside, so what every object has is nobody's policy. */
export function ownPolicy({ services }: SitePolicies, service: string): OwnPolicy {
  return Object.hasOwn(services, service) ? services[service]! : {}
}

/**
 * The layers folded into one, from the operator's to the service's. What guards people only ever becomes stricter.
 * @param service undefined: what counts for a service that says nothing of its own
 */
export function explainPolicy(policy: Policy, site: Site, service?: string): ExplainedPolicy {
  const { returnTo, checks, policies } = site
  const layers: readonly (readonly [PolicySource, OwnPolicy])[] = [
    ['site', { ...policies.site, returnTo, ...(checks.length > 0 && { checks }) }],
    ['service', service === undefined ? {} : ownPolicy(policies, service)],
  ]
  const explain = <N extends keyof SiteWishes>(name: N, base: Sourced<SiteWishes[N]>): Sourced<SiteWishes[N]> =>
    layers.reduce((before, [source, own]) => fold(before, source, own[name], RULES[name]), base)
  return {
    returnTo: explain('returnTo', byDefault([])),
    checks: explain('checks', byDefault([])),
    maxAge: notBelow(policy.minMaxAge, explain('maxAge', byDefault(undefined))),
    idle: notBelow(Math.min(policy.minMaxAge, policy.idle), explain('idle', byOperator(policy, 'idle'))),
    languages: explain('languages', byDefault(LANGUAGES)),
    displayName: explain('displayName', byDefault(site.name)),
    logo: explain('logo', byDefault(undefined)),
    events: explain('events', byDefault(SITE_EVENTS)),
    verdictsPerSecond: explain('verdictsPerSecond', byOperator(policy, 'verdictsPerSecond')),
  }
}

function byDefault<V>(value: V): Sourced<V> {
  return { value, source: 'default' }
}

function byOperator(policy: Policy, name: 'idle' | 'verdictsPerSecond'): Sourced<number> {
  return { value: policy[name], source: policy[name] === DEFAULT_POLICY[name] ? 'default' : 'configuration' }
}

/** Where walks would loop, the operator's bound is what counts. */
function notBelow<V extends number | undefined>(least: number, { value, source }: Sourced<V>): Sourced<V | number> {
  return value === undefined || value >= least ? { value, source } : { value: least, source: 'configuration' }
}

/** @param service undefined: what counts for a service that says nothing of its own */
export function effectivePolicy(policy: Policy, site: Site, service?: string): EffectivePolicy {
  const { returnTo, checks, maxAge, idle, languages, displayName, logo, events, verdictsPerSecond } = explainPolicy(
    policy,
    site,
    service,
  )
  // written out, since an object of many entries is a slow one, and this one is looked into at every question
  return Object.freeze({
    returnTo: returnTo.value,
    checks: checks.value,
    maxAge: maxAge.value,
    idle: idle.value,
    languages: languages.value,
    displayName: displayName.value,
    logo: logo.value,
    events: events.value,
    verdictsPerSecond: verdictsPerSecond.value,
    wishSatisfied: policy.wishSatisfied,
    demand: Object.freeze({ maxAge: maxAge.value, checks: checks.value }),
  })
}

/** Effective policies are made once for each service, and go with the site that they were made of. */
export class EffectivePolicies {
  readonly #policy: Policy
  readonly #made = new WeakMap<Site, Map<string, EffectivePolicy>>()

  constructor(policy: Policy) {
    this.#policy = policy
  }

  of(site: Site, service: string): EffectivePolicy {
    const bySite = this.#made.get(site) ?? new Map<string, EffectivePolicy>()
    const made = bySite.get(service) ?? effectivePolicy(this.#policy, site, service)
    this.#made.set(site, bySite.set(service, made))
    return made
  }
}

/**
 * The checks that satisfy both demands.
 * @param one empty: any
 * @param other empty: any
 * @returns empty: any; undefined: nothing satisfies both
 */
export function commonChecks(one: readonly CheckName[], other: readonly CheckName[]): readonly CheckName[] | undefined {
  if (one.length === 0) return other
  if (other.length === 0) return one
  const common = one.filter((name) => other.includes(name))
  return common.length > 0 ? common : undefined
}

type Merge<V> = (inherited: V, own: Exclude<V, undefined>) => V

const least = (inherited: number | undefined, own: number): number => Math.min(inherited ?? own, own)
const own = <V>(_inherited: V, own: Exclude<V, undefined>): V => own

const narrowed = (inherited: readonly string[], own: readonly string[]): readonly string[] => {
  const below = own.filter((address) => isRegistered(inherited, address))
  return below.length > 0 ? below : inherited
}

/** How a layer's own value and the inherited one become one. */
const RULES: { readonly [N in keyof SiteWishes]: Merge<SiteWishes[N]> } = {
  // What is withdrawn from the site is withdrawn from its services.
  returnTo: (inherited, own) => (inherited.length === 0 ? own : narrowed(inherited, own)),
  // Where both cannot be met, what stands higher counts: an empty list would be any check at all.
  checks: (inherited, own) => commonChecks(inherited, own) ?? inherited,
  maxAge: least,
  idle: least,
  languages: own,
  displayName: own,
  logo: own,
  // Without the word that somebody is no longer valid, a site would go on believing what it remembers.
  events: (inherited, own) => inherited.filter((name) => own.includes(name) || ESSENTIAL_EVENTS.includes(name)),
  // What protects the service from a site is the operator's to set, in either direction.
  verdictsPerSecond: own,
}

function fold<V>(
  before: Sourced<V>,
  source: PolicySource,
  said: Exclude<V, undefined> | undefined,
  merge: Merge<V>,
): Sourced<V> {
  if (said === undefined) return before
  const value = merge(before.value, said)
  return Object.is(value, before.value) ? before : { value, source }
}
