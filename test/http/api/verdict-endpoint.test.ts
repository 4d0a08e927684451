import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, request } from 'node:https'
import t, { type Test } from 'tap'
import { figureOf } from '../../../src/domain/trust/trust-rule.ts'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { VerdictEndpoint } from '../../../src/http/api/verdict-endpoint.ts'
import { tlsOptions } from '../../../src/http/tls.ts'
import { CALLER_STATE, LAPTOP, NOBODY, PHONE, SHOP, service } from '../../domain/asking.ts'
import { NOW } from '../../domain/verdict-state.ts'
import { agentOf, exchange, type Reply } from '../../e2e/exchange.ts'
import { listenOn, openCast } from '../handshake.ts'

const { authority, server: own, peers } = await openCast(t)
const JSON_TYPE = { 'content-type': 'application/json' }
const AUTHORITY = 'id.example:8443'

t.test('the addresses and what they take', async (t) => {
  const { ask } = await open(t)
  for (const [method, path, body, status] of [
    ['GET', `/v1/verdicts/${LAPTOP}`, undefined, 200],
    ['GET', `/v1/verdicts/${LAPTOP}?max_age=60`, undefined, 200],
    ['GET', `/v1/verdicts/${LAPTOP.toUpperCase()}`, undefined, 400],
    ['GET', '/v1/verdicts/', undefined, 400],
    ['POST', '/v1/verdicts', { fingerprint: LAPTOP }, 200],
    ['POST', '/v1/verdicts', { certificate: null }, 200],
    ['POST', '/v1/verdicts', {}, 400],
    ['POST', '/v1/verdicts/batch', { queries: [{ fingerprint: LAPTOP }] }, 200],
    ['POST', '/v1/verdicts/batch', { queries: [] }, 400],
    // what the endpoint leaves to the router
    ['GET', `/v1/verdictsX${LAPTOP}`, undefined, 404],
    ['GET', '/v1/site', undefined, 404],
    ['GET', `/V1/verdicts/${LAPTOP}`, undefined, 404],
    ['GET', `//v1/verdicts/${LAPTOP}`, undefined, 404],
  ] as const) {
    t.equal((await ask(method, path, { body: body as object })).status, status, `${method} ${path}`)
  }
})

t.test('a method that an address does not take is refused by name, and the connection lives', async (t) => {
  const { ask } = await open(t)
  for (const [method, path, allowed] of [
    ['HEAD', `/v1/verdicts/${LAPTOP}`, 'GET'],
    ['POST', `/v1/verdicts/${LAPTOP}`, 'GET'],
    ['DELETE', '/v1/verdicts/', 'GET'],
    ['GET', '/v1/verdicts', 'POST'],
    ['PUT', '/v1/verdicts', 'POST'],
    ['GET', '/v1/verdicts/batch', 'POST'],
    ['OPTIONS', '/v1/verdicts/batch?max_age=60', 'POST'],
  ] as const) {
    const { status, headers, body } = await ask(method, path)
    t.match([status, headers.allow, headers.connection], [405, allowed, 'keep-alive'], `${method} ${path}`)
    if (method !== 'HEAD') t.match(JSON.parse(body.toString()), { code: 'method-not-allowed' })
  }
  t.match(codeOf(await ask('PUT', '/v1/verdicts', { headers: { host: 'evil.example' } })), 'misdirected')
})

