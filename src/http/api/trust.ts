import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asker } from '../../domain/site/asker.ts'
import type { SiteStatements, VouchEnd } from '../../domain/trust/site-statements.ts'
import {
  type IntrusionReport,
  MOST_MESSAGE,
  SEVERITIES,
  type Severity,
  VOUCH_KINDS,
  type Vouch,
  type VouchKind,
} from '../../domain/trust/trust.ts'
import { IdentityError } from '../../errors.ts'
import { iso } from './rendering.ts'
import { ProblemSchema } from './schemas.ts'

const DAY = 86_400_000

const VOUCH = '/v1/subjects/:subject/trust'
const REPORT = '/v1/subjects/:subject/intrusion'

const Params = Type.Object({ subject: Type.String({ description: 'As a verdict named it to your site.' }) })
const Time = Type.String({ format: 'date-time' })
const Kind = Type.Union((Object.keys(VOUCH_KINDS) as VouchKind[]).map((kind) => Type.Literal(kind)))
const SeverityName = Type.Union((Object.keys(SEVERITIES) as Severity[]).map((name) => Type.Literal(name)))

const VouchBody = Type.Object(
  {
    kind: Kind,
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, description: 'Default: 180.' })),
    expires_at: Type.Optional({ ...Time, description: 'In place of days; within 365 days.' }),
  },
  { additionalProperties: false },
)

const ReportBody = Type.Object(
  {
    severity: SeverityName,
    message: Type.String({
      maxLength: 16 * MOST_MESSAGE,
      description: `Its owner reads it: 1 to ${MOST_MESSAGE} visible characters.`,
    }),
  },
  { additionalProperties: false },
)

const Met = Type.Boolean({
  description: 'Whether what your site says of this person is heard: he has proved himself on his way there.',
})
const VouchSchema = Type.Object({ kind: Kind, since: Time, expires_at: Time })
const ReportSchema = Type.Object({
  severity: SeverityName,
  message: Type.String(),
  reported_at: Time,
  expires_at: Time,
  state: Type.Union(['standing', 'appealed', 'confirmed'].map((state) => Type.Literal(state))),
  appeal: Type.Union([Type.String({ description: 'what its owner says to it' }), Type.Null()]),
})

const PROBLEMS = {
  400: { ...ProblemSchema, description: 'The statement is malformed.' },
  403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
  404: { ...ProblemSchema, description: 'Your site knows nobody by this subject, or was told to forget him.' },
  429: { ...ProblemSchema, description: 'Your site has said too much of people today.' },
  503: { ...ProblemSchema, description: 'The store does not answer. Say it again: it is not said twice.' },
}

type ToPerson = FastifyRequest<{ Params: Static<typeof Params> }>

interface Hearing {
  readonly met: boolean
}

const said = (schema: TObject) => Type.Object({ ...schema.properties, met: Met })
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()])

/** What each method of the two addresses does, once the calling service was judged. */
export interface StatementAnswers {
  vouch(request: ToPerson): Promise<Static<typeof VouchSchema> & Hearing>
  withdrawVouch(request: ToPerson, reply: FastifyReply): Promise<FastifyReply>
  ownVouch(request: ToPerson): Promise<{ vouch: Static<typeof VouchSchema> | null } & Hearing>
  report(request: ToPerson): Promise<Static<typeof ReportSchema> & Hearing>
  withdrawReport(request: ToPerson, reply: FastifyReply): Promise<FastifyReply>
  ownReport(request: ToPerson): Promise<{ report: Static<typeof ReportSchema> | null } & Hearing>
}

