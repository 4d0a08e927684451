import t from 'tap'
import { IdentityError } from '../../../src/errors.ts'
import { LAPTOP, NOBODY, PHONE } from '../../domain/asking.ts'
import { NOW } from '../../domain/verdict-state.ts'
import { openCast } from '../handshake.ts'
import { AUTHORITY, codeOf, JSON_TYPE, openEndpoint } from './open-endpoint.ts'

const cast = await openCast(t)
const { peers } = cast

t.test('the addresses and what they take', async (t) => {
  const { ask } = await openEndpoint(t, cast)
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
  const { ask } = await openEndpoint(t, cast)
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
  const { ask, slow } = await openEndpoint(t, cast)
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
  const { ask, counted } = await openEndpoint(t, cast)
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
  const { ask } = await openEndpoint(t, cast)
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

t.test('a batch answers each question in its order, a wrong one by its problem', async (t) => {
  const { ask, slow } = await openEndpoint(t, cast)
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
  const { ask, slow } = await openEndpoint(t, cast)
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

t.test('a store that is gone is 503, and our fault alone is complained of', async (t) => {
  const { ask, slow, complaints } = await openEndpoint(t, cast)
  await ask('GET', '/v1/verdicts/x')
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  const { status, headers } = await ask('GET', `/v1/verdicts/${LAPTOP}`)
  t.match([status, headers['retry-after'], complaints], [503, '1', ['store-unavailable']])
})

t.test('each answer is counted; a certificate that the table does not know is suspected, and no other', async (t) => {
  const { ask, counted, suspected } = await openEndpoint(t, cast)
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

t.test('what other sites say is told to whoever asks for it, with a valid verdict alone', async (t) => {
  const { ask, slow } = await openEndpoint(t, cast)
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
