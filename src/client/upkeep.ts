import type { Api } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import { withinTime } from './hook.ts'
import { type RenewedPair, renewPair } from './renewal.ts'
import { describeSelf, type Reading, type Self } from './self.ts'

export interface UpkeepOptions {
  readonly api: Pick<Api, 'ask' | 'use'>
  /** how often is looked, ms */
  readonly every: number
  /** stores the next certificate and its key; undefined: nobody does */
  readonly renewed: ((pair: RenewedPair) => void | Promise<void>) | undefined
  /** the next certificate is in use: what lives on the older one begins anew */
  readonly used: (pair: RenewedPair) => void
  readonly failed: (error: unknown) => void
  /** how long `renewed` is waited for, ms; default a minute */
  readonly patience?: number
}

const DAY = 24 * 60 * 60_000
/** So long the older certificate goes on beside the newer one. */
const TIME_TOGETHER = 7 * DAY
/** Many sites were started in the same moment. */
const JITTER = 0.1
const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * Looks now and then who you are to the service: follows its issuers, and renews your API certificate.
 *
 * Where nobody stores the next pair, what is stored would end a week after the renewal, and the next start would fail
 * long before its time. So then it is renewed in its last week alone, and before that you are warned.
 */
export class Upkeep {
  readonly #options: UpkeepOptions
  /** and the issuer that each was told last */
  readonly #followers = new Map<(self: Self) => void, string>()
  #self: Self
  /** what was issued and is not stored yet */
  #issued: RenewedPair | undefined
  #timer: NodeJS.Timeout | undefined
  #warned = false
  /** the question for new keys that is under way, and when the last one was asked, ms of `performance.now()` */
  #newReading: Promise<Reading | undefined> | undefined
  #newReadingAt = Number.NEGATIVE_INFINITY
  #closed = false

  private constructor(options: UpkeepOptions, self: Self) {
    this.#options = options
    this.#self = self
  }

  /** @throws CountersignError when the service does not answer, or does not accept your API certificate */
  static async begin(options: UpkeepOptions): Promise<Upkeep> {
    const { self, date } = await describeSelf(options.api)
    const upkeep = new Upkeep(options, self)
    // What is overdue does not wait for a look of its own: some programs are started more often than that.
    upkeep.#waitFrom(date, SECOND)
    return upkeep
  }

  get self(): Self {
    return this.#self
  }

  /** Told when the issuers of browsers' certificates change. @returns what ends that */
  follow(follower: (self: Self) => void): () => void {
    this.#followers.set(follower, this.#self.browserIssuer)
    return () => this.#followers.delete(follower)
  }

  /**
   * Asks for the keys of signed verdicts before it is time for a look, once a minute at most, for all who need them
   * together. It never rejects.
   * @returns undefined: nothing newer can be had now
   */
  async newReading(): Promise<Reading | undefined> {
    if (this.#newReading) return this.#newReading
    const now = performance.now()
    if (now - this.#newReadingAt < MINUTE) return undefined
    this.#newReadingAt = now
    this.#newReading = this.#askReading().finally(() => {
      this.#newReading = undefined
    })
    return this.#newReading
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** It never rejects: what is missed is found at the next look. */
  async look(): Promise<void> {
    clearTimeout(this.#timer)
    let now: number | undefined
    try {
      const { self, date } = await describeSelf(this.#options.api)
      now = date
      this.#learn(self)
      if (date !== undefined) await this.#renewAt(date)
    } catch (error) {
      if (this.#closed) return
      this.#options.failed(error)
      // Nobody could store the newer one, and the older one is over: what lives in memory is used, and offered on.
      if (this.#issued && this.#isOver(error)) this.#use(this.#issued)
    }
    this.#waitFrom(now)
  }

  async #askReading(): Promise<Reading | undefined> {
    try {
      const { self } = await describeSelf(this.#options.api)
      this.#learn(self)
      return self.reading
    } catch (error) {
      this.#options.failed(error)
      return undefined
    }
  }

  #learn(self: Self): void {
    this.#self = self
    for (const [follower, told] of this.#followers) if (told !== self.browserIssuer) this.#tell(follower, self)
  }

  /** One server that cannot be told must not keep the others, or the renewal, from theirs. It is told at the next look. */
  #tell(follower: (self: Self) => void, self: Self): void {
    try {
      follower(self)
      this.#followers.set(follower, self.browserIssuer)
    } catch (error) {
      this.#options.failed(error)
    }
  }

  async #renewAt(now: number): Promise<void> {
    if (now >= this.#self.renewAt) this.#warn()
    if (!this.#issued && now < this.#dueAt()) return
    // What your hook did not take is offered again, and not asked for again.
    const pair = this.#issued ?? (await renewPair(this.#options.api))
    this.#issued = pair
    const { renewed, patience = MINUTE } = this.#options
    // What never ends would end all looks.
    if (renewed) await withinTime(renewed(pair), patience, notStored(patience))
    if (this.#closed) return
    this.#issued = undefined
    this.#use(pair)
  }

  /** Superseded, which the service says; or expired, with which there is no handshake. */
  #isOver(error: unknown): boolean {
    return (error instanceof CountersignError && error.code === 'caller-refused') || Date.now() >= this.#self.notAfter
  }

  #use(pair: RenewedPair): void {
    this.#options.api.use(pair)
    this.#options.used(pair)
  }

  #dueAt(): number {
    const { renewAt, notAfter } = this.#self
    return this.#options.renewed ? renewAt : Math.max(renewAt, notAfter - TIME_TOGETHER)
  }

  #warn(): void {
    if (this.#options.renewed || this.#warned) return
    this.#warned = true
    const end = new Date(this.#self.notAfter).toISOString()
    process.emitWarning(
      `Your API certificate ends at ${end}: give countersign() a hook \`renewed\` that stores the next one`,
    )
  }

  /** @param overdue how long a renewal that should have been waits, ms */
  #waitFrom(now: number | undefined, overdue = this.#options.every): void {
    if (this.#closed) return
    const { every } = this.#options
    const due = now === undefined ? every : this.#dueAt() - now + SECOND
    const wait = Math.min(every, due > SECOND ? due : overdue, DAY)
    this.#timer = setTimeout(() => void this.look(), wait * (1 - Math.random() * JITTER)).unref()
  }
}

function notStored(patience: number): Error {
  return new Error(
    `Your hook \`renewed\` has not stored the next API certificate within ${patience / SECOND} s. It is offered again.`,
  )
}
