import type { ValidVerdict } from './verdict.ts'

/** What can be ended: a TLS connection, an HTTP/2 session. */
export interface Connection {
  /** its `close` has been told, or is about to be */
  readonly destroyed?: boolean
  destroy(): void
  once(event: 'close', listener: () => void): unknown
}

/** A verdict that holds until it is told otherwise, or its time is over. Times in ms of `performance.now()`. */
export interface KeptVerdict {
  readonly verdict: ValidVerdict
  readonly until: number
  /** the owner proved himself then, or a little later */
  readonly provenAt: number
  /** its end by the clock on the wall, epoch ms, which goes on while a machine sleeps; where that may matter */
  readonly endsAt?: number
}

const SECOND = 1_000

/** @param maxAge seconds. @param now ms of `performance.now()` */
export function holds({ until, provenAt, endsAt }: KeptVerdict, maxAge: number | undefined, now: number): boolean {
  if (endsAt !== undefined && Date.now() >= endsAt) return false
  return now < until && (maxAge === undefined || now < provenAt + maxAge * SECOND)
}

/** The holder of one certificate. */
export interface Person {
  readonly fingerprint: string
  readonly subject: string
  /** the table that he is in, or was */
  readonly home: People
  kept: KeptVerdict | undefined
  /** those on which a request of his was let in, and which live */
  readonly connections: Set<Connection>
}

/** Whoever was let in lately, by certificate and by subject. Bounded, and never the source. */
export class People {
  readonly #capacity: number
  readonly #people = new Map<string, Person>()
  readonly #bySubject = new Map<string, Set<Person>>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#people.size
  }

  find(fingerprint: string): Person | undefined {
    return this.#people.get(fingerprint)
  }

  /** The holder of this certificate, whose subject is this one now. */
  admit(fingerprint: string, subject: string): Person {
    const known = this.#people.get(fingerprint)
    if (known?.subject === subject) return known
    // somebody else than before: what he began under the old subject is not his any more
    if (known) this.end(known)
    const person: Person = { fingerprint, subject, home: this, kept: undefined, connections: new Set() }
    this.#people.set(fingerprint, person)
    this.#of(subject).add(person)
    this.#makeRoom(person)
    return person
  }

  /**
   * Remembers a connection until it closes.
   * @returns false: it has closed already, while its holder was asked about, and would be remembered for ever
   */
  attach(person: Person, connection: Connection): boolean {
    if (connection.destroyed) {
      this.#removeUnused(person)
      return false
    }
    if (person.connections.has(connection)) return true
    person.connections.add(connection)
    connection.once('close', () => {
      person.connections.delete(connection)
      this.#removeUnused(person)
    })
    return true
  }

  /** Everybody with this subject. */
  withSubject(subject: string): readonly Person[] {
    return [...(this.#bySubject.get(subject) ?? [])]
  }

  /** Everybody who is known. */
  all(): readonly Person[] {
    return [...this.#people.values()]
  }

  /** Ends his connections, and forgets him. */
  end(person: Person): void {
    this.#remove(person)
    for (const connection of person.connections) connection.destroy()
  }

  #of(subject: string): Set<Person> {
    const known = this.#bySubject.get(subject)
    if (known) return known
    const made = new Set<Person>()
    this.#bySubject.set(subject, made)
    return made
  }

  #removeUnused(person: Person): void {
    if (!person.kept && person.connections.size === 0) this.#remove(person)
  }

  /** Nobody tells whoever is not here what changed, so he keeps nothing either: his connections may know him still. */
  #remove(person: Person): void {
    person.kept = undefined
    if (this.#people.get(person.fingerprint) === person) this.#people.delete(person.fingerprint)
    const others = this.#bySubject.get(person.subject)
    others?.delete(person)
    if (others?.size === 0) this.#bySubject.delete(person.subject)
  }

  /** Who has a connection stays, and who is about to have one: its end depends on being found here. */
  #makeRoom(newcomer: Person): void {
    if (this.#people.size <= this.#capacity) return
    for (const person of this.#people.values()) {
      if (person === newcomer || person.connections.size > 0) continue
      this.#remove(person)
      return
    }
  }
}
