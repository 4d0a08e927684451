import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { type Asker, callerRefused } from '../../../src/domain/site/asker.ts'
import { createUsage } from '../../../src/domain/usage/usage.ts'
import type { SiteUsage } from '../../../src/domain/usage/usage-store.ts'
import { tellUsage, usageRoute } from '../../../src/http/api/usage-route.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { SHOP } from '../../domain/asking.ts'
import { NOW } from '../../domain/verdict-state.ts'

const ASKER = { site: SHOP, service: 'web', fingerprint: 'ca'.repeat(32) } as Asker
const USAGE: SiteUsage = {
  siteId: SHOP.id,
  site: 'shop',
  removed: false,
  plan: 'standard',
  people: 3,
  services: [
    { service: 'app', people: 1 },
    { service: 'web', people: 3 },
  ],
}
const TABLE = 'month,complete,service,people\r\n2026-11,false,,3\r\n2026-11,false,app,1\r\n2026-11,false,web,3\r\n'

t.test('the caller’s own site, month by month', async (t) => {
  const { get, asked } = open(t)
  const { statusCode, payload } = await get('?month=2026-11')
  t.equal(statusCode, 200)
  t.same(JSON.parse(payload), { month: '2026-11', complete: false, people: 3, services: USAGE.services })
  t.match(JSON.parse((await get('?month=2026-10')).payload), { month: '2026-10', complete: true })
  t.same(asked, [
    [202611, SHOP.id],
    [202610, SHOP.id],
  ])
})

t.test('as a table, by the address or by what is accepted', async (t) => {
  const { get } = open(t)
  for (const [search, accept] of [
    ['&format=csv', '*/*'],
    ['', 'text/csv'],
    ['', 'application/json;q=0.5, Text/CSV;q=0.9'],
  ] as const) {
    const { payload, headers } = await get(`?month=2026-11${search}`, accept)
    t.equal(payload, TABLE)
    t.match(headers, { 'content-type': /^text\/csv/, 'content-disposition': /filename="usage-2026-11\.csv"/ })
  }
  for (const [search, accept] of [
    ['&format=json', 'text/csv'],
    ['', 'text/csvx, application/json'],
  ] as const)
    t.match((await get(`?month=2026-11${search}`, accept)).headers['content-type'], /^application\/json/)
})

t.test('what is no month that has begun, and what is not known', async (t) => {
  const { get, asked } = open(t)
  for (const search of [
    '',
    '?month=',
    '?month=2026-13',
    '?month=202611',
    '?month=2026-12',
    '?month=2026-11&month=2026-10',
    '?month=2026-11&format=xml',
    '?month=2026-11&site=bank',
  ]) {
    const { statusCode, payload } = await get(search)
    t.match({ statusCode, ...JSON.parse(payload) }, { statusCode: 400, code: 'query-invalid' }, search)
  }
  t.same(asked, [])
})

t.test('who is refused at a verdict is told nothing', async (t) => {
  const { get, asked } = open(t, async () => Promise.reject(callerRefused()))
  t.equal((await get('?month=2026-11')).statusCode, 403)
  t.same(asked, [])
})

function open(t: Test, judge = async () => ASKER) {
  const asked: unknown[] = []
  const store = {
    usage: (...wish: unknown[]) => {
      asked.push(wish)
      return [USAGE]
    },
  }
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.status(problem.status).send(JSON.stringify(problem))
  })
  t.teardown(() => app.close())
  usageRoute(app, tellUsage(createUsage({ store, clock: { now: () => NOW } }), judge))
  const get = (search: string, accept = 'application/json') =>
    app.inject({ url: `/v1/usage${search}`, headers: { accept } })
  return { get, asked }
}