t.test('GET, JSON and DER get the same answer', async (t) => {
  const { ask, slow } = await open(t)
  const { der, fingerprint } = peers.browser
  slow.states.set(fingerprint, { ...slow.states.get(LAPTOP)!, fingerprint })
  const answers = [
    await ask('GET', `/v1/verdicts/${fingerprint}`),
    await ask('POST', '/v1/verdicts', { body: { fingerprint } }),
    await ask('POST', '/v1/verdicts', { body: { certificate: Buffer.from(der).toString('base64') } }),
    await ask('POST', '/v1/verdicts', { body: der, headers: { 'content-type': 'application/pkix-cert' } }),
    await ask('POST', '/v1/verdicts', { body: der, headers: { 'content-type': 'Application/PKIX-Cert; x=y' } }),
  ]
  for (const { status, body, headers } of answers) {
    t.equal(status, 200)
    t.match(headers, { 'cache-control': 'no-store', 'content-type': 'application/json' })
    t.equal(body.toString(), answers[0]!.body.toString())
  }
  t.match(answers[0]!.json, { verdict: 'valid' })
})

t.test('one question is answered signed where that is wanted; a refused one and a batch are not', async (t) => {
  const { ask, counted } = await open(t)
  const headers = { accept: 'application/jwt' }
  for (const reply of [
    await ask('GET', `/v1/verdicts/${LAPTOP}`, { headers }),
    await ask('POST', '/v1/verdicts', { headers: { ...headers, ...JSON_TYPE }, body: { fingerprint: LAPTOP } }),
  ]) {
    t.match(
      [reply.status, reply.headers['content-type'], reply.body.toString()],
      [200, 'application/jwt', 'a.signed.verdict'],
    )
  }
  t.equal(counted.length, 2)
  t.match(codeOf(await ask('GET', `/v1/verdicts/${LAPTOP}?max_age=1`, { headers })), 'max-age-too-small')
  const batch = await ask('POST', '/v1/verdicts/batch', { headers, body: { queries: [{ fingerprint: LAPTOP }] } })
  t.match(batch.json, { answers: [{ verdict: 'valid' }] })
})

t.test('a media type that is none of ours is refused, also one that every object has', async (t) => {
  const { ask } = await open(t)
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    '',
    'constructor',
    '__proto__',
    'toString',
  ]) {
    const headers = { 'content-type': type }
    t.match(
      codeOf(await ask('POST', '/v1/verdicts', { body: Buffer.from('{}'), headers })),
      'media-type-unsupported',
      type,
    )
    t.match(
      codeOf(await ask('POST', '/v1/verdicts/batch', { body: Buffer.from('{}'), headers })),
      'media-type-unsupported',
      type,
    )
  }
  const der = { 'content-type': 'application/pkix-cert' }
  t.match(
    codeOf(await ask('POST', '/v1/verdicts/batch', { body: Buffer.from('{}'), headers: der })),
    'media-type-unsupported',
  )
})

t.test('bodies: 64 KiB for one question, 2 MiB for a batch, not a byte more', async (t) => {
  const { ask } = await open(t)
  const padded = (body: object, length: number) => Buffer.from(JSON.stringify(body).padEnd(length))
  for (const [path, body, limit] of [
    ['/v1/verdicts', { fingerprint: LAPTOP }, 65_536],
    ['/v1/verdicts/batch', { queries: [{ fingerprint: LAPTOP }] }, 2_097_152],
  ] as const) {
    t.equal((await ask('POST', path, { body: padded(body, limit), headers: JSON_TYPE })).status, 200)
    t.match(codeOf(await ask('POST', path, { body: padded(body, limit + 1), headers: JSON_TYPE })), 'body-too-large')
  }
})

t.test('of a service that asks too much no batch is read; what cannot be read is paid for, too', async (t) => {
  const { ask, slow, clock } = await open(t)
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...SHOP, policies: { site: { verdictsPerSecond: 2 }, services: {} } })
  const batch = async (body: Buffer | object) =>
    codeOf(await ask('POST', '/v1/verdicts/batch', { body, headers: JSON_TYPE }))
  const junk = Buffer.alloc(100_000, '[')
  t.equal(await batch(junk), 'body-malformed')
  t.equal(await batch(junk), 'rate-limited')
  clock.time += 100_000
  const queries = Array.from({ length: 10 }, () => ({ fingerprint: LAPTOP }))
  t.equal(await batch({ queries }), undefined)
  clock.time += 3_000
  t.equal(await batch({ queries }), 'rate-limited', 'each of its questions counts, though few bytes')
  clock.time += 2_000
  t.equal(await batch({ queries }), undefined)
})

