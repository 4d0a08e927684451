import type { Test } from 'tap'
import type { Site } from '../../src/domain/site/site.ts'
import type { Store } from '../../src/domain/store.ts'
import type { VouchKind } from '../../src/domain/trust/trust.ts'
import type { Speaker } from '../../src/domain/trust/trust-store.ts'
import { freshStore, type MakeDatabase } from './engine.ts'
import { act, addSite, DAY, type Enrolled, enroll, fresh, NOW, signInRow, walk } from './samples.ts'

/** Two sites that weigh something, and somebody whom both have signed in and met. */
export async function town(t: Test, make: MakeDatabase) {
  const { store } = await freshStore(t, make)
  const [shop, bank] = [await addSite(store), await addSite(store)]
  const owner = await enroll(store)
  for (const site of [shop, bank]) {
    await store.run('signIn', signInRow(site.id, owner.subscriberId))
    await meet(store, site, owner)
    await weigh(store, site, 4)
  }
  return { store, shop, bank, owner }
}

/** The person walks to the site, at `at`; each walk takes the next step of his generator. */
export async function meet(store: Store, { id }: Pick<Site, 'id'>, owner: Enrolled, at = NOW): Promise<void> {
  steps += 1
  const outcome = await store.run('walk', act(at), walk(owner, id, steps))
  if (outcome !== 'passed') throw new Error(`the walk was refused: ${outcome}`)
}

let steps = 0

export function weigh(store: Store, { id }: Site, weight: number): Promise<'weighed'> {
  return store.run('weighSite', id, { weight, people: 9, shared: 8, at: NOW })
}

export function speakerOf({ id }: Site): Speaker {
  return { siteId: id, service: 'web', fingerprint: 'ab'.repeat(32) }
}

export function subjectOf({ id }: Site, { subscriberId }: Pick<Enrolled, 'subscriberId'>): string {
  return signInRow(id, subscriberId).subject
}

export function vouch(store: Store, site: Site, owner: Enrolled, kind: VouchKind, at = NOW) {
  const said = { kind, expiresAt: at + DAY }
  return store.run('vouch', act(at), speakerOf(site), subjectOf(site, owner), said)
}

export function reportWith(given: { severity?: 'abuse' | 'intrusion'; message?: string } = {}) {
  return { id: fresh(), severity: 'suspicious', message: 'Odd.', expiresAt: NOW + 90 * DAY, ...given } as const
}

export async function about(store: Store, site: Site, owner: Enrolled, at = NOW) {
  return store.statementsAbout(site.id, subjectOf(site, owner), at)
}
