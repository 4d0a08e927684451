import type { ServerResponse } from 'node:http'
import type { Asker } from '../../domain/asker.ts'
import type { Hex } from '../../domain/hex.ts'
import type { EventReader, SiteEvent } from '../../domain/site-event.ts'
import { pairwiseSubject } from '../../domain/subject.ts'
import type { Verdicts } from '../../domain/verdicts.ts'
import { IdentityError } from '../../errors.ts'

export interface EventStreamOptions {
  readonly verdicts: Pick<Verdicts, 'ask'>
  /** `keyring.subject` */
  readonly subjectKey: Uint8Array
  /** ms of a clock that only runs forward */
  readonly monotonicNow: () => number
}

/** What may lie unread, bytes: whoever reads slower is cut off, and comes back with the id of the last that he has read. */
const MOST_UNREAD = 256 * 1024

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
  readonly #openedAt: number
  /** told, not judged yet */
  #waiting: string[] = []
  #judging = false
  #position = 0

  /** Begins the answer. */
  constructor(options: EventStreamOptions, res: ServerResponse, { fingerprint }: Asker) {
    this.#options = options
    this.#res = res
    this.#caller = fingerprint
    this.#openedAt = options.monotonicNow()
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    res.write(`retry: ${COME_BACK}\n\n`)
  }

  tell(events: readonly SiteEvent[]): void {
    this.#send(
      events.map(({ siteId, subscriberId, generation, event, position, at }) => {
        this.#position = position
        const subject = pairwiseSubject(this.#options.subjectKey, siteId, subscriberId, generation)
        return message(event, position, { subject, at: new Date(at).toISOString() })
      }),
    )
  }

  prove(position: number, at: number): void {
    const since = Math.floor(at - this.#openedAt)
    // asked before the stream began: that proves nothing to its reader
    if (since < 0) return
    this.#position = Math.max(position, this.#position)
    this.#send([message('heartbeat', this.#position, { position: this.#position, at: since })])
  }

  reset(position: number): void {
    this.#position = position
    this.#send([message('reset', position, { position })])
  }

  end(): void {
    this.#waiting = []
    this.#res.end()
  }

  #send(messages: readonly string[]): void {
    this.#waiting.push(...messages)
    if (!this.#judging) this.#judge()
  }

  /** Of what comes while the caller is being judged, that judgment knows nothing: it waits for the next. */
  #judge(): void {
    this.#judging = true
    const judged = this.#waiting.length
    this.#options.verdicts.ask({
      caller: this.#caller,
      queries: [],
      settle: () => this.#flush(judged),
      refuse: (error) => this.#refuse(error),
    })
  }

  #flush(judged: number): void {
    this.#judging = false
    const text = this.#waiting.splice(0, judged).join('')
    if (this.#res.destroyed || this.#res.writableEnded) return
    this.#res.write(text)
    if (this.#res.writableLength > MOST_UNREAD) this.#res.destroy()
    else if (this.#waiting.length > 0) this.#judge()
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
function message(event: string, id: number, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
