import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Store } from '../store.ts'
import { ACQUAINTANCE, AUDIENCE, ESTABLISHED, HEAVIEST, weightOf } from './trust-rule.ts'
import type { PeopleQuestion } from './trust-store.ts'

interface Weighing {
  readonly store: Pick<Store, 'run' | 'siteStandings' | 'peopleOf'>
  readonly clock: Clock
}

/**
 * Reckons anew what each site's word weighs, oldest site first: a site gains by people whom it shares with older sites, by
 * as much as these weigh themselves, so that weight thins out on its way and no ring of sites can lift itself. Its people
 * are those whom it has met, the same of whom it is heard: it can neither gain by others, nor be measured without them.
 * @returns how many sites weigh anything
 * @throws IdentityError store-unavailable
 */
export async function weighSites({ store, clock }: Weighing): Promise<number> {
  const now = clock.now()
  let [heaviest, heard] = [0, 0]
  for (const { siteId, createdAt } of await store.siteStandings()) {
    const knowing = { siteId, registeredBefore: createdAt, knownBefore: now - ACQUAINTANCE }
    const { people, known } = await drawPeople(store, knowing)
    const isRoot = heaviest < ESTABLISHED
    const merit = { people, shared: isRoot ? people : known / heaviest }
    const weight = weightOf({ age: now - createdAt, ceiling: isRoot ? HEAVIEST : heaviest, ...merit })
    await store.run('weighSite', siteId, { weight, ...merit, at: now })
    heaviest = Math.max(heaviest, weight)
    if (weight > 0) heard++
  }
  return heard
}

/** Answers of SQLite come at once: so many people are looked at before others have their turn. */
const PAGE = 100
/** Of a site that has met few of its people. */
const MOST_LOOKED_AT = 10 * AUDIENCE
const FIRST = ''
/** behind every subject, which is of 32 bytes */
const LAST = 'ff'.repeat(33)

/** Where the drawing begins is drawn anew each time: whoever has himself forgotten and comes back can choose among subjects, not among lots. */
async function drawPeople(
  store: Weighing['store'],
  knowing: Pick<PeopleQuestion, 'siteId' | 'registeredBefore' | 'knownBefore'>,
): Promise<{ people: number; known: number }> {
  const lot = randomBytes(32).toString('hex')
  const drawn = { people: 0, known: 0 }
  let looked = 0
  for (let [after, upTo] = [lot, LAST]; drawn.people < AUDIENCE && looked < MOST_LOOKED_AT; ) {
    const page = await store.peopleOf({ ...knowing, after, upTo, most: PAGE })
    looked += page.length
    drawn.people += page.filter(({ met }) => met).length
    drawn.known += page.reduce((sum, { known }) => sum + known, 0)
    await new Promise(setImmediate)
    if (page.length === PAGE) after = page.at(-1)!.subject
    else if (upTo === lot) break
    else [after, upTo] = [FIRST, lot]
  }
  return drawn
}
