import type { OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import type { Hex } from '../src/domain/hex.ts'
import { IdentityError } from '../src/errors.ts'
import { Alarm } from './alarm.ts'
import { LIST_LIFETIME, type ListParts, type PublishedList, publishList } from './list.ts'
import type { Log } from './log.ts'

const SECOND = 1_000

/** Renewed at half of its life, a list outlives an outage of half a day. */
const RENEW_AFTER = LIST_LIFETIME / 2
/** A list that is dated this far ahead comes from a clock that was wrong. */
const AHEAD = 60 * SECOND
/** How often it is looked at whether the time has come; also how late a clock that was set is noticed. */
const LOOK_EVERY = 10 * SECOND

const FIRST_RETRY = 200
const LAST_RETRY = 5 * SECOND
/** The longest pause between two lists in a flood of revocations: within 5 s each has to be on one. */
const LONGEST_PAUSE = 2 * SECOND
const SHORTEST_PAUSE = 100

export interface KeptListParts extends ListParts {
  /** ms between two looks at the clock; default 10,000 */
  readonly lookEvery?: number
}

/** The CRL of one issuer, kept true and fresh from the first nudge on. */
export class KeptList {
  readonly #parts: KeptListParts
  readonly #issuer: OnlineIssuer
  readonly #log: Log
  readonly #alarm = new Alarm()
  /** the pause after a list, which only the end cuts short */
  readonly #rest = new Alarm()
  readonly #stop = new AbortController()
  #stale = false
  #retry = FIRST_RETRY
  #latest: PublishedList | undefined
  /** seen active while a list is being made: if that list still has them by a hold, it is stale already */
  #seenActive: Set<Hex> | undefined
  readonly #ended: Promise<void>
  /** resolves when the first list is published */
  readonly ready: Promise<void>

  constructor(parts: KeptListParts, issuer: OnlineIssuer, log: Log) {
    this.#parts = parts
    this.#issuer = issuer
    this.#log = log
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ready = promise
    this.#ended = this.#run(resolve)
  }

  /** Something was revoked, held or released. */
  nudge(): void {
    this.#stale = true
    this.#alarm.ring()
  }

  /** This certificate is active: where the list has it, its hold was lifted. */
  seenActive(serial: Hex): void {
    if (this.#latest?.held.has(serial)) this.nudge()
    this.#seenActive?.add(serial)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#alarm.ring()
    this.#rest.ring()
    await this.#ended
  }

  async #run(published: () => void): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (!this.#isDue()) {
        await this.#alarm.wait(this.#parts.lookEvery ?? LOOK_EVERY)
        continue
      }
      const pause = await this.#publish()
      if (this.#latest) published()
      await this.#rest.wait(pause)
    }
  }

  #isDue(): boolean {
    if (this.#stale || this.#latest === undefined) return this.#stale
    const age = this.#parts.clock.now() - this.#latest.thisUpdate
    return age >= RENEW_AFTER || age < -AHEAD
  }

  /** @returns how long to rest before the next one, ms */
  async #publish(): Promise<number> {
    const start = performance.now()
    this.#stale = false
    this.#seenActive = new Set()
    try {
      const list = await publishList(this.#parts, this.#issuer, this.#stop.signal)
      this.#latest = list
      this.#retry = FIRST_RETRY
      if ([...this.#seenActive].some((serial) => list.held.has(serial))) this.#stale = true
      const duration = performance.now() - start
      const { number, entries } = list
      this.#log.info({ issuer: this.#issuer, number, entries, duration }, 'revocation list published')
      return Math.min(Math.max(SHORTEST_PAUSE, 2 * duration), LONGEST_PAUSE)
    } catch (error) {
      if (this.#stop.signal.aborted) return 0
      this.#stale = true
      const code = error instanceof IdentityError ? error.code : 'internal'
      this.#log.error({ issuer: this.#issuer, code, err: error }, 'no new revocation list could be published')
      const pause = this.#retry
      this.#retry = Math.min(pause * 2, LAST_RETRY)
      return pause
    } finally {
      this.#seenActive = undefined
    }
  }
}
