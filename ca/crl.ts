import { setImmediate } from 'node:timers/promises'
import type { OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import type { Change } from '../src/domain/feed.ts'
import type { Store } from '../src/domain/store.ts'
import { IdentityError } from '../src/errors.ts'
import { Alarm } from './alarm.ts'
import type { Authority } from './authority.ts'
import { KeptList } from './kept-list.ts'
import { type ListParts, publishRootList } from './list.ts'
import type { Log } from './log.ts'

/** Revocations of other processes are seen by the feed, asked this often. */
const POLL_EVERY = 250
const LAST_RETRY = 10_000
/** So many changes are looked at in one turn of the event loop. */
const LOOKUPS = 20

/** Keeps the revocation lists of the online issuers true and fresh, and publishes the root's as it is. */
export interface ListPublisher {
  /** Tells that something of this issuer was revoked, held or released: a new list follows in the background. */
  nudge(issuer: OnlineIssuer): void
  /** resolves when each issuer's first list of this process is published */
  readonly ready: Promise<void>
  /** Ends all work; a list that is being made is finished first. */
  stop(): Promise<void>
}

export interface ListPublisherParts extends ListParts {
  readonly store: Pick<Store, 'revoked' | 'run' | 'changes' | 'certificate'>
  readonly authority: Pick<Authority, 'issuers' | 'rootList'>
  readonly log: Log
  /** ms between two questions to the feed; default 250 */
  readonly pollEvery?: number
}

/**
 * Starts publishing: a list of each issuer at once, a new one within seconds of a change in this or any other process,
 * and in any case at half of its life. Store and signer may be away for a while: it tries again.
 */
export function createListPublisher(parts: ListPublisherParts): ListPublisher {
  const lists: Readonly<Record<OnlineIssuer, KeptList>> = {
    browser: new KeptList(parts, 'browser', parts.log),
    api: new KeptList(parts, 'api', parts.log),
    internal: new KeptList(parts, 'internal', parts.log),
  }
  const follower = new FeedFollower(parts, lists)
  return {
    nudge: (issuer) => lists[issuer].nudge(),
    ready: Promise.all(Object.values(lists).map((list) => list.ready)).then(() => undefined),
    stop: async () => {
      await Promise.all([follower.stop(), ...Object.values(lists).map((list) => list.stop())])
    },
  }
}

/** Reads the change feed and tells the lists what concerns them. */
class FeedFollower {
  readonly #parts: ListPublisherParts
  readonly #lists: Readonly<Record<OnlineIssuer, KeptList>>
  readonly #alarm = new Alarm()
  #position: number | undefined
  #stopped = false
  readonly #ended: Promise<void>

  constructor(parts: ListPublisherParts, lists: Readonly<Record<OnlineIssuer, KeptList>>) {
    this.#parts = parts
    this.#lists = lists
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#alarm.ring()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { pollEvery = POLL_EVERY, log } = this.#parts
    let pause = pollEvery
    while (!this.#stopped) {
      try {
        await this.#follow()
        pause = pollEvery
      } catch (error) {
        const code = error instanceof IdentityError ? error.code : 'internal'
        log.warn({ code, err: error }, 'the change feed cannot be followed for the revocation lists')
        pause = Math.min(pause * 2, LAST_RETRY)
      }
      await this.#alarm.wait(pause)
    }
  }

  async #follow(): Promise<void> {
    const { store, authority } = this.#parts
    const since = this.#position
    if (since === undefined) await publishRootList(store, authority)
    const { position, changes } = await store.changes(since ?? Number.MAX_SAFE_INTEGER, 'revocation-lists')
    // The first lists are read after the position is known, so that nothing falls between them and the feed.
    if (since === undefined || changes === 'everything') for (const list of Object.values(this.#lists)) list.nudge()
    else await this.#tell(changes)
    this.#position = position
  }

  #listsOf(issuer: string): readonly KeptList[] {
    return Object.entries(this.#lists).flatMap(([name, list]) => (name === issuer ? [list] : []))
  }

  async #tell(changes: readonly Change[]): Promise<void> {
    let looked = 0
    for (const { kind, key } of changes) {
      if (kind === 'serial-given-up') for (const list of this.#listsOf(key)) list.nudge()
      if (kind !== 'certificate') continue
      const record = await this.#parts.store.certificate(key)
      if (record === undefined) for (const list of Object.values(this.#lists)) list.nudge()
      else if (record.issuer === 'root') continue
      else if (record.status === 'active') this.#lists[record.issuer].seenActive(record.serial)
      else this.#lists[record.issuer].nudge()
      if (++looked % LOOKUPS === 0) await setImmediate()
    }
  }
}
