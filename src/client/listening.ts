import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { type ApiOptions, CHECKED, type KeyPair } from './api.ts'
import { fieldsOf, requireText } from './verdict.ts'

/** What the service tells of a person whom your site has signed in. */
export interface SiteEvent {
  /** `revoked`, `held`, `released`, `needs-revalidation`, `erased`, or a later word */
  readonly event: string
  readonly subject: string
  readonly at: Date
}

export interface ListeningOptions extends Omit<ApiOptions, 'timeout'> {
  /** called before anything later is believed */
  readonly told: (event: SiteEvent) => void
  /** something may have been missed: whatever is known is void */
  readonly reset: () => void
}

/** Heartbeats come four times a second: so long a silence is a dead connection, ms. */
const SILENCE = 2_000
/** ms */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5_000
/** A heartbeat cannot come before it was sent: then one of two clocks goes wrong, ms. */
const AHEAD = 100
/** Nor later and later: then one does, or the way is clogged; in either case a new stream knows better, ms. */
const LATE = 500
const LATE_FOR = 2_000
/** No message of ours is near it, bytes. */
const LONGEST_MESSAGE = 64 * 1024

/** One stream's time: its ages are added to the moment in which it was begun. */
interface StreamTime {
  readonly begun: number
  /** how late the earliest of its heartbeats was, ms */
  least: number
  /** when one was no later than that, or hardly */
  punctualAt: number
}

/** Follows the service's events, and knows how old its knowledge is. */
export class Listening {
  readonly #options: ListeningOptions
  #pair: KeyPair
  #question: ClientRequest | undefined
  #timer: NodeJS.Timeout | undefined
  #pause = FIRST_PAUSE
  #closed = false
  /** the id of the last message; from there it goes on */
  #last: string | undefined
  /** everything that happened up to then was told, ms of `performance.now()` */
  #provenAt = Number.NEGATIVE_INFINITY

  constructor(options: ListeningOptions) {
    this.#options = options
    this.#pair = options
    this.#connect()
  }

  /** What happens from now on will be told, however late: a verdict may be kept. */
  get follows(): boolean {
    return this.#last !== undefined
  }

  /** Up to then everything was told, ms of `performance.now()`. */
  get provenAt(): number {
    return this.#provenAt
  }

  /** Listens by this certificate from now on, going on where it was. */
  use(pair: KeyPair): void {
    this.#pair = pair
    this.#question?.destroy()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#question?.destroy()
  }

  #connect(): void {
    const { url, ca } = this.#options
    const { cert, key } = this.#pair
    const headers = this.#last === undefined ? {} : { 'last-event-id': this.#last }
    // The stream begins after this moment, so its ages count from here: a heartbeat can only be younger than it claims.
    const begun = performance.now()
    const line = { ...CHECKED, cert, key, ca, agent: false, timeout: SILENCE } as const
    const question = request(new URL('/v1/events', url), { ...line, headers })
    this.#question = question
    const time = { begun, least: Number.POSITIVE_INFINITY, punctualAt: begun }
    question.once('response', (answer) => this.#read(answer, time))
    question.once('timeout', () => question.destroy(new Error('silence')))
    question.on('error', () => {})
    question.once('close', () => this.#comeBack())
    question.end()
  }

  #comeBack(): void {
    if (this.#closed) return
    // Many sites lose their streams in the same moment.
    const pause = this.#pause * (0.5 + Math.random() / 2)
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
    this.#timer = setTimeout(() => this.#connect(), pause).unref()
  }

  #read(answer: IncomingMessage, time: StreamTime): void {
    if (answer.statusCode !== 200) {
      // An id that the service cannot read any more would be refused for ever; without one all is asked anew.
      if (answer.statusCode === 400) this.#last = undefined
      answer.destroy()
      return
    }
    answer.on('error', () => {})
    let rest = ''
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\n\n')
      rest = messages.pop() ?? ''
      try {
        if (rest.length > LONGEST_MESSAGE) throw new TypeError('a message without end')
        for (const message of messages) this.#hear(message, time)
      } catch (error) {
        // Whatever this was, it cannot be passed over: what is known ages from now on.
        answer.destroy(error instanceof Error ? error : undefined)
      }
    })
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
  #hear(message: string, time: StreamTime): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1]
    const [id, event, data] = [field('id'), field('event'), field('data')]
    if (id === undefined || event === undefined || data === undefined) return
    const fields = fieldsOf(JSON.parse(data))
    // what was learned by asking before the first message: nobody has told what became of it since
    if (this.#last === undefined) this.#options.reset()
    if (event === 'heartbeat') this.#prove(time, Number(fields.at))
    else if (event === 'reset') this.#options.reset()
    else
      this.#options.told({
        event,
        subject: requireText(fields.subject, 'subject'),
        at: new Date(requireText(fields.at, 'at')),
      })
    this.#last = id
  }

  #prove(time: StreamTime, age: number): void {
    const now = performance.now()
    const at = time.begun + age
    if (!Number.isFinite(at)) throw new TypeError('a heartbeat without its age')
    const late = now - at
    if (late < -AHEAD) throw new TypeError('a heartbeat from the future')
    time.least = Math.min(time.least, late)
    if (late <= time.least + LATE) time.punctualAt = now
    else if (now - time.punctualAt > LATE_FOR) throw new TypeError('heartbeats that come ever later')
    this.#provenAt = Math.min(at, now)
    this.#pause = FIRST_PAUSE
  }
}
