import type { Hex } from '../hex.ts'
import { countTry } from '../proving/guesses.ts'
import type { Store } from '../store.ts'

const DAY = 86_400_000

/**
 * How often a day one device may do it. Each is a row of the audit for ever, and many are told to every site that knows
 * the person. What makes anything safer, holding and revoking, is always taken; and one device uses up nothing for others.
 */
const MOST_A_DAY = { opening: 200, change: 100, renewal: 10 } as const

/**
 * Counts what an owner does in his account, before it is done.
 * @param now epoch ms
 * @throws IdentityError too-many-guesses, store-unavailable
 */
export function countOwn(
  act: keyof typeof MOST_A_DAY,
  store: Pick<Store, 'run'>,
  { deviceId }: { readonly deviceId: Hex },
  now: number,
): Promise<void> {
  const tries = { key: `own-${act}:${deviceId}`, period: DAY, most: MOST_A_DAY[act] }
  return countTry(store, tries, now, 'This was done too often today from this device. Go on tomorrow.')
}
