import type { Hex } from '../hex.ts'
import { countTry } from '../proving/guesses.ts'
import type { Store } from '../store.ts'

const DAY = 86_400_000

/**
 * How often a day one device may do it. Each is a row of the audit for ever, and many are told to every site that knows
 * the person. What makes anything safer is always taken, since a thief may have used up the day on the same device: to
 * open the account, to hold, to revoke, to take a check away. One device uses up nothing for others, and names nothing
 * for checks.
 */
const MOST_A_DAY = { change: 100, check: 100, renewal: 10 } as const

/** So many visits of one device have a row of the audit each. More open the account as well, and leave none. */
const MOST_VISITS_TOLD = 200

type Counted = keyof typeof MOST_A_DAY

interface OfDevice {
  readonly deviceId: Hex
}

/**
 * Counts what an owner does in his account, before it is done.
 * @param now epoch ms
 * @throws IdentityError too-many-guesses, store-unavailable
 */
export function countOwn(act: Counted, store: Pick<Store, 'run'>, { deviceId }: OfDevice, now: number): Promise<void> {
  const tries = { key: `own-${act}:${deviceId}`, period: DAY, most: MOST_A_DAY[act] }
  return countTry(store, tries, now, 'This was done too often today from this device. Go on tomorrow.')
}

/**
 * A visit is refused by no count: behind it lies all that an owner can do about a thief.
 * @param now epoch ms
 * @returns whether the audit is told of it
 * @throws IdentityError store-unavailable
 */
export async function isVisitTold(store: Pick<Store, 'guesses'>, device: OfDevice, now: number): Promise<boolean> {
  return (await store.guesses(...visitsOf(device, now))) < MOST_VISITS_TOLD
}

/**
 * Counts a visit that has begun; one that was refused must not make room for another that is not told.
 * @throws IdentityError store-unavailable
 */
export async function countVisit(store: Pick<Store, 'run'>, device: OfDevice, now: number): Promise<void> {
  await store.run('guess', ...visitsOf(device, now), MOST_VISITS_TOLD)
}

function visitsOf({ deviceId }: OfDevice, now: number) {
  return [`own-visits:${deviceId}`, now - (now % DAY)] as const
}