t.test('a batch answers each question in its order, a wrong one by its problem', async (t) => {
  const { ask, slow } = await open(t)
  slow.change(PHONE, { status: 'revoked', reason: 'superseded', revokedAt: NOW })
  const queries = [
    { fingerprint: PHONE },
    { fingerprint: LAPTOP, max_age: 1 },
    { certificate: null },
    { fingerprint: LAPTOP },
    { fingerprint: LAPTOP, return_to: 'https://evil.example/' },
  ]
  const { status, json } = await ask('POST', '/v1/verdicts/batch', { body: { queries } })
  t.equal(status, 200)
  const { answers } = json as unknown as { answers: { code: string; status: number; instance: string }[] }
  t.match(answers, [
    { verdict: 'revoked' },
    { code: 'max-age-too-small', status: 400 },
    { verdict: 'missing' },
    { verdict: 'valid' },
    { code: 'return-to-refused', status: 400 },
  ])
  t.match(answers[1]?.instance, /^urn:uuid:[0-9a-f-]{36}$/)
})

t.test('a caller that is refused gets 403, and the connection ends; another authority gets 421', async (t) => {
  const { ask, slow } = await open(t)
  t.equal((await ask('GET', `/v1/verdicts/${LAPTOP}`)).status, 200)
  slow.change(peers.api.fingerprint, { status: 'revoked' })
  const refused = await ask('GET', `/v1/verdicts/${LAPTOP}`)
  t.match([refused.status, refused.headers.connection, codeOf(refused)], [403, 'close', 'caller-refused'])
  for (const host of ['evil.example', 'id.example', 'id.example:8444', `x@${AUTHORITY}`]) {
    t.match(codeOf(await ask('GET', `/v1/verdicts/${LAPTOP}`, { headers: { host } })), 'misdirected', host)
  }
  t.match(
    codeOf(await ask('GET', `/v1/verdicts/${LAPTOP}`, { headers: { host: AUTHORITY.toUpperCase() } })),
    'caller-refused',
  )
})

t.test('of a caller that is refused no batch is read: it is told so before it has sent any', async (t) => {
  const { slow, begin } = await open(t)
  slow.change(peers.api.fingerprint, { status: 'revoked' })
  for (const length of [2_097_153, 2_097_152]) {
    const { statusCode, headers } = await begin('/v1/verdicts/batch', length)
    t.match([statusCode, headers.connection], [403, 'close'], `${length} bytes`)
  }
})

t.test('a store that is gone is 503, and our fault alone is complained of', async (t) => {
  const { ask, slow, complaints } = await open(t)
  await ask('GET', '/v1/verdicts/x')
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  const { status, headers } = await ask('GET', `/v1/verdicts/${LAPTOP}`)
  t.match([status, headers['retry-after'], complaints], [503, '1', ['store-unavailable']])
})

t.test('each answer is counted; a certificate that the table does not know is suspected, and no other', async (t) => {
  const { ask, counted, suspected } = await open(t)
  const { der } = peers.browser
  const certificate = Buffer.from(der).toString('base64')
  await ask('GET', `/v1/verdicts/${NOBODY}`)
  await ask('GET', `/v1/verdicts/${LAPTOP}`)
  t.same(suspected, [], 'a fingerprint alone is nothing to look at')
  await ask('POST', '/v1/verdicts', { body: { certificate } })
  await ask('POST', '/v1/verdicts/batch', { body: { queries: [{ certificate: null }, { certificate }] } })
  t.same(
    suspected.map((seen) => Buffer.from(seen)),
    [Buffer.from(der), Buffer.from(der)],
  )
  t.equal(counted.length, 5)
})

