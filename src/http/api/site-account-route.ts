import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asker } from '../../domain/site/asker.ts'
import type { SiteAccounts } from '../../domain/site/site-account.ts'
import { ProblemSchema } from './schemas.ts'

/** What stands behind the two methods of `/v1/subjects/<subject>/account`. */
export interface SiteAccountAnswers {
  readonly bind: (request: BindRequest, reply: FastifyReply) => Promise<FastifyReply>
  readonly remove: (request: SubjectRequest, reply: FastifyReply) => Promise<FastifyReply>
}

type SubjectRequest = FastifyRequest<{ Params: Static<typeof SubjectParams> }>
type BindRequest = FastifyRequest<{ Params: Static<typeof SubjectParams>; Body: Static<typeof BindSchema> }>

const ADDRESS = '/v1/subjects/:subject/account'

const SubjectParams = Type.Object({
  subject: Type.String({ description: 'A person whom your site has signed in, as a verdict names him.' }),
})

const BindSchema = Type.Object(
  { account: Type.String({ minLength: 1, maxLength: 256, description: 'At most 256 bytes of UTF-8.' }) },
  { additionalProperties: false },
)

const PROBLEMS = {
  403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
  404: { ...ProblemSchema, description: 'Your site knows nobody by this subject.' },
  503: { ...ProblemSchema, description: 'The store does not answer. Ask again later.' },
}

/** Declared with its schema, so that the router and the documents read the same. */
export function siteAccountRoutes(scope: FastifyInstance, { bind, remove }: SiteAccountAnswers): void {
  scope.put(ADDRESS, {
    schema: {
      summary: 'Call a person as your site does: from now on valid verdicts tell it, to your site alone',
      params: SubjectParams,
      body: BindSchema,
      response: {
        204: Type.Null({ description: 'It is stored, sealed.' }),
        400: { ...ProblemSchema, description: 'The account is too long, or no text.' },
        429: {
          ...ProblemSchema,
          description: 'Your site has called this person too many names today, or changed too many accounts.',
        },
        ...PROBLEMS,
      },
    },
    handler: bind,
  })
  scope.delete(ADDRESS, {
    schema: {
      summary: 'Call a person nothing any more',
      params: SubjectParams,
      response: { 204: Type.Null({ description: 'There is none any more.' }), ...PROBLEMS },
    },
    handler: remove,
  })
}

/** @param judge the calling service, judged by the same rule as at a verdict */
export function answerSiteAccounts(
  accounts: SiteAccounts,
  judge: (request: FastifyRequest) => Promise<Asker>,
): SiteAccountAnswers {
  return {
    async bind(request, reply) {
      await accounts.bind(await judge(request), request.params.subject, request.body.account)
      return reply.status(204).send()
    },
    async remove(request, reply) {
      await accounts.remove(await judge(request), request.params.subject)
      return reply.status(204).send()
    },
  }
}
