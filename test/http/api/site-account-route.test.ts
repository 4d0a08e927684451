import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { type Asker, callerRefused } from '../../../src/domain/site/asker.ts'
import { subjectUnknown } from '../../../src/domain/site/subjects.ts'
import { answerSiteAccounts, siteAccountRoutes } from '../../../src/http/api/site-account-route.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { SHOP } from '../../domain/asking.ts'

const ASKER = { site: SHOP, service: 'web', fingerprint: 'ca'.repeat(32) } as Asker
const SOMEBODY = 'MmN8Ylq3bkPOnxNRJhiJMx1NBJrBWHe-6aEVpStMN5M'

t.test('what the caller’s site calls somebody, and calls him no more', async (t) => {
  const { send, asked } = open(t)
  const bound = await send('PUT', SOMEBODY, { account: 'zoë' })
  t.match({ status: bound.statusCode, body: bound.payload }, { status: 204, body: '' })
  t.equal((await send('DELETE', SOMEBODY)).statusCode, 204)
  t.same(asked, [
    [ASKER, SOMEBODY, 'zoë'],
    [ASKER, SOMEBODY],
  ])
})

t.test('what is no account reaches nobody', async (t) => {
  const { send, asked } = open(t)
  for (const body of [{}, { account: '' }, { account: 5 }, { account: null }, { account: 'a', site: 'b' }, [], 'a'])
    t.equal((await send('PUT', SOMEBODY, body)).statusCode, 400, JSON.stringify(body))
  t.equal((await send('PUT', SOMEBODY, { account: 'a'.repeat(257) })).statusCode, 400)
  t.same(asked, [])
})

t.test('who is nobody’s, and who is refused at a verdict', async (t) => {
  const unknown = open(t, async () => ASKER, SOMEBODY)
  for (const method of ['PUT', 'DELETE'] as const) {
    const { statusCode, payload } = await unknown.send(method, SOMEBODY, { account: 'a' })
    t.match({ statusCode, ...JSON.parse(payload) }, { statusCode: 404, code: 'subject-unknown' })
  }
  const refused = open(t, async () => Promise.reject(callerRefused()))
  for (const method of ['PUT', 'DELETE'] as const)
    t.equal((await refused.send(method, SOMEBODY, { account: 'a' })).statusCode, 403)
  t.same(refused.asked, [])
})

/** @param stranger nobody whom the site knows */
function open(t: Test, judge = async () => ASKER, stranger = '') {
  const asked: unknown[] = []
  const take = async (...wish: readonly unknown[]): Promise<void> => {
    if (wish[1] === stranger) throw subjectUnknown()
    asked.push(wish)
  }
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.status(problem.status).send(JSON.stringify(problem))
  })
  t.teardown(() => app.close())
  siteAccountRoutes(app, answerSiteAccounts({ bind: take, remove: take }, judge))
  const send = (method: 'PUT' | 'DELETE', subject: string, body?: unknown) =>
    app.inject({
      method,
      url: `/v1/subjects/${subject}/account`,
      ...(method === 'PUT' && { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  return { send, asked }
}
