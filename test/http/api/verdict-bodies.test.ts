import { once } from 'node:events'
import t from 'tap'
import { IdentityError } from '../../../src/errors.ts'
import { LAPTOP, SHOP } from '../../domain/asking.ts'
import { openCast } from '../handshake.ts'
import { codeOf, JSON_TYPE, openEndpoint } from './open-endpoint.ts'

const cast = await openCast(t)
const { peers } = cast

t.test('bodies: 64 KiB for one question, 2 MiB for a batch, not a byte more', async (t) => {
  const { ask } = await openEndpoint(t, cast)
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
  const { ask, slow, clock } = await openEndpoint(t, cast)
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

t.test('what is no question counts as one, in a body and in an address', async (t) => {
  const { ask, slow, clock } = await openEndpoint(t, cast)
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...SHOP, policies: { site: { verdictsPerSecond: 1 }, services: {} } })
  for (const [code, junk] of [
    ['body-malformed', () => ask('POST', '/v1/verdicts', { body: Buffer.from('{'), headers: JSON_TYPE })],
    ['query-invalid', () => ask('POST', '/v1/verdicts', { body: {} })],
    [
      'certificate-malformed',
      () =>
        ask('POST', '/v1/verdicts', { body: Buffer.from('x'), headers: { 'content-type': 'application/pkix-cert' } }),
    ],
    ['query-invalid', () => ask('GET', '/v1/verdicts/x')],
  ] as const) {
    clock.time += 10_000
    const codes = [codeOf(await junk()), codeOf(await junk()), codeOf(await junk())]
    t.same(codes, [code, code, 'rate-limited'])
    t.equal(codeOf(await ask('POST', '/v1/verdicts', { body: { fingerprint: LAPTOP } })), 'rate-limited')
  }
})

t.test('of a caller that is refused no body is read: it is told so before it has sent any', async (t) => {
  const { slow, begin } = await openEndpoint(t, cast)
  slow.change(peers.api.fingerprint, { status: 'revoked' })
  for (const [path, length] of [
    ['/v1/verdicts/batch', 2_097_153],
    ['/v1/verdicts/batch', 2_097_152],
    ['/v1/verdicts', 65_536],
    ['/v1/verdicts', 2],
  ] as const) {
    const { answer } = await begin(path, length)
    t.match([answer.statusCode, answer.headers.connection], [403, 'close'], `${path}, ${length} bytes`)
  }
})

t.test('a question that comes with its head is judged once', async (t) => {
  const { ask, slow } = await openEndpoint(t, cast)
  const { der } = peers.browser
  await ask('GET', `/v1/verdicts/${LAPTOP}`)
  const before = slow.countOf('changes')
  for (let count = 1; count <= 20; count++) {
    await ask('POST', '/v1/verdicts', { body: der, headers: { 'content-type': 'application/pkix-cert' } })
    t.equal(slow.countOf('changes'), before + count)
  }
})

t.test('a body that comes late is answered by what its caller is when it has come', async (t) => {
  const { slow, beginLate, ask } = await openEndpoint(t, cast)
  const good = await beginLate()
  t.equal((await good.end()).statusCode, 200)
  const refused = await beginLate()
  slow.change(peers.api.fingerprint, { status: 'revoked' })
  t.equal((await refused.end()).statusCode, 403)
  t.equal(codeOf(await ask('POST', '/v1/verdicts', { body: {} })), 'caller-refused', 'before what is wrong with it')
})

t.test(
  'a body whose caller could not be judged is passed over, however long, and the connection serves on',
  async (t) => {
    const { slow, begin, ask } = await openEndpoint(t, cast)
    slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
    const { answer, req } = await begin('/v1/verdicts', undefined)
    t.match([answer.statusCode, answer.headers.connection], [503, 'keep-alive'])
    slow.answer('at-once', 'changes')
    const { socket } = req
    answer.resume()
    req.end(Buffer.alloc(200_000, '['))
    await once(answer, 'close')
    t.equal((await ask('GET', `/v1/verdicts/${LAPTOP}`)).status, 200)
    t.notOk(socket?.destroyed)
  },
)
