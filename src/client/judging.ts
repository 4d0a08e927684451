import type { Asks } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import type { Listening, SiteEvent } from './listening.ts'
import { Offline } from './offline.ts'
import { type Connection, holds, People, type Person } from './people.ts'
import type { Reading } from './self.ts'
import type { ValidVerdict, Verdict } from './verdict.ts'
import { type Answered, askMany, askReturning, fingerprintOf, MOST_QUERIES, type Wishes } from './verdict-question.ts'

/** The certificate that somebody showed: the leaf's DER, and its fingerprint. */
export interface Shown {
  readonly der: Uint8Array
  readonly fingerprint: string
  /** who was let in with it, once the connection on which it was shown ends with him; each identity has its own people */
  holder?: Person
}

/** Somebody who was let in is no longer. */
export interface Ended {
  readonly fingerprint: string
  readonly subject: string
  /** undefined: the service could not be asked */
  readonly verdict: Verdict | undefined
}

export interface JudgingOptions {
  readonly api: Asks
  /** the follower of events, once there is one */
  readonly listening: () => Pick<Listening, 'follows' | 'provenAt'> | undefined
  /** how signed verdicts are read */
  readonly reading: () => Reading
  /** asked for where a key is not known; undefined: there is nothing newer */
  readonly newReading: () => Promise<Reading | undefined>
  /** how old the knowledge behind a kept verdict may be, ms */
  readonly bound: number
  /** how long a verdict is kept at most, ms: then the use of the certificate is told by asking again */
  readonly keep: number
  /** people held in memory at most */
  readonly capacity: number
  readonly ended: (ended: Ended) => void
}

/** What is wanted of a verdict on somebody who is here. */
export interface JudgingWishes extends Wishes {
  readonly offline?: boolean | undefined
}

/** The service's times are to the second. */
const SECOND = 1_000
/** A person of whom something is told in every answer's way is not judged for ever. */
const MOST_TRIES = 3
const MOST_NOTED = 1_000
/** Asked at once: a service that hangs keeps nobody waiting behind another, and one that works is not flooded. */
const MOST_BATCHES = 8

/**
 * Decides by the service's verdict; asks for it, or keeps it for as long as the stream of events proves that nothing was
 * told of the person. Once the stream says that somebody changed, no older verdict on him is used: also not one that is
 * still on its way.
 */
export class Judging {
  readonly #options: JudgingOptions
  readonly #people: People
  readonly #offline: Offline
  /** how often something was told */
  #count = 0
  #resetAt = 0
  /** which of these tellings was the last about a subject; only while questions are under way */
  readonly #toldAt = new Map<string, number>()
  #underWay = 0
  #watching = false

