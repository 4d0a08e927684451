import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { Api } from '../../src/client/api.ts'
import { fingerprintOf } from '../../src/client/verdict-question.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { privatePem } from '../ca/request.ts'
import { until } from '../ca/until.ts'
import { openCast } from '../http/handshake.ts'
import { lineTo, startFake, VALID } from './fake-service.ts'

const cast = await openCast(t)

t.test('an answer comes with the service’s time and the time of the question', async (t) => {
  const { api } = await open(t)
  const before = performance.now()
  const { json, date, sentAt } = await api.ask('/v1/verdicts/x')
  t.same(json, VALID)
  t.ok(date !== undefined && Math.abs(Date.now() - date) < 5_000)
  t.ok(sentAt >= before && sentAt <= performance.now())
})

t.test('a body is sent as what it is', async (t) => {
  const { api, fake } = await open(t)
  const body = JSON.stringify({ queries: [{}, {}] })
  const { json } = await api.ask('/v1/verdicts/batch', { body, type: 'application/json' })
  t.same(json, { answers: [VALID, VALID] })
  t.same(fake.questions, ['/v1/verdicts/batch'])
})

t.test('refusals have the code of their kind and of the problem', async (t) => {
  const { api, fake } = await open(t)
  fake.said = { code: 'some-problem', detail: 'Why.' }
  for (const [status, code] of [
    [403, 'caller-refused'],
    [400, 'question-refused'],
    [404, 'question-refused'],
    [503, 'unavailable'],
    [302, 'unavailable'],
  ] as const) {
    fake.status = status
    await t.rejects(api.ask('/v1/verdicts/x'), { code, problem: 'some-problem', message: 'Why.' }, String(status))
  }
})

t.test('what is no JSON, or without end, is no answer', async (t) => {
  const texts = ['<html>', 'x'.repeat(1024 * 1024 + 1)]
  const url = await serve(t, (res) => res.end(texts.shift()))
  const api = apiAt(t, url)
  await t.rejects(api.ask('/'), { code: 'answer-unreadable' })
  await t.rejects(api.ask('/'), { code: 'answer-unreadable' })
})

t.test('a dead connection is tried again once; nobody there is unavailable', async (t) => {
  let connections = 0
  const url = await serve(t, (res) => {
    connections += 1
    if (connections === 1) res.destroy()
    else res.end('{}')
  })
  const api = apiAt(t, url)
  t.same((await api.ask('/')).json, {})
  t.equal(connections, 2)
  await t.rejects(apiAt(t, 'https://localhost:1').ask('/'), { code: 'unavailable' })
})

t.test('a service that another authority vouches for is none, whatever the environment allows', async (t) => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  const { fake } = await open(t)
  const other = (await openCast(t)).authority.issuers.root.pem
  const api = new Api({ ...lineTo(fake, cast), ca: other })
  t.teardown(() => api.close())
  await t.rejects(api.ask('/v1/verdicts/x'), { code: 'unavailable' })
  t.same(fake.asked, [])
})

t.test('no answer in time, and a question that is given up', async (t) => {
  const { api, fake } = await open(t)
  const go = fake.stall()
  await t.rejects(api.ask('/v1/verdicts/x', { timeout: 50 }), { code: 'unavailable' })
  const given = new AbortController()
  const asked = api.ask('/v1/verdicts/x', { signal: given.signal })
  given.abort(new Error('the visitor has gone'))
  await t.rejects(asked, { message: 'the visitor has gone' })
  const questions = fake.asked.length
  await t.rejects(api.ask('/v1/verdicts/x', { signal: given.signal }), { message: 'the visitor has gone' })
  t.equal(fake.asked.length, questions, 'and is not asked at all')
  go()
})

t.test(
  'what is slower than nearly all is asked on a second connection, and nothing that changes something is',
  async (t) => {
    const held: ServerResponse[] = []
    const url = await serve(t, (res, req) => {
      if (req.url !== '/') held.push(res)
      if (req.url === '/' || (req.url === '/slow' && held.length === 2)) res.end('{}')
    })
    const api = apiAt(t, url)
    for (let times = 0; times < 20; times++) await api.ask('/')
    t.same((await api.ask('/slow')).json, {})
    t.equal(held.length, 2)
    await t.rejects(api.ask('/once', { once: true, timeout: 300 }), { code: 'unavailable' })
    t.equal(held.length, 3)
  },
)

t.test('a token is no JSON, and is asked for by its name', async (t) => {
  const url = await serve(t, (res, req) => {
    if (req.headers.accept === 'application/jwt') res.writeHead(200, { 'content-type': 'application/jwt' }).end('a.b.c')
    else res.end('{}')
  })
  const api = apiAt(t, url)
  t.match(await api.ask('/', { accept: 'application/jwt' }), { token: 'a.b.c', json: undefined })
  t.match(await api.ask('/'), { token: undefined, json: {} })
})

t.test('another certificate from now on; what was asked before is answered on its own connection', async (t) => {
  const { api, fake } = await open(t)
  await api.ask('/v1/verdicts/x')
  const go = fake.stall()
  const before = api.ask('/v1/verdicts/x')
  await until(() => fake.asked.length === 2)
  const { der, keys } = await cast.issue('api')
  api.use({ cert: encodePem('CERTIFICATE', der) + cast.issuer.chain('api'), key: privatePem(keys) })
  const after = api.ask('/v1/verdicts/x')
  await until(() => fake.asked.length >= 3)
  go()
  t.same((await before).json, VALID)
  t.same((await after).json, VALID)
  await api.ask('/v1/verdicts/x')
  const [first, next] = [cast.peers.api.fingerprint, fingerprintOf(der)]
  t.same(fake.askers.slice(0, 2), [first, first])
  t.ok(fake.askers.includes(next))
  t.equal(fake.askers.at(-1), next)
  await until(() => fake.connectionsOf(first) === 0)
})

t.test('a stranger’s server is not asked', async (t) => {
  const { fake } = await open(t)
  const { ca: _ca, ...line } = lineTo(fake, cast)
  const api = new Api({ ...line, ca: cast.peers.browser.cert })
  t.teardown(() => api.close())
  await t.rejects(api.ask('/v1/site'), { code: 'unavailable' })
  t.same(fake.asked, [])
})

t.test('after the end nothing is asked', async (t) => {
  const { api, fake } = await open(t)
  api.close()
  await t.rejects(api.ask('/v1/site'), { code: 'closed' })
  t.same(fake.asked, [])
})

async function open(t: Test) {
  const fake = await startFake(t, cast)
  const api = new Api(lineTo(fake, cast))
  t.teardown(() => api.close())
  return { api, fake }
}

function apiAt(t: Test, url: string): Api {
  const { cert, key } = cast.peers.api
  const api = new Api({ url, cert, key, ca: cast.authority.issuers.root.pem, timeout: 1_000 })
  t.teardown(() => api.close())
  return api
}

async function serve(t: Test, answer: (res: ServerResponse, req: IncomingMessage) => void): Promise<string> {
  const server = createServer(cast.server, (req, res) => answer(res, req))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://localhost:${(server.address() as AddressInfo).port}`
}
