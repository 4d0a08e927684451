import type { Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refusalOf, type SecurityEventTokens } from '../../domain/security-event/security-event.ts'
import { MOST_AT_ONCE, type Receipt, type SecurityStreams } from '../../domain/security-event/security-streams.ts'
import type { Asker } from '../../domain/site/asker.ts'
import type { EventReader, SiteEvents } from '../../domain/site/site-event.ts'
import { Places } from './places.ts'
import { PolledSchema, PollSchema, STREAM_PROBLEMS } from './ssf-schemas.ts'
import { SSF_PATHS } from './ssf-streams.ts'

/** The answer to a receiver that polls. */
export type PollAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<Static<typeof PolledSchema>>

/** https://www.rfc-editor.org/rfc/rfc8936#section-2 */
export function pollRoute(scope: FastifyInstance, answer: PollAnswer): void {
  scope.post(SSF_PATHS.poll, {
    schema: {
      summary: 'Fetch what your stream has to tell, and confirm what you have; waits a while where there is nothing',
      body: PollSchema,
      response: { 200: PolledSchema, ...STREAM_PROBLEMS },
    },
    handler: answer,
  })
}

export interface PollOptions {
  readonly streams: Pick<SecurityStreams, 'settle' | 'waiting'>
  readonly tokens: SecurityEventTokens
  readonly events: SiteEvents
}

/** How long a request is kept waiting, ms: less than the listener lets a connection be silent. */
const PATIENCE = 20_000

/** So many requests are kept waiting for one site, and for all; further ones are answered at once. */
const MOST_KEPT = { ofSite: 4, all: 500 }

type Page = Awaited<ReturnType<SecurityStreams['waiting']>>
type Judge = (request: FastifyRequest) => Promise<Asker>

/** @param judge the calling service, judged by the same rule as at a verdict, and once more before anything is told that he waited for */
export function pollEvents(options: PollOptions, judge: Judge, patience = PATIENCE): PollAnswer {
  const { streams, tokens } = options
  const places = new Places(MOST_KEPT)
  return async (request, reply) => {
    const asker = await judge(request)
    const body = request.body as Static<typeof PollSchema>
    await streams.settle(asker, receiptOf(body))
    const most = Math.min(body.maxEvents ?? MOST_AT_ONCE, MOST_AT_ONCE)
    const mayWait = most > 0 && body.returnImmediately !== true && places.take(asker.site.id)
    try {
      const look = () => streams.waiting(asker)
      const page = mayWait ? await untilSome(options.events, asker, reply, look, patience) : await look()
      // later than what is to be told became known
      if (mayWait && page.events.length > 0) await judge(request)
      return await render(tokens, asker, page, most)
    } finally {
      if (mayWait) places.leave(asker.site.id)
    }
  }
}

/** Looks at every word of the feed until there is something, the time is over, or the receiver has gone. */
async function untilSome(
  events: SiteEvents,
  { site }: Asker,
  reply: FastifyReply,
  look: () => Promise<Page>,
  patience: number,
): Promise<Page> {
  const bell = new Bell()
  const stop = events.follow(site.id, undefined, bell)
  const end = setTimeout(() => bell.end(), patience)
  const gone = (): void => bell.end()
  reply.raw.once('close', gone)
  try {
    let page = await look()
    while (page.events.length === 0 && !bell.ended) {
      await bell.rung()
      page = await look()
    }
    return page
  } finally {
    stop()
    clearTimeout(end)
    reply.raw.off('close', gone)
  }
}

/** Rings at whatever the feed tells: that nothing is new is told, too, and then a verification may wait. */
class Bell implements EventReader {
  ended = false
  #ring = Promise.withResolvers<void>()

  async rung(): Promise<void> {
    await this.#ring.promise
    if (!this.ended) this.#ring = Promise.withResolvers<void>()
  }

  tell(): void {
    this.#ring.resolve()
  }

  prove(): void {
    this.#ring.resolve()
  }

  reset(): void {
    this.#ring.resolve()
  }

  end(): void {
    this.ended = true
    this.#ring.resolve()
  }
}

function receiptOf({ ack = [], setErrs = {} }: Static<typeof PollSchema>): Receipt {
  return {
    confirmed: ack,
    refused: Object.entries(setErrs).map(([id, { err }]) => ({ id, failure: refusalOf(err) })),
  }
}

async function render(
  tokens: SecurityEventTokens,
  { site }: Asker,
  { stream, events }: Page,
  most: number,
): Promise<Static<typeof PolledSchema>> {
  const told = events.slice(0, most)
  const signed = await Promise.all(told.map((event) => tokens.sign(site, stream.id, event)))
  return {
    sets: Object.fromEntries(told.map((event, index) => [tokens.idOf(site.id, event), signed[index]!])),
    // what is left of this look, or may be behind it
    moreAvailable: events.length > told.length || events.length === MOST_AT_ONCE,
  }
}
