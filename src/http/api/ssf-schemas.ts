import { Type } from '@sinclair/typebox'
import { DELIVERY_METHODS, STREAM_STATUSES } from '../../domain/security-event/security-stream.ts'
import { ProblemSchema } from './schemas.ts'

/** Names of fields as the framework spells them: https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html */
const MAX_ADDRESS = 2_048
const MAX_TEXT = 1_024
const MAX_TYPES = 100
const MAX_RECEIPTS = 1_000

/** PostgreSQL's texts hold no NUL. */
const Text = Type.String({ maxLength: MAX_TEXT, pattern: '^[^\\u0000]*$' })

const StreamId = Type.String({ maxLength: 64 })
const EventTypes = Type.Array(Type.String({ maxLength: MAX_ADDRESS }), { maxItems: MAX_TYPES })

const Delivery = Type.Object(
  {
    method: Type.Union(Object.values(DELIVERY_METHODS).map((method) => Type.Literal(method))),
    endpoint_url: Type.Optional(
      Type.String({
        maxLength: MAX_ADDRESS,
        description: 'push: the address that the operator has registered for your site; poll: ours',
      }),
    ),
  },
  { additionalProperties: false },
)

const wishes = {
  delivery: Type.Optional(Delivery),
  events_requested: Type.Optional(EventTypes),
  description: Type.Optional(Text),
}

/** What is ours to say; a receiver may send it back as it was. */
export const OURS = ['iss', 'aud', 'events_supported', 'events_delivered', 'min_verification_interval'] as const
const ours = Object.fromEntries(OURS.map((name) => [name, Type.Optional(Type.Unknown())]))

export const StreamWishSchema = Type.Object(wishes, { additionalProperties: false })

export const StreamChangeSchema = Type.Object(
  { stream_id: StreamId, ...wishes, ...ours },
  { additionalProperties: false },
)

export const StreamSchema = Type.Object({
  stream_id: Type.String(),
  iss: Type.String(),
  aud: Type.String(),
  delivery: Type.Object({ method: Type.String(), endpoint_url: Type.String() }),
  events_supported: Type.Array(Type.String()),
  events_requested: Type.Optional(Type.Array(Type.String())),
  events_delivered: Type.Array(Type.String()),
  min_verification_interval: Type.Integer({ description: 'seconds' }),
  description: Type.Optional(Type.String()),
})

export const StreamSearchSchema = Type.Object({ stream_id: StreamId }, { additionalProperties: false })
export const OptionalStreamSearchSchema = Type.Partial(StreamSearchSchema, { additionalProperties: false })

const status = {
  status: Type.Union(STREAM_STATUSES.map((name) => Type.Literal(name))),
  reason: Type.Optional(Text),
}
export const StatusSchema = Type.Object({ stream_id: StreamId, ...status }, { additionalProperties: false })

export const VerificationSchema = Type.Object(
  { stream_id: StreamId, state: Type.Optional(Text) },
  { additionalProperties: false },
)

/** https://www.rfc-editor.org/rfc/rfc8936#section-2.4 */
export const PollSchema = Type.Object(
  {
    maxEvents: Type.Optional(Type.Integer({ minimum: 0 })),
    returnImmediately: Type.Optional(Type.Boolean()),
    ack: Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: MAX_RECEIPTS })),
    setErrs: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ err: Type.String(), description: Type.Optional(Type.String()) }, { additionalProperties: false }),
        { maxProperties: MAX_RECEIPTS },
      ),
    ),
  },
  { additionalProperties: false },
)

export const PolledSchema = Type.Object({
  sets: Type.Record(Type.String(), Type.String(), { description: 'signed tokens (secevent+jwt) by their jti' }),
  moreAvailable: Type.Boolean(),
})

export const STREAM_PROBLEMS = {
  400: { ...ProblemSchema, description: 'The request is malformed, or names an address that is not registered.' },
  403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
  404: { ...ProblemSchema, description: 'Your site has no such stream.' },
  503: { ...ProblemSchema, description: 'The store does not answer.' },
}