const FIGURE = figureOf([{ siteId: 'another', weight: 10, kind: 'paid', since: NOW }])

t.test('what other sites say is told to whoever asks for it, with a valid verdict alone', async (t) => {
  const { ask, slow } = await open(t)
  const trust = { score: 10, sites: '1-2', unproven: '0', since: '2026-11', kinds: { paid: '1-2' } }
  t.match((await ask('GET', `/v1/verdicts/${LAPTOP}?trust=1`)).json, { verdict: 'valid', trust })
  t.match((await ask('POST', '/v1/verdicts', { body: { fingerprint: LAPTOP, trust: true } })).json, { trust })
  for (const body of [{ fingerprint: LAPTOP }, { fingerprint: LAPTOP, trust: false }])
    t.notHas((await ask('POST', '/v1/verdicts', { body })).json, { trust: {} })
  const queries = [{ fingerprint: LAPTOP, trust: true }, { fingerprint: LAPTOP }, { fingerprint: NOBODY, trust: true }]
  const { answers } = (await ask('POST', '/v1/verdicts/batch', { body: { queries } })).json as unknown as {
    answers: object[]
  }
  t.match(answers, [{ trust }, { verdict: 'valid' }, { verdict: 'missing' }])
  t.same(
    answers.map((answer) => 'trust' in answer),
    [true, false, false],
  )
  slow.change(LAPTOP, { status: 'held' })
  t.notHas((await ask('GET', `/v1/verdicts/${LAPTOP}?trust=1`)).json, { trust: {} })
  const headers = { accept: 'application/jwt' }
  t.equal(codeOf(await ask('GET', `/v1/verdicts/${LAPTOP}?trust=1`, { headers })), 'query-invalid', 'never signed')
})

async function open(t: Test) {
  const { verdicts, slow, clock } = service()
  slow.states.set(peers.api.fingerprint, { ...CALLER_STATE, fingerprint: peers.api.fingerprint })
  slow.answer('at-once', 'signIn')
  const [counted, suspected, complaints]: [Outcome[], Uint8Array[], string[]] = [[], [], []]
  const endpoint = new VerdictEndpoint({
    verdicts,
    authority: AUTHORITY,
    signer: { sign: async () => 'a.signed.verdict' },
    statements: { figure: async () => FIGURE },
    complain: ({ code }) => complaints.push(code),
    count: (outcome) => counted.push(outcome),
    time: () => {},
    suspect: (certificate) => suspected.push(certificate),
  })
  const server = createServer(tlsOptions(own, { anchor: authority.twins.api, required: true }), (req, res) => {
    if (!endpoint.take(req, res, req.headers.host)) res.writeHead(404).end()
  })
  t.teardown(() => server.closeAllConnections())
  const port = await listenOn(t, server)
  const agent = agentOf(authority.issuers.root.pem, peers.api, { servername: 'localhost' })
  t.teardown(() => agent.destroy())
  const ask = (
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: object | Uint8Array } = {},
  ) =>
    exchange(`https://127.0.0.1:${port}${path}`, {
      agent,
      method,
      headers: { host: AUTHORITY, ...headers },
      ...(body && { body }),
    })
  /** Announces a body of so many bytes of JSON, sends the first of them, and waits for the answer. */
  const begin = async (path: string, length: number): Promise<IncomingMessage> => {
    const headers = { ...JSON_TYPE, host: AUTHORITY, 'content-length': length }
    const req = request(`https://127.0.0.1:${port}${path}`, { agent, method: 'POST', headers })
    t.teardown(() => req.destroy())
    req.write('[')
    const [res] = (await once(req, 'response')) as [IncomingMessage]
    req.on('error', () => {})
    return res
  }
  return { ask, begin, slow, clock, counted, suspected, complaints }
}

function codeOf({ json }: Reply): string {
  return (json as unknown as { code: string }).code
}
