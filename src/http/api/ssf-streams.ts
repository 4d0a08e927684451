import type { Static, TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SECURITY_EVENT_TYPES } from '../../domain/security-event/security-event.ts'
import { DELIVERY_METHODS, type Delivery, type SecurityStream } from '../../domain/security-event/security-stream.ts'
import {
  type SecurityStreams,
  SUPPORTED,
  VERIFICATION_INTERVAL,
  type WishedStream,
} from '../../domain/security-event/security-streams.ts'
import type { Asker } from '../../domain/site/asker.ts'
import { audienceOf } from '../../domain/site/audience.ts'
import { IdentityError } from '../../errors.ts'
import { ProblemSchema } from './schemas.ts'
import {
  OptionalStreamSearchSchema,
  OURS,
  STREAM_PROBLEMS,
  StatusSchema,
  StreamChangeSchema,
  StreamSchema,
  StreamSearchSchema,
  StreamWishSchema,
  VerificationSchema,
} from './ssf-schemas.ts'

/** Where receivers find what, below the listener's address. */
export const SSF_PATHS = {
  streams: '/v1/ssf/streams',
  status: '/v1/ssf/status',
  verify: '/v1/ssf/verify',
  poll: '/v1/ssf/poll',
} as const

export interface StreamOptions {
  readonly streams: SecurityStreams
  /** the listener's public address */
  readonly url: string
  /** the portal's: it issues the tokens */
  readonly issuer: string
}

/** What a receiver does with his stream, and the answer to each. */
type StreamAct = 'create' | 'read' | 'alter' | 'replace' | 'remove' | 'readStatus' | 'setStatus' | 'verify'
type StreamAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
export type StreamAnswers = (act: StreamAct) => StreamAnswer

const STREAM = { ...StreamSchema, description: 'The stream as it is now.' }
const EXISTS = { ...ProblemSchema, description: 'Your site has a stream; each has one.' }
const TOO_OFTEN = { ...ProblemSchema, description: 'Wait: for min_verification_interval, or for the next hour.' }

interface StreamRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly url: string
  readonly summary: string
  /** the schema of its body or its query */
  readonly given: { readonly body: TSchema } | { readonly querystring: TSchema }
  /** beside the problems that all have */
  readonly response: Readonly<Record<number, object>>
}

/** https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1 */
const ROUTES: Readonly<Record<StreamAct, StreamRoute>> = {
  create: {
    method: 'POST',
    url: SSF_PATHS.streams,
    summary: 'Open your site’s stream of security events (one for each site)',
    given: { body: StreamWishSchema },
    response: { 201: STREAM, 409: EXISTS, 429: TOO_OFTEN },
  },
  read: {
    method: 'GET',
    url: SSF_PATHS.streams,
    summary: 'Your site’s stream by its id; without one, a list of it',
    given: { querystring: OptionalStreamSearchSchema },
    response: {},
  },
  alter: {
    method: 'PATCH',
    url: SSF_PATHS.streams,
    summary: 'Change what is named',
    given: { body: StreamChangeSchema },
    response: { 200: STREAM, 429: TOO_OFTEN },
  },
  replace: {
    method: 'PUT',
    url: SSF_PATHS.streams,
    summary: 'Change it to what is named',
    given: { body: StreamChangeSchema },
    response: { 200: STREAM, 429: TOO_OFTEN },
  },
  remove: {
    method: 'DELETE',
    url: SSF_PATHS.streams,
    summary: 'Close the stream',
    given: { querystring: StreamSearchSchema },
    response: { 429: TOO_OFTEN },
  },
  readStatus: {
    method: 'GET',
    url: SSF_PATHS.status,
    summary: 'Whether the stream is enabled, paused or disabled',
    given: { querystring: StreamSearchSchema },
    response: { 200: StatusSchema },
  },
  setStatus: {
    method: 'POST',
    url: SSF_PATHS.status,
    summary: 'Enable, pause (what happens is kept) or disable (it is not) the stream',
    given: { body: StatusSchema },
    response: { 200: StatusSchema, 429: TOO_OFTEN },
  },
  verify: {
    method: 'POST',
    url: SSF_PATHS.verify,
    summary: 'Have the stream carry a verification',
    given: { body: VerificationSchema },
    response: { 429: TOO_OFTEN },
  },
}

/** Declared with their schemas, so that the router and the documents read the same. */
export function streamRoutes(scope: FastifyInstance, answers: StreamAnswers): void {
  for (const act of Object.keys(ROUTES) as StreamAct[]) {
    const { method, url, summary, given, response } = ROUTES[act]
    const schema = { summary, ...given, response: { ...STREAM_PROBLEMS, ...response } }
    scope.route({ method, url, schema, handler: answers(act) })
  }
}

