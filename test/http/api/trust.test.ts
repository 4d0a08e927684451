import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { callerRefused } from '../../../src/domain/site/asker.ts'
import { answerStatements, statementRoutes } from '../../../src/http/api/trust.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { callerOf, openTown } from '../../domain/town.ts'

const DAY = 86_400_000

t.test('a vouch is put, read and taken back', async (t) => {
  const { ask, town } = await open(t)
  const path = `${town.subjectAt(town.shop)}/trust`
  t.same(await ask('GET', path), { status: 200, json: { vouch: null, met: true } })
  const now = town.house.clock.now()
  const vouch = { kind: 'paid', since: iso(now), expires_at: iso(now + 180 * DAY) }
  t.same(await ask('PUT', path, { kind: 'paid' }), { status: 200, json: { ...vouch, met: true } })
  t.same(await ask('GET', path), { status: 200, json: { vouch, met: true } })
  t.match(await ask('PUT', path, { kind: 'paid', days: 2 }), { json: { expires_at: iso(now + 2 * DAY) } })
  t.match(await ask('PUT', path, { kind: 'paid', expires_at: iso(now + DAY) }), {
    json: { expires_at: iso(now + DAY) },
  })
  for (let twice = 0; twice < 2; twice++) t.match(await ask('DELETE', path), { status: 204 })
  t.match(await ask('GET', path), { json: { vouch: null } })
})

t.test('a report is put, read and taken back', async (t) => {
  const { ask, town } = await open(t)
  const path = `${town.subjectAt(town.shop)}/intrusion`
  t.same(await ask('GET', path), { status: 200, json: { report: null, met: true } })
  const now = town.house.clock.now()
  const report = {
    severity: 'abuse',
    message: 'Spam.',
    reported_at: iso(now),
    expires_at: iso(now + 90 * DAY),
    state: 'standing',
    appeal: null,
  }
  t.same(await ask('PUT', path, { severity: 'abuse', message: ' Spam. ' }), {
    status: 200,
    json: { ...report, met: true },
  })
  t.same(await ask('GET', path), { status: 200, json: { report, met: true } })
  t.match(await ask('DELETE', path), { status: 204 })
  t.match(await ask('GET', path), { json: { report: null } })
})

t.test('a site that only asked is told that it is not heard, until the person walks', async (t) => {
  const { ask, town } = await open(t)
  const { house, subscriberId, shop } = town
  await house.store.run('forgetSubject', { at: house.clock.now(), actor: 'operator:test' }, subscriberId, shop.id)
  await town.signIn(shop, 1)
  const subject = town.subjectAt(shop, 1)
  const answers = async () => [
    await ask('GET', `${subject}/trust`),
    await ask('PUT', `${subject}/trust`, { kind: 'paid' }),
    await ask('GET', `${subject}/intrusion`),
    await ask('PUT', `${subject}/intrusion`, { severity: 'abuse', message: 'Spam.' }),
  ]
  for (const answer of await answers()) t.match(answer, { status: 200, json: { met: false } })
  await town.meet(shop)
  for (const answer of await answers()) t.match(answer, { status: 200, json: { met: true } })
})

t.test('who may not speak, and what is no statement', async (t) => {
  const { ask, town, judged } = await open(t)
  const mine = town.subjectAt(town.shop)
  for (const subject of [town.subjectAt(town.bank), 'nobody'])
    for (const method of ['GET', 'DELETE'] as const)
      for (const what of ['trust', 'intrusion'])
        t.match(await ask(method, `${subject}/${what}`), { status: 404, json: { code: 'subject-unknown' } })
  for (const body of [
    {},
    { kind: 'saint' },
    { kind: 'toString' },
    { kind: 'paid', days: 0 },
    { kind: 'paid', days: 366 },
    { kind: 'paid', days: '3' },
    { kind: 'paid', expires_at: 'tomorrow' },
    { kind: 'paid', expires_at: '2020-01-01T00:00:00Z' },
    { kind: 'paid', days: 3, expires_at: iso(town.house.clock.now() + DAY) },
    { kind: 'paid', site: town.bank.id },
  ])
    t.match(await ask('PUT', `${mine}/trust`, body), { status: 400 }, JSON.stringify(body))
  for (const body of [{ severity: 'abuse' }, { severity: 'worst', message: 'x' }, { severity: 'abuse', message: '' }])
    t.match(await ask('PUT', `${mine}/intrusion`, body), { status: 400 }, JSON.stringify(body))
  judged.refuse = true
  for (const method of ['GET', 'DELETE', 'PUT'] as const) {
    for (const [what, body] of [
      ['trust', { kind: 'paid' }],
      ['intrusion', { severity: 'abuse', message: 'Spam.' }],
    ] as const)
      t.match(await ask(method, `${mine}/${what}`, method === 'PUT' ? body : undefined), { status: 403 })
  }
  t.same(await town.house.store.vouchesFor(town.subscriberId, 0), [])
})

/** The routes of a town's shop. */
async function open(t: Test) {
  const town = await openTown(t)
  const judged = { refuse: false }
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  app.setErrorHandler((error, _request, reply) => {
    const problem = toProblem(error, 'a-request')
    return reply.status(problem.status).send(problem)
  })
  const judge = async () => {
    if (judged.refuse) throw callerRefused()
    return callerOf(town.shop)
  }
  statementRoutes(app, answerStatements(town.statements, judge))
  t.teardown(() => app.close())
  const ask = async (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const reply = await app.inject({ method, url: `/v1/subjects/${path}`, ...(body && { payload: body }) })
    return { status: reply.statusCode, json: reply.payload === '' ? undefined : reply.json<object>() }
  }
  return { ask, town, judged }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
