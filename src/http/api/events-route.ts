import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Keyring } from '../../domain/keyring.ts'
import type { Asker } from '../../domain/site/asker.ts'
import { createEventIds, type EventIds } from '../../domain/site/event-id.ts'
import { SITE_EVENTS, type SiteEvents } from '../../domain/site/site-event.ts'
import type { Verdicts } from '../../domain/verdict/verdicts.ts'
import { IdentityError } from '../../errors.ts'
import { EventStream } from './event-stream.ts'
import { Places } from './places.ts'
import { ProblemSchema } from './schemas.ts'

/** The telling behind `GET /v1/events`. */
export type EventsAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** As `createEventIds()` writes them. */
const EVENT_ID = '^[A-Za-z0-9_-]{22}$'

const STREAM = {
  description: `Server-Sent Events, each with an id, opaque and of your site alone: ${SITE_EVENTS.join(', ')} with the subject and the time of the change, to the second; heartbeat, every 250 ms, with the id (as position) up to which everything was told and the age of the stream (ms) at which that was true; reset: events may have been lost, forget all verdicts.`,
  content: { 'text/event-stream': { schema: Type.String() } },
}

/** Declared with its schema, so that the router and the documents read the same. */
export function eventsRoute(scope: FastifyInstance, answer: EventsAnswer): void {
  scope.get('/v1/events', {
    // it would be a stream without end and without a word
    exposeHeadRoute: false,
    schema: {
      summary: 'What changes for the people whom your site has signed in, as it happens',
      headers: Type.Object({
        'last-event-id': Type.Optional(
          Type.String({ pattern: EVENT_ID, description: 'Goes on behind this event; without it, begins now.' }),
        ),
      }),
      response: {
        200: STREAM,
        400: { ...ProblemSchema, description: 'Last-Event-ID is no id of ours.' },
        403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
        429: { ...ProblemSchema, description: 'Your site has too many streams open.' },
        503: { ...ProblemSchema, description: 'The store does not answer; nobody is signed in meanwhile.' },
      },
    },
    handler: answer,
  })
}

export interface TellingOptions {
  readonly events: SiteEvents
  readonly verdicts: Verdicts
  readonly keyring: Keyring
}

/** Streams of one site that are open at a time: each is judged, and told something, four times a second. */
const MOST_OF_SITE = 2_000

/** @param judge the calling service, judged by the same rule as at a verdict */
export function tellEvents(
  { events, verdicts, keyring }: TellingOptions,
  judge: (request: FastifyRequest) => Promise<Asker>,
  mostOfSite = MOST_OF_SITE,
): EventsAnswer {
  const options = { verdicts, keyring, monotonicNow: () => performance.now() }
  const places = new Places({ ofSite: mostOfSite })
  return async (request, reply) => {
    const asker = await judge(request)
    if (isQueued(reply)) throw queued(reply)
    const { id } = asker.site
    const told = request.headers['last-event-id']
    const ids = createEventIds(keyring['event-id'], id)
    const since = typeof told === 'string' ? positionOf(ids, told) : undefined
    if (reply.raw.destroyed || !places.take(id)) throw tooMany(mostOfSite)
    reply.raw.once('close', () => places.leave(id))
    reply.hijack()
    const stream = new EventStream(options, reply.raw, asker, ids, since)
    const stop = events.follow(id, since, stream)
    reply.raw.once('close', stop)
  }
}

function positionOf(ids: EventIds, told: string): number {
  const position = ids.open(told)
  if (position === undefined)
    throw new IdentityError('query-invalid', 'Last-Event-ID is no id of ours. Without it, the telling begins now.')
  return position
}

/**
 * Whether another answer of the same connection has to end first: what is told would pile up until then, and of a reader
 * that has left nothing would be known. https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
function isQueued({ raw }: FastifyReply): boolean {
  return raw.socket === null
}

function queued(reply: FastifyReply): IdentityError {
  void reply.header('connection', 'close')
  return new IdentityError(
    'query-invalid',
    'A stream of events begins when the answer before it on the same connection has ended. Open another connection for it.',
  )
}

function tooMany(most: number): IdentityError {
  return new IdentityError(
    'rate-limited',
    `Your site has ${most} streams of events open here. Close those that nobody reads; one for each process is enough.`,
  )
}
