import type { Change } from '../../src/domain/feed.ts'
import type { EventReader, SiteEvent, SiteEventName } from '../../src/domain/site/site-event.ts'

const OWNER = '5a'.repeat(16)

/** Notes what it hears. */
export class Ear implements EventReader {
  readonly heard: SiteEventName[] = []
  readonly proven: number[] = []
  readonly resets: number[] = []
  /** since the first event */
  readonly order: (SiteEventName | number)[] = []
  ended = false
  onTold = () => {}

  tell(events: readonly SiteEvent[]): void {
    for (const { event } of events) {
      this.heard.push(event)
      this.order.push(event)
    }
    this.onTold()
  }

  prove(position: number): void {
    this.proven.push(position)
    if (this.order.length > 0) this.order.push(position)
  }

  reset(position: number): void {
    this.resets.push(position)
  }

  end(): void {
    this.ended = true
  }
}

/** A feed in memory, which can stall, go away, and lose its past. */
export class Feed {
  readonly #changes: Change[] = []
  readonly #events: SiteEvent[] = []
  readonly pages: number[] = []
  forgotten = 0
  away = false
  /** rows, that is; the feed's position is known */
  unreadable = false
  refusals = 0
  asked = 0
  stalled = 0
  #gate: Promise<void> | undefined

  commit(event: SiteEventName | undefined, ...sites: readonly string[]): void {
    const position = this.#changes.length + 1
    this.#changes.push({ position, kind: 'certificate', key: 'ab'.repeat(32) })
    for (const siteId of sites)
      this.#events.push({ position, siteId, subscriberId: OWNER, generation: 0, event: event!, at: 0 })
  }

  setBack(): void {
    this.#changes.length = 0
    this.#events.length = 0
  }

  /** The next questions wait until the returned function is called. */
  stall(_question: 'siteEvents'): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return resolve
  }

  readonly store = {
    changes: (since: number) => {
      this.asked += 1
      if (this.away) {
        this.refusals += 1
        throw new Error('away')
      }
      const position = this.#changes.length
      const changes = since > position ? ('everything' as const) : this.#changes.slice(since)
      return { position, changes }
    },
    siteEvents: async (range: { after: number; upTo: number; siteId?: string; limit: number; skip?: number }) => {
      if (this.#gate) {
        this.stalled += 1
        await this.#gate
      }
      if (this.unreadable) {
        this.refusals += 1
        throw new Error('unreadable')
      }
      const found = this.#events
        .filter(({ position }) => position > range.after && position <= range.upTo)
        .filter(({ siteId }) => range.siteId === undefined || siteId === range.siteId)
        .slice(range.skip ?? 0, (range.skip ?? 0) + range.limit)
      if (range.siteId !== undefined && range.skip === undefined) this.pages.push(found.length)
      return found
    },
    siteEventsForgotten: () => this.forgotten,
  }
}
