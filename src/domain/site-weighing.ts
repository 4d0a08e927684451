import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Store } from './store.ts'
import { ACQUAINTANCE, AUDIENCE, ESTABLISHED, weightOf } from './trust-rule.ts'

/**
 * Reckons anew what each site's word weighs, oldest site first: a site gains by people whom it shares with older sites, by
 * as much as these weigh themselves, so that weight thins out on its way and no ring of sites can lift itself.
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
  let [heaviest, heard] = [0, 0]
  for (const { siteId, createdAt } of await store.siteStandings()) {
    const { people, known } = await store.audienceOf({
      siteId,
      most: AUDIENCE,
      // drawn anew each time: whoever has himself forgotten and comes back can choose among subjects, not among lots
      lot: randomBytes(32).toString('hex'),
      registeredBefore: createdAt,
      knownBefore: now - ACQUAINTANCE,
    })
    const merit = { people, shared: heaviest >= ESTABLISHED ? known / heaviest : people }
    const weight = weightOf({ age: now - createdAt, ...merit })
    await store.run('weighSite', siteId, { weight, ...merit, at: now })
    heaviest = Math.max(heaviest, weight)
    if (weight > 0) heard++
  }
  return heard
}
