import { type Connection, holds, type KeptVerdict, People, type Person } from './people.ts'
import type { ValidVerdict } from './verdict.ts'

/** A timer stands still while the machine sleeps, ms. */
const LOOK_EVERY = 1_000

/**
 * What the service has signed of whoever was here lately, for the routes of a site that go on without it: up to the end
 * that the service set, and not once something was told of the person.
 */
export class Offline {
  readonly #people: People
  /** whether the holder of a connection is judged by asking again by now */
  readonly #isJudged: (fingerprint: string, connection: Connection) => boolean

  constructor(capacity: number, isJudged: (fingerprint: string, connection: Connection) => boolean) {
    this.#people = new People(capacity)
    this.#isJudged = isJudged
  }

  keep(fingerprint: string, kept: KeptVerdict): void {
    const endsAt = Date.now() + kept.until - performance.now()
    this.#people.admit(fingerprint, kept.verdict.subject).kept = { ...kept, endsAt }
  }

  /** @param maxAge seconds */
  find(fingerprint: string, maxAge: number | undefined): ValidVerdict | undefined {
    const kept = this.#people.find(fingerprint)?.kept
    return kept && holds(kept, maxAge, performance.now()) ? kept.verdict : undefined
  }

  /** The connection is ended with the verdict, unless its holder is judged by asking again by then. */
  attach(fingerprint: string, connection: Connection): void {
    const person = this.#people.find(fingerprint)
    if (!person || person.connections.has(connection)) return
    this.#people.attach(person, connection)
    this.#endInTime(person, connection)
  }

  /** Lets him in no more without a question; what he began is ended in time, unless he is judged again by then. */
  lapse(fingerprint: string): void {
    const person = this.#people.find(fingerprint)
    if (person) person.kept = undefined
  }

  /** The same, and ends what he began. */
  drop(fingerprint: string): void {
    const person = this.#people.find(fingerprint)
    if (person) this.#people.end(person)
  }

  /** Something was told of this subject: what was let in without the service ends; who is judged again since then stays. */
  forget(subject: string): void {
    for (const person of this.#people.withSubject(subject)) this.#void(person)
  }

  /** The same for everybody. */
  clear(): void {
    for (const person of this.#people.all()) this.#void(person)
  }

  #void(person: Person): void {
    person.kept = undefined
    for (const connection of person.connections)
      if (!this.#isJudged(person.fingerprint, connection)) connection.destroy()
  }

  #endInTime(person: Person, connection: Connection): void {
    if (!person.connections.has(connection)) return
    const { kept } = person
    const now = performance.now()
    if (kept && holds(kept, undefined, now)) {
      const wait = Math.min(kept.until - now, LOOK_EVERY)
      setTimeout(() => this.#endInTime(person, connection), wait).unref()
    } else if (!this.#isJudged(person.fingerprint, connection)) connection.destroy()
  }
}
