import type { Clock } from './clock.ts'
import type { Store } from './store.ts'
import { ACQUAINTANCE, AUDIENCE, ESTABLISHED, weightOf } from './trust-rule.ts'

/**
 * Reckons anew what each site's word weighs, oldest site first: a site gains by people whom it shares with established
 * sites that are older than itself, so no ring of sites can lift itself. Until one is established, each counts by its own.
 * @returns how many sites weigh anything
 * @throws IdentityError store-unavailable
 */
export async function weighSites({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'run' | 'siteStandings' | 'audienceOf'>
  readonly clock: Clock
}): Promise<number> {
  const now = clock.now()
  let [rooted, heard] = [false, 0]
  for (const { siteId, createdAt } of await store.siteStandings()) {
    const { people, shared } = await store.audienceOf({
      siteId,
      most: AUDIENCE,
      weight: ESTABLISHED,
      registeredBefore: createdAt,
      knownBefore: now - ACQUAINTANCE,
    })
    const merit = { people, shared: rooted ? shared : people }
    const weight = weightOf({ age: now - createdAt, ...merit })
    await store.run('weighSite', siteId, { weight, ...merit, at: now })
    rooted ||= weight >= ESTABLISHED
    if (weight > 0) heard++
  }
  return heard
}
