import { createHash } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { cleanLabel } from '../label.ts'
import { LANGUAGES } from '../language.ts'
import { type Policy, sufficient } from '../policy.ts'
import type { Store } from '../store.ts'
import { isRegistered } from './return-address.ts'
import type { Site } from './site.ts'
import { SITE_EVENTS } from './site-event.ts'
import { commonChecks, ownPolicy } from './site-policy.ts'
import { checkName, readAddresses, readChecks, type SiteRegistry } from './site-registry.ts'
import type { SitePolicyChange } from './site-store.ts'
import type { OwnPolicy, SiteWishes } from './site-wishes.ts'

export type PolicyName = keyof SiteWishes

/** What is wished for a site or a service, as it was typed; periods are ms, the logo is a file's bytes. */
export interface PolicyWishes {
  readonly returnTo?: readonly string[]
  readonly checks?: readonly string[]
  readonly maxAge?: number
  readonly idle?: number
  readonly languages?: readonly string[]
  readonly displayName?: string
  readonly logo?: Uint8Array
  readonly events?: readonly string[]
  readonly verdictsPerSecond?: number
}

export interface PolicyTarget {
  /** the site's name */
  readonly site: string
  /** undefined: all services of the site */
  readonly service?: string | undefined
}

/** Setting what sites want. */
export interface SitePoliciesSetting {
  /**
   * What is wished takes the place of what stood there, what is to be cleared is inherited again, the rest stays. It counts
   * from the next question on, on every node.
   * @returns the site as it is now
   * @throws IdentityError site-unknown, site-invalid, label-invalid, logo-refused
   */
  set(actor: Actor, target: PolicyTarget, wishes: PolicyWishes, clear: readonly PolicyName[]): Promise<Site>
}

interface SettingParts {
  readonly store: Pick<Store, 'run'>
  readonly registry: Pick<SiteRegistry, 'named'>
  readonly policy: Policy
  readonly clock: Clock
  /** Writes a picture anew, without anything that is no picture. @throws IdentityError logo-refused */
  readonly rewriteLogo: (file: Uint8Array) => Uint8Array
}

/** Whoever loses so often against others has met no others. */
const TRIES = 5

export function createSitePoliciesSetting(parts: SettingParts): SitePoliciesSetting {
  return {
    async set(actor, target, wishes, clear) {
      const logo = wishes.logo && keepable(parts.rewriteLogo(wishes.logo))
      const own = readWishes(parts.policy, wishes, logo?.hash)
      for (let tries = 0; tries < TRIES; tries++) {
        const site = await parts.registry.named(target.site)
        const change = { ...changed(site, target.service, own, clear), logo }
        requireMeetable(parts.policy, change)
        const outcome = await parts.store.run('setSitePolicies', { at: parts.clock.now(), actor }, change)
        if (outcome === 'set') return parts.registry.named(target.site)
      }
      throw refused('Others change this site at the same time. Try again in a moment.')
    },
  }
}

function keepable(png: Uint8Array): NonNullable<SitePolicyChange['logo']> {
  return { png, hash: createHash('sha256').update(png).digest('hex') }
}

function readWishes(policy: Policy, wishes: PolicyWishes, logo: OwnPolicy['logo']): OwnPolicy {
  const { returnTo, checks, maxAge, idle, languages, displayName, events, verdictsPerSecond } = wishes
  return {
    ...(returnTo && { returnTo: readAddresses(returnTo) }),
    ...(checks && { checks: [...new Set(readChecks(atLeastOne(checks)))] }),
    ...(maxAge !== undefined && { maxAge: readPeriod('max-age', maxAge, policy.minMaxAge) }),
    ...(idle !== undefined && { idle: readPeriod('idle', idle, Math.max(policy.minMaxAge, LEAST_IDLE)) }),
    ...(languages && { languages: readNames('a language of the pages', LANGUAGES, atLeastOne(languages)) }),
    ...(displayName !== undefined && { displayName: cleanLabel(displayName) }),
    ...(logo !== undefined && { logo }),
    ...(events && { events: readNames('an event', SITE_EVENTS, events) }),
    ...(verdictsPerSecond !== undefined && { verdictsPerSecond: readRate(verdictsPerSecond) }),
  }
}

