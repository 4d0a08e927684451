import type { Clock } from '../../domain/clock.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Store } from '../../domain/store.ts'

/** ms; whoever is refused may come as often as he likes, and each row of the audit stays for ever. */
const SILENCE = 60_000
/** Certificates; the ones that were noted longest ago are forgotten. */
const REMEMBERED = 1_000

/** Audit rows on callers that were refused: one for each certificate in a minute. */
export class RefusalNotes {
  readonly #store: Pick<Store, 'run'>
  readonly #clock: Clock
  readonly #notedAt = new Map<Hex | undefined, number>()

  constructor(store: Pick<Store, 'run'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * @param fingerprint undefined: no certificate was shown
   * @param route the pattern of the address that was asked for
   * @throws IdentityError store-unavailable; the next refusal is noted then
   */
  async note(fingerprint: Hex | undefined, route: string): Promise<void> {
    const now = this.#clock.now()
    if (now - (this.#notedAt.get(fingerprint) ?? Number.NEGATIVE_INFINITY) < SILENCE) return
    this.#remember(fingerprint, now)
    try {
      await this.#store.run('note', {
        at: now,
        actor: 'service:countersign',
        action: 'administration-refused',
        object: fingerprint ?? 'no-certificate',
        detail: { route },
      })
    } catch (error) {
      this.#notedAt.delete(fingerprint)
      throw error
    }
  }

  #remember(fingerprint: Hex | undefined, now: number): void {
    this.#notedAt.delete(fingerprint)
    if (this.#notedAt.size >= REMEMBERED) this.#notedAt.delete(this.#notedAt.keys().next().value)
    this.#notedAt.set(fingerprint, now)
  }
}
