import type { Hex } from '../domain/hex.ts'
import type { EventReader, SiteEvent, SiteEvents } from '../domain/site/site-event.ts'
import type { Store } from '../domain/store.ts'

export interface EventFollowerOptions {
  readonly store: Pick<Store, 'changes' | 'siteEvents' | 'siteEventsForgotten'>
  /** ms of a clock that only runs forward */
  readonly monotonicNow: () => number
  /** told when the store cannot be read any more; nothing is proven until it can */
  readonly failed: (error: unknown) => void
}

/** How often the feed is asked, ms: a part of the time between a revocation and its being known at a site. */
const LOOK_EVERY = 50
/** How often each reader is told how far the telling has come, ms. */
const PROVE_EVERY = 250
/** Rows in one question about what a reader missed. */
const PAGE = 1_000

/** A reader, and how far he was told. */
interface Following {
  readonly siteId: Hex
  readonly reader: EventReader
  /** undefined: begins wherever the feed is */
  readonly since: number | undefined
  /** what was missed is told first; only then what is new */
  live: boolean
  provenAt: number
}

/**
 * Follows the change feed once for all readers of the process, while there are any. What sites are told was written with
 * the changes themselves, so commit order is the feed's order, and a reader that comes back goes on where he was.
 */
export class EventFollower implements SiteEvents {
  readonly #options: EventFollowerOptions
  readonly #followings = new Set<Following>()
  /** everything up to it was told; undefined: nobody has listened yet, or for a while */
  #position: number | undefined
  #timer: NodeJS.Timeout | undefined
  #looking = false
  /** somebody wanted a look while one was under way, which may have asked too early */
  #again = false
  #failing = false
  #closed = false

  constructor(options: EventFollowerOptions) {
    this.#options = options
  }

  /** how many follow at this moment */
  get readers(): number {
    return this.#followings.size
  }

  follow(siteId: Hex, since: number | undefined, reader: EventReader): () => void {
    if (this.#closed) {
      reader.end()
      return () => {}
    }
    const following = { siteId, reader, since, live: false, provenAt: Number.NEGATIVE_INFINITY }
    this.#followings.add(following)
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY).unref()
    return () => {
      this.#followings.delete(following)
      if (this.#followings.size === 0) this.#rest()
    }
  }

  /** Something was committed by this process: its listeners need not wait for the next look. */
  nudge(): void {
    if (this.#timer) void this.#look()
  }

  close(): void {
    this.#closed = true
    const readers = [...this.#followings].map(({ reader }) => reader)
    this.#followings.clear()
    this.#rest()
    for (const reader of readers) reader.end()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#position = undefined
  }

  /** One look at a time: what one has to tell is told before the next one proves anything. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#looking = true
    this.#again = false
    try {
      const at = this.#options.monotonicNow()
      // whoever comes while the store is being asked may know more than it will answer
      const joined = [...this.#followings].filter(({ live }) => !live)
      const position = await this.#advance()
      await Promise.all(joined.map((following) => this.#catchUp(following, position)))
      this.#prove(position, at)
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#options.failed(error)
      this.#failing = true
    } finally {
      this.#looking = false
    }
    if (this.#again) this.nudge()
  }

  /** Tells what is new to all who know everything before it. Returns the position up to which that is. */
  async #advance(): Promise<number> {
    const { store } = this.#options
    const before = this.#position
    const { position, changes } = await store.changes(before ?? 0, 'events')
    if (before !== undefined && changes === 'everything') {
      for (const { reader } of this.#live()) reader.reset(position)
    } else if (before !== undefined && changes.length > 0) {
      const told = await store.siteEvents({ after: before, upTo: position, limit: Number.MAX_SAFE_INTEGER })
      const bySite = Map.groupBy(told, ({ siteId }) => siteId)
      for (const { siteId, reader } of this.#live()) tell(reader, bySite.get(siteId) ?? [])
    }
    this.#position = position
    return position
  }

  /** Tells a reader what he missed. */
  async #catchUp(following: Following, upTo: number): Promise<void> {
    const { store } = this.#options
    const { siteId, since, reader } = following
    if (since !== undefined && (since > upTo || since < (await store.siteEventsForgotten()))) reader.reset(upTo)
    else {
      for (let after = since ?? upTo; after < upTo; ) {
        const missed = await store.siteEvents({ siteId, after, upTo, limit: PAGE })
        tell(reader, missed)
        after = missed.length < PAGE ? upTo : missed.at(-1)!.position
      }
    }
    following.live = true
  }

  #prove(position: number, at: number): void {
    for (const following of this.#live()) {
      if (at - following.provenAt < PROVE_EVERY) continue
      following.provenAt = at
      following.reader.prove(position, at)
    }
  }

  #live(): Following[] {
    return [...this.#followings].filter(({ live }) => live)
  }
}

function tell(reader: EventReader, events: readonly SiteEvent[]): void {
  if (events.length > 0) reader.tell(events)
}
