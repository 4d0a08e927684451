import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asker } from '../../domain/site/asker.ts'
import { csvText } from '../../domain/usage/csv.ts'
import { MONTH_PATTERN, monthText, readMonth } from '../../domain/usage/month.ts'
import type { MonthlyUsage, Usage } from '../../domain/usage/usage.ts'
import { ProblemSchema } from './schemas.ts'

/** The counts behind `GET /v1/usage`. */
export type UsageAnswer = (request: UsageRequest, reply: FastifyReply) => Promise<FastifyReply>
type UsageRequest = FastifyRequest<{ Querystring: Static<typeof UsageSearchSchema> }>

/** https://www.rfc-editor.org/rfc/rfc4180#section-3 */
const CSV_MEDIA_TYPE = 'text/csv'

const UsageSearchSchema = Type.Object(
  {
    month: Type.String({ pattern: MONTH_PATTERN, description: 'As in 2026-11; it begins and ends in UTC.' }),
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
  },
  { additionalProperties: false },
)

const People = Type.Integer({ minimum: 0 })

const UsageSchema = Type.Object({
  month: Type.String(),
  complete: Type.Boolean({ description: 'false: the month is not over, and the figures still grow' }),
  people: { ...People, description: 'All services together: somebody who was at two of them is one person.' },
  services: Type.Array(Type.Object({ service: Type.String(), people: People })),
})

/** Declared with its schema, so that the router and the documents read the same. */
export function usageRoute(scope: FastifyInstance, answer: UsageAnswer): void {
  scope.get('/v1/usage', {
    schema: {
      summary: 'How many different people your site signed in during a month, at all and at each of its services',
      querystring: UsageSearchSchema,
      response: {
        200: {
          description: 'Your own site’s figures. As CSV with format=csv or Accept: text/csv.',
          content: {
            'application/json': { schema: UsageSchema },
            [CSV_MEDIA_TYPE]: { schema: Type.String() },
          },
        },
        400: { ...ProblemSchema, description: 'The month cannot be read, or has not begun.' },
        403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
        503: { ...ProblemSchema, description: 'The store does not answer. Ask again later.' },
      },
    },
    handler: answer,
  })
}

/** @param judge the calling service, judged by the same rule as at a verdict */
export function tellUsage(usage: Usage, judge: (request: FastifyRequest) => Promise<Asker>): UsageAnswer {
  return async (request, reply) => {
    const { site } = await judge(request)
    const monthly = await usage.of(site.id, readMonth(request.query.month))
    if (!wantsCsv(request)) return reply.send(describe(monthly))
    return reply
      .type(`${CSV_MEDIA_TYPE}; charset=utf-8; header=present`)
      .header('content-disposition', `attachment; filename="usage-${monthText(monthly.month)}.csv"`)
      .send(csvText(rowsOf(monthly)))
  }
}

/** What the address says goes before what the program that sends it usually accepts. */
function wantsCsv({ query, headers }: UsageRequest): boolean {
  if (query.format !== undefined) return query.format === 'csv'
  const ranges = headers.accept?.toLowerCase().split(',') ?? []
  return ranges.some((range) => range.split(';', 1)[0]!.trim() === CSV_MEDIA_TYPE)
}

function describe({ month, complete, people, services }: MonthlyUsage): Static<typeof UsageSchema> {
  return { month: monthText(month), complete, people, services: [...services] }
}

/** The site's own row has no service. */
function rowsOf({ month, complete, people, services }: MonthlyUsage): readonly (readonly (string | number)[])[] {
  const row = (service: string, people: number) => [monthText(month), String(complete), service, people]
  return [
    ['month', 'complete', 'service', 'people'],
    row('', people),
    ...services.map((one) => row(one.service, one.people)),
  ]
}
