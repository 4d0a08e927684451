import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Store } from '../store.ts'
import { ACQUAINTANCE, AUDIENCE, ESTABLISHED, weightOf } from './trust-rule.ts'
import type { PeopleQuestion } from './trust-store.ts'

interface Weighing {
  readonly store: Pick<Store, 'run' | 'siteStandings' | 'peopleOf'>
  readonly clock: Clock
}

/**
 * Reckons anew what each site's word weighs, oldest site first: a site gains by people whom both it and older sites have met,
 * by as much as these weigh themselves, so that weight thins out on its way and no ring of sites can lift itself. Whom it has
 * not met is one of its people all the same: else it could choose by whom it is measured.
 * @returns how many sites weigh anything
 * @throws IdentityError store-unavailable
 */
export async function weighSites({ store, clock }: Weighing): Promise<number> {
  const now = clock.now()
  let [heaviest, heard] = [0, 0]
  for (const { siteId, createdAt } of await store.siteStandings()) {
    const knowing = { siteId, registeredBefore: createdAt, metBefore: now - ACQUAINTANCE }
    const { people, met, known } = await drawPeople(store, knowing)
    const merit = { people, shared: heaviest >= ESTABLISHED ? known / heaviest : met }
    const weight = weightOf({ age: now - createdAt, ...merit })
    await store.run('weighSite', siteId, { weight, ...merit, at: now })
    heaviest = Math.max(heaviest, weight)
    if (weight > 0) heard++
  }
  return heard
}

/** Answers of SQLite come at once: so many people are looked at before others have their turn. */
const PAGE = 100
const FIRST = ''
/** behind every subject, which is of 32 bytes */
const LAST = 'ff'.repeat(33)

/** Where the drawing begins is drawn anew each time: whoever has himself forgotten and comes back can choose among subjects, not among lots. */
async function drawPeople(
  store: Weighing['store'],
  knowing: Pick<PeopleQuestion, 'siteId' | 'registeredBefore' | 'metBefore'>,
): Promise<{ people: number; met: number; known: number }> {
  const lot = randomBytes(32).toString('hex')
  const drawn = { people: 0, met: 0, known: 0 }
  for (let [after, upTo] = [lot, LAST]; drawn.people < AUDIENCE; ) {
    const page = await store.peopleOf({ ...knowing, after, upTo, most: PAGE })
    drawn.people += page.length
    drawn.met += page.filter(({ met }) => met).length
    drawn.known += page.reduce((sum, { known }) => sum + known, 0)
    await new Promise(setImmediate)
    if (page.length === PAGE) after = page.at(-1)!.subject
    else if (upTo === lot) break
    else [after, upTo] = [FIRST, lot]
  }
  return drawn
}