type Change = Static<typeof StreamChangeSchema>
type Wish = Static<typeof StreamWishSchema>
type Judge = (request: FastifyRequest) => Promise<Asker>

/** @param judge the calling service, judged by the same rule as at a verdict: the stream is its site's */
export function answerStreams(options: StreamOptions, judge: Judge): StreamAnswers {
  const { streams } = options
  const changing = (how: 'alter' | 'replace') => async (request: FastifyRequest) => {
    const asker = await judge(request)
    const change = request.body as Change
    requireOurs(change, render(options, asker, await streams.named(asker, change.stream_id)))
    const changed = await streams.change(asker, change.stream_id, how, readWish(options, change))
    return render(options, asker, changed)
  }
  const named = (request: FastifyRequest) => (request.query as { readonly stream_id: string }).stream_id
  const answers: Readonly<Record<StreamAct, StreamAnswer>> = {
    async create(request, reply) {
      const asker = await judge(request)
      const opened = await streams.open(asker, readWish(options, request.body as Wish))
      return reply.status(201).send(render(options, asker, opened))
    },
    async read(request) {
      const asker = await judge(request)
      const { stream_id } = request.query as Static<typeof OptionalStreamSearchSchema>
      if (stream_id !== undefined) return render(options, asker, await streams.named(asker, stream_id))
      const stream = await streams.ofSite(asker)
      return stream ? [render(options, asker, stream)] : []
    },
    alter: changing('alter'),
    replace: changing('replace'),
    async remove(request, reply) {
      await streams.close(await judge(request), named(request))
      return reply.status(204).send()
    },
    readStatus: async (request) => renderStatus(await streams.named(await judge(request), named(request))),
    async setStatus(request) {
      const { stream_id, status, reason } = request.body as Static<typeof StatusSchema>
      return renderStatus(await streams.setStatus(await judge(request), stream_id, status, reason))
    },
    async verify(request, reply) {
      const { stream_id, state } = request.body as Static<typeof VerificationSchema>
      await streams.verify(await judge(request), stream_id, state)
      return reply.status(204).send()
    },
  }
  return (act) => answers[act]
}

function readWish({ url }: StreamOptions, { delivery, events_requested, description }: Wish): WishedStream {
  return {
    ...(delivery && { delivery: readDelivery(url, delivery) }),
    ...(events_requested && { requested: events_requested }),
    ...(description !== undefined && { description }),
  }
}

function readDelivery(url: string, { method, endpoint_url }: NonNullable<Wish['delivery']>) {
  const delivery: Delivery = method === DELIVERY_METHODS.push ? 'push' : 'poll'
  if (delivery === 'poll' && endpoint_url !== undefined && endpoint_url !== url + SSF_PATHS.poll)
    throw new IdentityError('query-invalid', `A stream that is polled is polled at ${url + SSF_PATHS.poll}.`)
  return { method: delivery, ...(endpoint_url !== undefined && { url: endpoint_url }) }
}

/** What is ours may be sent back, but not changed. */
function requireOurs(change: Readonly<Record<string, unknown>>, current: Readonly<Record<string, unknown>>): void {
  const altered = OURS.filter((name) => change[name] !== undefined && !isSame(change[name], current[name]))
  if (altered.length > 0)
    throw new IdentityError(
      'query-invalid',
      `${altered.join(', ')}: not yours to change. Leave it out, or send it as it is.`,
    )
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function render({ url, issuer }: StreamOptions, { site }: Asker, stream: SecurityStream): Static<typeof StreamSchema> {
  return {
    stream_id: stream.id,
    iss: issuer,
    aud: audienceOf(site),
    delivery: { method: DELIVERY_METHODS[stream.delivery], endpoint_url: stream.pushUrl ?? url + SSF_PATHS.poll },
    events_supported: [...SUPPORTED],
    ...(stream.requested && { events_requested: [...stream.requested] }),
    events_delivered: SUPPORTED.filter((address) =>
      stream.types.some((type) => SECURITY_EVENT_TYPES[type] === address),
    ),
    min_verification_interval: VERIFICATION_INTERVAL / 1_000,
    ...(stream.description !== null && { description: stream.description }),
  }
}

function renderStatus({ id, status, statusReason }: SecurityStream): Static<typeof StatusSchema> {
  return { stream_id: id, status, ...(statusReason !== null && { reason: statusReason }) }
}
