import { setImmediate } from 'node:timers/promises'
import type { Hex } from '../domain/hex.ts'
import type { EventReader, SiteEvent, SiteEvents } from '../domain/site/site-event.ts'
import type { Store } from '../domain/store.ts'
import { Turns } from './turns.ts'

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
/** Rows that are told to who missed them. Beyond them it is less work for both to ask anew. */
const MOST_MISSED = 4 * PAGE
/** Readers of the process that are told at a time what they missed: their pages share one turn of the event loop. */
const CATCH_UPS = 4

/** A reader, and how far he was told. */
interface Following {
  readonly siteId: Hex
  readonly reader: EventReader
  /** while he is not live: everything up to it was told; undefined: begins wherever the feed is */
  since: number | undefined
  /** what was missed is told first; only then what is new */
  stage: 'joined' | 'catching-up' | 'live'
  /** what he missed could not be read the last time */
  failing: boolean
  provenAt: number
}

/**
 * Follows the change feed once for all readers of the process, while there are any. What sites are told was written with
 * the changes themselves, so commit order is the feed's order, and a reader that comes back goes on where he was.
 */
export class EventFollower implements SiteEvents {
  readonly #options: EventFollowerOptions
  readonly #followings = new Set<Following>()
  readonly #turns = new Turns(CATCH_UPS)
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
    const following: Following = {
      siteId,
      reader,
      since,
      stage: 'joined',
      failing: false,
      provenAt: Number.NEGATIVE_INFINITY,
    }
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
      const joined = this.#in('joined')
      const position = await this.#advance()
      for (const following of joined) this.#begin(following, position)
      this.#prove(position, at)
      this.#failing = [...this.#followings].some(({ failing }) => failing)
    } catch (error) {
      this.#fail(error)
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
      for (const following of [...this.#in('live'), ...this.#in('catching-up')]) reset(following, position)
    } else if (before !== undefined && changes.length > 0) {
      const told = await store.siteEvents({ after: before, upTo: position, limit: Number.MAX_SAFE_INTEGER })
      const bySite = Map.groupBy(told, ({ siteId }) => siteId)
      for (const { siteId, reader } of this.#in('live')) tell(reader, bySite.get(siteId) ?? [])
    }
    this.#position = position
    return position
  }

  #begin(following: Following, position: number): void {
    const { since } = following
    if (since !== undefined && since > position) reset(following, position)
    else if (since === undefined || since === position) following.stage = 'live'
    else void this.#catchUp(following)
  }

  /** Apart from the looks: what one reader missed keeps nobody else waiting. */
  async #catchUp(following: Following): Promise<void> {
    following.stage = 'catching-up'
    try {
      await this.#turns.during(() => this.#tellMissed(following))
    } catch (error) {
      // the next look begins again, behind what was told
      if (following.stage === 'catching-up') following.stage = 'joined'
      following.failing = true
      this.#fail(error)
    }
  }

  async #tellMissed(following: Following): Promise<void> {
    const { siteId, reader } = following
    while (this.#isCatchingUp(following)) {
      const [after, upTo] = [following.since ?? 0, this.#position ?? 0]
      const missed = await this.#missed(siteId, after, upTo)
      if (!this.#isCatchingUp(following)) return
      following.failing = false
      if (missed === 'too-much') reset(following, this.#position ?? upTo)
      else {
        tell(reader, missed)
        following.since = missed.length < PAGE ? upTo : missed.at(-1)!.position
        // A look that is under way tells all who are live by then whatever is behind this position.
        if (following.since === this.#position) following.stage = 'live'
      }
      // On SQLite nothing else here waits: between two pages it is everybody else's turn.
      await setImmediate()
    }
  }

  /** The next page of what a reader missed. */
  async #missed(siteId: Hex, after: number, upTo: number): Promise<readonly SiteEvent[] | 'too-much'> {
    const { store } = this.#options
    if (after < (await store.siteEventsForgotten())) return 'too-much'
    const range = { siteId, after, upTo }
    // a site has one event at a position at most
    if (upTo - after > MOST_MISSED) {
      const beyond = await store.siteEvents({ ...range, skip: MOST_MISSED, limit: 1 })
      if (beyond.length > 0) return 'too-much'
    }
    return store.siteEvents({ ...range, limit: PAGE })
  }

  /** Who has left is told nothing more; whom a reset has overtaken, neither. */
  #isCatchingUp(following: Following): boolean {
    return following.stage === 'catching-up' && this.#followings.has(following)
  }

  #fail(error: unknown): void {
    if (!this.#failing) this.#options.failed(error)
    this.#failing = true
  }

  #prove(position: number, at: number): void {
    for (const following of this.#in('live')) {
      if (at - following.provenAt < PROVE_EVERY) continue
      following.provenAt = at
      following.reader.prove(position, at)
    }
  }

  #in(wanted: Following['stage']): Following[] {
    return [...this.#followings].filter(({ stage }) => stage === wanted)
  }
}

/** Whatever was missed is made up for by asking anew. */
function reset(following: Following, position: number): void {
  following.stage = 'live'
  following.reader.reset(position)
}

function tell(reader: EventReader, events: readonly SiteEvent[]): void {
  if (events.length > 0) reader.tell(events)
}
