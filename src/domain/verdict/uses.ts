import type { Hex } from '../hex.ts'
import type { Policy } from '../policy.ts'
import type { Store } from '../store.ts'

/**
 * The grain of last uses: a hundredth of the idle period, so that somebody may be called idle so much earlier, never
 * later; and an hour at most, since that is what owners are shown.
 */
const GRAIN = 0.01
const COARSEST = 3_600_000

/**
 * Whether a use is worth a row: by the million, rows that `idle` has no need of would keep the writer busy.
 * @param usedAt the last one that was, epoch ms
 */
export function isNewUse(usedAt: number | null, now: number, { idle }: Pick<Policy, 'idle'>): boolean {
  return usedAt === null || now - usedAt >= Math.min(idle * GRAIN, COARSEST)
}

/** Rows in one write. */
const BATCH = 1_000

/**
 * Last uses, gathered in memory and written in batches: a verdict writes nothing. A crash loses at most one interval,
 * which can make somebody prove himself a moment early, never late.
 */
export class Uses {
  readonly #store: Store
  #gathered = new Map<Hex, number>()

  constructor(store: Store) {
    this.#store = store
  }

  /** @param at epoch ms */
  saw(fingerprint: Hex, at: number): void {
    this.#gathered.set(fingerprint, at)
  }

  /** Writes what was gathered. What could not be written is kept for the next time. */
  async write(): Promise<void> {
    const rows = [...this.#gathered].map(([fingerprint, at]) => ({ fingerprint, at }))
    this.#gathered = new Map()
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH)
      await this.#store.run('uses', batch).catch((error: unknown) => {
        for (const { fingerprint, at } of rows.slice(start))
          if (!this.#gathered.has(fingerprint)) this.#gathered.set(fingerprint, at)
        throw error
      })
    }
  }
}
