import type { ServerResponse } from 'node:http'
import type { Hex } from '../../domain/hex.ts'
import type { Keyring } from '../../domain/keyring.ts'
import type { Asker } from '../../domain/site/asker.ts'
import type { EventIds } from '../../domain/site/event-id.ts'
import type { Site } from '../../domain/site/site.ts'
import { type EventReader, SITE_EVENTS, type SiteEvent } from '../../domain/site/site-event.ts'
import type { EffectivePolicy } from '../../domain/site/site-policy.ts'
import { pairwiseSubject } from '../../domain/site/subject.ts'
import type { Verdicts } from '../../domain/verdict/verdicts.ts'
import { IdentityError } from '../../errors.ts'

export interface EventStreamOptions {
  readonly verdicts: Pick<Verdicts, 'ask'>
  readonly keyring: Pick<Keyring, 'subject'>
  /** ms of a clock that only runs forward */
  readonly monotonicNow: () => number
}

/** As it is sent, and by which name. */
interface Message {
  readonly event: string
  readonly text: string
}

/** What may lie unread, bytes: whoever reads slower is cut off, and comes back with the id of the last that he has read. */
const MOST_UNREAD = 256 * 1024

/**
 * So many messages wait for a judgment: as many as anybody who comes back is told at most. They have some 200 bytes each,
 * so a stream never holds more than about 1 MiB, twice while it is written, whatever becomes of its reader and the store.
 * Beyond them it is less work for the reader, too, to ask anew.
 */
const MOST_WAITING = 4_000

/** How soon a reader comes back when a stream has ended, ms. https://html.spec.whatwg.org/multipage/server-sent-events.html */
const COME_BACK = 1_000

/**
 * One service's stream of Server-Sent Events. Nothing is sent before the calling service was judged once more, later than
 * what is to be sent became known: a certificate that is revoked ends its stream at the next heartbeat at the latest.
 */
export class EventStream implements EventReader {
  readonly #options: EventStreamOptions
  readonly #res: ServerResponse
  readonly #caller: Hex
  readonly #ids: EventIds
  readonly #openedAt: number
  /** told, not judged yet */
  #waiting: Message[] = []
  /** so many of them became known before the judgment that is under way */
  #judged = 0
  #judging = false
  #position = 0
  /** the feed's position up to which its reader knows the policies of the site */
  #policyKnown: number

  /**
   * Begins the answer.
   * @param ids those of the asker's site
   * @param since the position up to which the reader knows everything; undefined: he begins now
   */
  constructor(
    options: EventStreamOptions,
    res: ServerResponse,
    { fingerprint, site }: Asker,
    ids: EventIds,
    since?: number,
  ) {
    this.#options = options
    this.#res = res
    this.#caller = fingerprint
    this.#ids = ids
    this.#openedAt = options.monotonicNow()
    this.#position = since ?? 0
    this.#policyKnown = since ?? site.policyPosition
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    res.write(`retry: ${COME_BACK}\n\n`)
  }

  tell(events: readonly SiteEvent[]): void {
    const last = events.at(-1)
    if (last && !this.#hasRoom(events.length)) {
      this.#forget(last.position)
      return
    }
    this.#send(
      events.map(({ siteId, subscriberId, generation, event, position, at }) => {
        this.#position = position
        const subject = pairwiseSubject(this.#options.keyring.subject, siteId, subscriberId, generation)
        return message(event, this.#ids.seal(position), { subject, at: toSecond(at) })
      }),
    )
  }

  prove(position: number, at: number): void {
    const since = Math.floor(at - this.#openedAt)
    // asked before the stream began: that proves nothing to its reader
    if (since < 0) return
    this.#position = Math.max(position, this.#position)
    if (!this.#hasRoom(1)) {
      this.#forget(this.#position)
      return
    }
    const id = this.#ids.seal(this.#position)
    this.#send([message('heartbeat', id, { position: id, at: since })])
  }

  reset(position: number): void {
    this.#position = position
    this.#send([this.#resetMessage()])
  }

  end(): void {
    this.#waiting = []
    this.#res.end()
  }

  #hasRoom(messages: number): boolean {
    return this.#waiting.length + messages <= MOST_WAITING
  }

  /** Of all that waits nothing is told but that it was too much. */
  #forget(position: number): void {
    this.#waiting = []
    this.#judged = 0
    this.reset(position)
  }

  #send(messages: readonly Message[]): void {
    if (this.#isOver) return
    this.#waiting.push(...messages)
    if (!this.#judging) this.#judge()
  }

  /** Of what comes while the caller is being judged, that judgment knows nothing: it waits for the next. */
  #judge(): void {
    this.#judging = true
    this.#judged = this.#waiting.length
    this.#options.verdicts.ask({
      caller: this.#caller,
      queries: [],
      settle: (asker) => this.#flush(asker),
      refuse: (error) => this.#refuse(error),
    })
  }

  #flush({ site, policy }: Asker): void {
    this.#judging = false
    const text = this.#waiting
      .splice(0, this.#judged)
      .filter(({ event }) => isWanted(policy, event))
      .map(({ text }) => text)
      .join('')
    if (this.#isOver) return
    this.#res.write(this.#policyNews(site) + text)
    if (this.#res.writableLength > MOST_UNREAD) this.#res.destroy()
    else if (this.#waiting.length > 0) this.#judge()
  }

  get #isOver(): boolean {
    return this.#res.destroyed || this.#res.writableEnded
  }

  /** What is valid under one policy may not be under the next: whatever the reader keeps is void. */
  #policyNews({ policyPosition }: Site): string {
    if (policyPosition <= this.#policyKnown) return ''
    this.#policyKnown = policyPosition
    return this.#resetMessage().text
  }

  #resetMessage(): Message {
    const id = this.#ids.seal(this.#position)
    return message('reset', id, { position: id })
  }

  /** Who is refused hears no more; while the store is away nothing is proven, and the reader sees it by that. */
  #refuse(error: unknown): void {
    this.#judging = false
    if (error instanceof IdentityError && error.code === 'store-unavailable') return
    this.#waiting = []
    this.#res.destroy()
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function message(event: string, id: string, data: object): Message {
  return { event, text: `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n` }
}

/**
 * By the millisecond two sites could find out that they were told of the same act.
 * @param at epoch ms
 */
function toSecond(at: number): string {
  return new Date(Math.floor(at / 1_000) * 1_000).toISOString()
}

/** Heartbeats and resets are no events of people: they are always told. */
function isWanted({ events }: EffectivePolicy, event: string): boolean {
  return !(SITE_EVENTS as readonly string[]).includes(event) || (events as readonly string[]).includes(event)
}