/** Last uses are written every few seconds: below it, people at work would be called idle. */
const LEAST_IDLE = 60_000

/** A longer one means nothing. */
const LONGEST = 10 * 365 * 86_400_000

const MOST_PER_SECOND = 999_999

function readPeriod(name: string, period: number, least: number): number {
  if (Number.isSafeInteger(period) && period >= least && period <= LONGEST) return period
  throw refused(`${name} is at least ${least / 1_000} s here, and at most ten years.`)
}

function readRate(rate: number): number {
  if (Number.isInteger(rate) && rate >= 0 && rate <= MOST_PER_SECOND) return rate
  throw refused(`verdicts-per-second is a whole number from 0 (no bound) to ${MOST_PER_SECOND}.`)
}

function readNames<N extends string>(what: string, known: readonly N[], names: readonly string[]): readonly N[] {
  const read = names.map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined) throw refused(`${JSON.stringify(name)} is not ${what}. There are ${known.join(', ')}.`)
    return found
  })
  return [...new Set(read)]
}

function atLeastOne(names: readonly string[]): readonly string[] {
  if (names.length > 0) return names
  throw refused('A list that is given names at least one; clear it to have what is inherited.')
}

/** The site's policies with what one layer says from now on. */
function changed(
  site: Site,
  service: string | undefined,
  own: OwnPolicy,
  clear: readonly PolicyName[],
): Omit<SitePolicyChange, 'logo'> {
  const { id: siteId, policyPosition: basedOn, policies } = site
  if (service === undefined) {
    const { returnTo = site.returnTo, checks = site.checks, ...wished } = own
    if (clear.includes('returnTo')) throw refused('A site keeps at least one return address: give others instead.')
    const level = without({ ...policies.site, ...wished }, clear)
    const values = Object.keys({ ...level, ...(own.returnTo && { returnTo }) }).join(' ')
    return {
      siteId,
      basedOn,
      returnTo,
      checks: clear.includes('checks') ? [] : checks,
      policies: { ...policies, site: level },
      service: null,
      values,
    }
  }
  const level = without({ ...ownPolicy(policies, checkName(service, 'service')), ...own }, clear)
  const { [service]: _before, ...others } = policies.services
  const services = Object.keys(level).length === 0 ? others : { ...others, [service]: level }
  const values = Object.keys(level).join(' ')
  return {
    siteId,
    basedOn,
    returnTo: site.returnTo,
    checks: site.checks,
    policies: { ...policies, services },
    service,
    values,
  }
}

function without(own: OwnPolicy, clear: readonly PolicyName[]): OwnPolicy {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !clear.includes(name as PolicyName)))
}

/** Nobody is sent to a page that takes none of his proofs, and no service has addresses that its site has not. */
function requireMeetable(policy: Policy, { returnTo, checks, policies }: Omit<SitePolicyChange, 'logo'>): void {
  const taken = sufficient(policy, 'revalidate')
  for (const [service, own] of [['', {}] as const, ...Object.entries<OwnPolicy>(policies.services)]) {
    const whose = service === '' ? 'The site' : `The service ${service}`
    const wanted = commonChecks(checks, own.checks ?? [])
    if (!wanted || (wanted.length > 0 && !wanted.some((name) => taken.includes(name))))
      throw refused(`${whose} would want checks that nobody can meet: a revalidation takes ${taken.join(', ')}.`)
    if (own.returnTo?.some((address) => !isRegistered(returnTo, address)))
      throw refused(`${whose} would have return addresses that are not below one of its site.`)
  }
}

function refused(message: string): IdentityError {
  return new IdentityError('site-invalid', message)
}
