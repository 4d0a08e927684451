import { randomBytes } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { CHECKS, type CheckName } from '../proving/check.ts'
import type { Store } from '../store.ts'
import { registerReturnAddress } from './return-address.ts'
import { RIGHTS, type Right, rightsOf } from './right.ts'
import type { Site } from './site.ts'
import { NO_POLICIES } from './site-wishes.ts'

/** A DNS label's letters: the name becomes part of a URN in its services' certificates. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** More would not be read by anybody. */
const MAX_ADDRESSES = 100

export interface SiteRegistry {
  /** @throws IdentityError site-invalid, site-exists */
  add(actor: Actor, wish: { name: string; returnTo: readonly string[]; checks?: readonly string[] }): Promise<Site>
  /** Removes the site and revokes every certificate of its services. @throws IdentityError site-unknown */
  remove(actor: Actor, name: string): Promise<void>
  /**
   * Gives a service exactly these rights; none takes all away. It counts from the service's next question on.
   * @throws IdentityError site-unknown, site-invalid
   */
  setRights(actor: Actor, name: string, service: string, rights: readonly string[]): Promise<readonly Right[]>
  /** Gives a service rights beside those it has. @throws IdentityError site-unknown, site-invalid */
  grant(actor: Actor, name: string, service: string, rights: readonly string[]): Promise<readonly Right[]>
  /** @throws IdentityError site-unknown */
  named(name: string): Promise<Site>
}

export function createSiteRegistry({
  store,
  clock,
}: {
  store: Pick<Store, 'run' | 'site'>
  clock: Clock
}): SiteRegistry {
  const named = async (name: string): Promise<Site> => {
    const site = await store.site({ name })
    if (site) return site
    throw new IdentityError(
      'site-unknown',
      `There is no site called ${JSON.stringify(name)}. \`countersign site list\` shows those there are.`,
    )
  }
  const setRights: SiteRegistry['setRights'] = async (actor, name, service, wanted) => {
    const site = await named(name)
    const rights = readRights(wanted)
    await store.run('setRights', { at: clock.now(), actor }, site.id, checkName(service, 'service'), rights)
    return rights
  }
  return {
    named,
    setRights,
    async grant(actor, name, service, rights) {
      const before = rightsOf((await named(name)).rights, service)
      return setRights(actor, name, service, [...before, ...rights])
    },
    async add(actor, wish) {
      const site: Site = {
        id: randomBytes(16).toString('hex'),
        name: checkName(wish.name, 'site'),
        returnTo: readAddresses(wish.returnTo),
        checks: readChecks(wish.checks ?? []),
        rights: {},
        policies: NO_POLICIES,
        policyPosition: 0,
        createdAt: clock.now(),
      }
      const outcome = await store.run('addSite', { at: site.createdAt, actor }, site)
      if (outcome === 'name-taken')
        throw new IdentityError(
          'site-exists',
          `There is a site called ${site.name} already. Choose another name, or remove it first.`,
        )
      return site
    },
    async remove(actor, name) {
      await store.run('removeSite', { at: clock.now(), actor }, (await named(name)).id)
    },
  }
}

/**
 * Checks the name of a site or of a service.
 * @throws IdentityError site-invalid
 */
export function checkName(name: string, what: 'site' | 'service'): string {
  if (NAME.test(name)) return name
  throw new IdentityError(
    'site-invalid',
    `A ${what}'s name has 1 to 63 lower-case letters, digits and hyphens, like "${what === 'site' ? 'shop' : 'web'}".`,
  )
}

/** @throws IdentityError site-invalid */
export function readAddresses(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0 || addresses.length > MAX_ADDRESSES) {
    throw new IdentityError(
      'site-invalid',
      `A site registers 1 to ${MAX_ADDRESSES} return addresses, the first being the default.`,
    )
  }
  return [...new Set(addresses.map(registerReturnAddress))]
}

/** @throws IdentityError site-invalid */
export function readChecks(names: readonly string[]): readonly CheckName[] {
  return names.map((name) => {
    const check = CHECKS.find((known) => known === name)
    if (!check)
      throw new IdentityError('site-invalid', `${JSON.stringify(name)} is not a check. There are ${CHECKS.join(', ')}.`)
    return check
  })
}

function readRights(names: readonly string[]): readonly Right[] {
  const rights = names.map((name) => {
    const right = RIGHTS.find((known) => known === name)
    if (!right)
      throw new IdentityError('site-invalid', `${JSON.stringify(name)} is not a right. There are ${RIGHTS.join(', ')}.`)
    return right
  })
  return [...new Set(rights)]
}
