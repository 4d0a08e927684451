import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import type { Asker } from '../../../src/domain/site/asker.ts'
import { callerRefused } from '../../../src/domain/site/asker.ts'
import type { RenewedCertificate } from '../../../src/domain/site/service-renewal.ts'
import { renewCertificate, siteCertificateRoute } from '../../../src/http/api/site-certificate.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { decodePemAll, encodePem } from '../../../src/x509/pem.ts'
import { SHOP } from '../../domain/asking.ts'
import { DAY, NOW } from '../../domain/verdict-state.ts'

const REQUEST = Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00])
const PKCS10 = 'application/pkcs10'
const CHAIN = encodePem('CERTIFICATE', Uint8Array.of(0x30, 1, 7))
const ASKER = { site: SHOP, service: 'web', fingerprint: 'ca'.repeat(32) } as Asker
const RENEWED = {
  fingerprint: 'be'.repeat(32),
  der: Uint8Array.of(0x30, 0),
  notBefore: NOW,
  notAfter: NOW + 3 * DAY,
  chain: CHAIN,
} as RenewedCertificate

t.test('a request in each of its spellings; the answer is a file', async (t) => {
  const { send, asked } = open(t)
  const pem = encodePem('CERTIFICATE REQUEST', REQUEST)
  const base64 = REQUEST.toString('base64')
  const spellings = [REQUEST, pem, ` ${pem}`, base64, `${base64}\r\n`, base64.replace(/(..)/, '$1\n')]
  for (const body of spellings) {
    const { statusCode, headers, payload } = await send(body)
    t.match({ statusCode, type: headers['content-type'] }, { statusCode: 200, type: /^application\/pem-certificate-/ })
    t.same(decodePemAll(payload, 'CERTIFICATE').map(Buffer.from), [Buffer.from(RENEWED.der), Buffer.from([48, 1, 7])])
  }
  t.equal(asked.length, spellings.length)
  for (const { asker, request } of asked) {
    t.same(Buffer.from(request), REQUEST)
    t.equal(asker, ASKER, 'whoever shook hands, and nobody else')
  }
})

t.test('as JSON where that is wanted', async (t) => {
  const { send } = open(t)
  const { headers, payload } = await send(REQUEST, { accept: 'application/json' })
  t.match(headers['content-type'], /^application\/json/)
  t.same(JSON.parse(payload), {
    certificate: encodePem('CERTIFICATE', RENEWED.der) + CHAIN,
    fingerprint: RENEWED.fingerprint,
    not_after: new Date(NOW + 3 * DAY).toISOString(),
    renew_at: new Date(NOW + 2 * DAY).toISOString(),
  })
})

t.test('what is no request renews nothing', async (t) => {
  const { send, asked } = open(t)
  for (const body of ['', 'x', '-----BEGIN CERTIFICATE-----', encodePem('CERTIFICATE', REQUEST), '====']) {
    const { statusCode, payload } = await send(body)
    t.match({ statusCode, ...JSON.parse(payload) }, { statusCode: 400, code: /malformed$/ }, body)
  }
  const other = await send(REQUEST, { 'content-type': 'application/json' })
  t.match({ status: other.statusCode, ...JSON.parse(other.payload) }, { status: 415, code: 'media-type-unsupported' })
  t.same(asked, [])
})

t.test('who is refused at a verdict is refused here', async (t) => {
  const { send, asked } = open(t, async () => Promise.reject(callerRefused()))
  t.equal((await send(REQUEST)).statusCode, 403)
  t.same(asked, [])
})

function open(t: Test, judge = async () => ASKER) {
  const asked: { asker: Asker; request: Uint8Array }[] = []
  const renew = async (asker: Asker, request: Uint8Array) => {
    asked.push({ asker, request })
    return RENEWED
  }
  const app = fastify()
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.status(problem.status).send(JSON.stringify(problem))
  })
  siteCertificateRoute(app, renewCertificate({ renew }, judge))
  t.teardown(() => app.close())
  const send = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/site/certificate',
      payload,
      headers: { 'content-type': PKCS10, ...headers },
    })
  return { send, asked }
}