/** Declared with their schemas, so that the router and the documents read the same. */
export function statementRoutes(scope: FastifyInstance, answers: StatementAnswers): void {
  const schemaOf = (summary: string, response: Record<number, TSchema>, body?: TSchema) => ({
    schema: { summary, params: Params, ...(body && { body }), response: { ...response, ...PROBLEMS } },
  })
  const done = { 204: Type.Null({ description: 'It is not said any more.' }) }
  scope.put(VOUCH, {
    ...schemaOf('Vouch for somebody whom your site has signed in', { 200: said(VouchSchema) }, VouchBody),
    handler: (request: FastifyRequest) => answers.vouch(request as ToPerson),
  })
  scope.get(VOUCH, {
    ...schemaOf('What your site vouches for', { 200: said(Type.Object({ vouch: orNull(VouchSchema) })) }),
    handler: (request: FastifyRequest) => answers.ownVouch(request as ToPerson),
  })
  scope.delete(VOUCH, {
    ...schemaOf('Vouch no longer', done),
    handler: (request: FastifyRequest, reply: FastifyReply) => answers.withdrawVouch(request as ToPerson, reply),
  })
  scope.put(REPORT, {
    ...schemaOf(
      'Report what speaks against somebody; once its owner has appealed, confirm it',
      { 200: said(ReportSchema) },
      ReportBody,
    ),
    handler: (request: FastifyRequest) => answers.report(request as ToPerson),
  })
  scope.get(REPORT, {
    ...schemaOf('What your site reported, and what its owner says to it', {
      200: said(Type.Object({ report: orNull(ReportSchema) })),
    }),
    handler: (request: FastifyRequest) => answers.ownReport(request as ToPerson),
  })
  scope.delete(REPORT, {
    ...schemaOf('Take the report back', done),
    handler: (request: FastifyRequest, reply: FastifyReply) => answers.withdrawReport(request as ToPerson, reply),
  })
}

/** @param judge the calling service, judged by the same rule as at a verdict */
export function answerStatements(
  statements: Omit<SiteStatements, 'figure'>,
  judge: (request: FastifyRequest) => Promise<Asker>,
): StatementAnswers {
  const hearing = async (asker: Asker, { params }: ToPerson): Promise<Hearing> => ({
    met: await statements.isMet(asker, params.subject),
  })
  return {
    async vouch(request) {
      const asker = await judge(request)
      const { kind, days, expires_at } = request.body as Static<typeof VouchBody>
      const end = endOf(days, expires_at)
      const vouch = await statements.vouch(asker, request.params.subject, kind as VouchKind, end)
      return { ...tellVouch(vouch), ...(await hearing(asker, request)) }
    },
    async withdrawVouch(request, reply) {
      await statements.withdrawVouch(await judge(request), request.params.subject)
      return reply.status(204).send()
    },
    async ownVouch(request) {
      const asker = await judge(request)
      const vouch = await statements.ownVouch(asker, request.params.subject)
      return { vouch: vouch && tellVouch(vouch), ...(await hearing(asker, request)) }
    },
    async report(request) {
      const asker = await judge(request)
      const { severity, message } = request.body as Static<typeof ReportBody>
      const report = await statements.report(asker, request.params.subject, severity as Severity, message)
      return { ...tellReport(report), ...(await hearing(asker, request)) }
    },
    async withdrawReport(request, reply) {
      await statements.withdrawReport(await judge(request), request.params.subject)
      return reply.status(204).send()
    },
    async ownReport(request) {
      const asker = await judge(request)
      const report = await statements.ownReport(asker, request.params.subject)
      return { report: report && tellReport(report), ...(await hearing(asker, request)) }
    },
  }
}

function endOf(days: number | undefined, expiresAt: string | undefined): VouchEnd | undefined {
  if (days !== undefined && expiresAt !== undefined)
    throw new IdentityError('query-invalid', 'Send "days" or "expires_at", not both.')
  if (days !== undefined) return { in: days * DAY }
  return expiresAt === undefined ? undefined : { at: Date.parse(expiresAt) }
}

function tellVouch({ kind, since, expiresAt }: Vouch): Static<typeof VouchSchema> {
  return { kind, since: iso(since), expires_at: iso(expiresAt) }
}

function tellReport(report: IntrusionReport): Static<typeof ReportSchema> {
  const { severity, message, reportedAt, expiresAt, state, appeal } = report
  return { severity, message, reported_at: iso(reportedAt), expires_at: iso(expiresAt), state, appeal }
}