  constructor(options: JudgingOptions) {
    this.#options = options
    this.#people = new People(options.capacity)
    this.#offline = new Offline(
      options.capacity,
      (fingerprint, connection) => this.#people.find(fingerprint)?.connections.has(connection) === true,
    )
  }

  /**
   * A verdict that needs no question.
   * @param maxAge seconds
   */
  known(shown: Shown, maxAge: number | undefined): ValidVerdict | undefined {
    const person = this.isAttached(shown) ? shown.holder : this.#people.find(shown.fingerprint)
    const kept = person?.kept
    if (!kept) return undefined
    const now = performance.now()
    return this.#isFresh(now) && holds(kept, maxAge, now) ? kept.verdict : undefined
  }

  /**
   * @param wishes.offline the verdict is wanted signed, so that it serves {@link withoutService} later
   * @throws CountersignError
   */
  async judge(shown: Shown, wishes: JudgingWishes): Promise<Verdict> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const verdict = await this.#ask(shown, wishes)
      if (verdict) return verdict
    }
    throw new CountersignError('unavailable', 'This person changes faster than can be asked.')
  }

  /** Whether the connection on which it was shown ends with its holder: with the one of this table, and of no other. */
  isAttached({ holder }: Shown): boolean {
    return holder?.home === this.#people
  }

  /** The connection is ended when its holder is. */
  attach(shown: Shown, { subject }: ValidVerdict, connection: Connection): void {
    const person = this.#people.admit(shown.fingerprint, subject)
    if (this.#people.attach(person, connection)) shown.holder = person
  }

  /**
   * A verdict that the service signed earlier, for when it cannot be asked; of whom something was told since has none.
   * @param maxAge seconds
   */
  withoutService(fingerprint: string, maxAge: number | undefined): ValidVerdict | undefined {
    return this.#offline.find(fingerprint, maxAge)
  }

  /** The connection is ended with that verdict. */
  attachWithoutService(fingerprint: string, connection: Connection): void {
    this.#offline.attach(fingerprint, connection)
  }

  /** What was known of this subject is void; whoever of them is here is judged anew. */
  async heard({ subject }: SiteEvent): Promise<void> {
    this.#count += 1
    if (this.#underWay > 0) this.#note(subject)
    this.#offline.forget(subject)
    const concerned = this.#people.withSubject(subject)
    for (const person of concerned) person.kept = undefined
    await this.#judgeAgain(concerned)
  }

  async reset(): Promise<void> {
    this.#count += 1
    this.#resetAt = this.#count
    this.#offline.clear()
    const everybody = this.#people.all()
    for (const person of everybody) person.kept = undefined
    await this.#judgeAgain(everybody)
  }

  /** While the stream is older than its bound, whoever has a connection is judged by asking. */
  async watch(): Promise<void> {
    if (this.#watching || this.#isFresh(performance.now())) return
    this.#watching = true
    await this.#judgeAgain(this.#people.all().filter(({ connections }) => connections.size > 0)).finally(() => {
      this.#watching = false
    })
  }

  /** Ends those who are no longer valid, or of whom nothing can be learned. */
  async #judgeAgain(people: readonly Person[]): Promise<void> {
    const { api, bound } = this.#options
    const judgeSome = async (some: readonly Person[]): Promise<void> => {
      const fingerprints = some.map(({ fingerprint }) => fingerprint)
      const verdicts = await askMany(api, fingerprints, bound).catch(() => [])
      for (const [index, person] of some.entries()) this.#settle(person, verdicts[index])
    }
    const batches = Array.from({ length: Math.ceil(people.length / MOST_QUERIES) }, (_, number) =>
      people.slice(number * MOST_QUERIES, (number + 1) * MOST_QUERIES),
    )
    for (let start = 0; start < batches.length; start += MOST_BATCHES)
      await Promise.all(batches.slice(start, start + MOST_BATCHES).map(judgeSome))
  }

  /** Where there is always a question under way these would be kept for ever: then all of those are asked again. */
  #note(subject: string): void {
    this.#toldAt.set(subject, this.#count)
    if (this.#toldAt.size <= MOST_NOTED) return
    this.#toldAt.clear()
    this.#resetAt = this.#count
  }

  #settle(person: Person, verdict: Verdict | CountersignError | undefined): void {
    const known = verdict instanceof CountersignError ? undefined : verdict
    if (known && 'subject' in known && known.verdict !== 'revoked' && known.subject === person.subject) return
    this.#people.end(person)
    if (known) this.#offline.drop(person.fingerprint)
    this.#options.ended({ fingerprint: person.fingerprint, subject: person.subject, verdict: known })
  }

  /** Undefined: while the question was under way something was told of this person. */
  async #ask(shown: Shown, { offline, ...wishes }: JudgingWishes): Promise<Verdict | undefined> {
    const { api, listening, reading, newReading } = this.#options
    const since = this.#count
    const follows = listening()?.follows === true
    this.#underWay += 1
    try {
      const asking = offline ? { ...wishes, reading: reading(), newReading } : wishes
      const answered = await askReturning(api, shown.der, asking)
      const { verdict } = answered
      if (verdict.verdict !== 'valid') {
        if (verdict.verdict === 'needs-revalidation') this.#offline.lapse(shown.fingerprint)
        else this.#offline.drop(shown.fingerprint)
        return verdict
      }
      if (this.#resetAt > since || (this.#toldAt.get(verdict.subject) ?? 0) > since) return undefined
      this.#keep(shown.fingerprint, verdict, answered, follows)
      return verdict
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#toldAt.clear()
    }
  }

  #keep(fingerprint: string, verdict: ValidVerdict, { answer, goodUntil }: Answered, follows: boolean): void {
    if (answer?.date === undefined) return
    // The answer was made in the second that the service names, and later than the question was sent.
    const local = (time: number): number => answer.sentAt + time - answer.date! - SECOND
    const provenAt = local(verdict.validatedAt.getTime())
    const end = local(verdict.expiresAt.getTime())
    if (follows) {
      const until = Math.min(answer.sentAt + this.#options.keep, end)
      this.#people.admit(fingerprint, verdict.subject).kept = { verdict, until, provenAt }
    }
    if (goodUntil !== undefined)
      this.#offline.keep(fingerprint, { verdict, until: Math.min(local(goodUntil), end), provenAt })
  }

  #isFresh(now: number): boolean {
    const listening = this.#options.listening()
    return listening !== undefined && now - listening.provenAt <= this.#options.bound
  }
}

/** @param der the leaf, as the handshake proved it */
export function shownBy(der: Uint8Array): Shown {
  return { der, fingerprint: fingerprintOf(der) }
}
