import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { CertificateRecord } from '../../../src/domain/certificate/certificate.ts'
import type { Issued } from '../../../src/domain/certificate/issuance.ts'
import type { Store } from '../../../src/domain/store.ts'
import { createAdmin } from '../../../src/http/admin/admin.ts'
import { SHOP } from '../../domain/asking.ts'
import { openCast } from '../handshake.ts'

const VICTIM = 'ab'.repeat(32)
const UNKNOWN = 'cd'.repeat(32)

t.test("another site's page cannot use the certificate of an operator's browser", async (t) => {
  const { send, released } = await open(t)
  for (const headers of [
    { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
  ]) {
    t.match(await send(headers), { status: 403, code: 'cross-site' })
  }
  t.equal(released.length, 0)
  t.match(await send({}), { fingerprint: VICTIM }, 'a program sends neither header')
  t.strictSame(released, [VICTIM])
})

t.test('a refused certificate that asks without end leaves one row, and its connection ends each time', async (t) => {
  const { send, released, noted, replies } = await open(t, { status: 'revoked' })
  for (let i = 0; i < 5; i++) t.match(await send({}), { status: 403, code: 'caller-refused' })
  t.strictSame(
    replies.map(({ headers }) => headers.connection),
    Array(5).fill('close'),
  )
  t.match(noted, [{ action: 'administration-refused', detail: { route: '/v1/certificates/:fingerprint/release' } }])
  t.equal(noted.length, 1)
  t.strictSame(released, [])
})

t.test('what an operator may do, each in his own name', async (t) => {
  const { ask, done } = await open(t)
  const request = Buffer.from('request').toString('base64')
  t.match(await ask('POST', '', { site: 'shop', service: 'web', request }), {
    fingerprint: VICTIM,
    certificate: /BEGIN CERT/,
  })
  t.match(await ask('GET', `/${VICTIM}`), { fingerprint: VICTIM, status: 'active' })
  t.match(await ask('POST', `/${VICTIM}/revoke`), { fingerprint: VICTIM }, 'no body is no reason')
  t.match(await ask('POST', `/${VICTIM}/revoke`, { reason: 'superseded' }), { fingerprint: VICTIM })
  t.match(await ask('POST', `/${VICTIM}/hold`), { fingerprint: VICTIM })
  t.match(done, [
    { what: 'issue', actor: /^operator:[0-9a-f]{64}$/, order: { profile: 'api', site: 'shop', label: 'shop web' } },
    { what: 'revoke', fingerprint: VICTIM, reason: 'unspecified' },
    { what: 'revoke', reason: 'superseded' },
    { what: 'hold', fingerprint: VICTIM },
  ])
})

t.test('what is no certificate, no reason or no order is refused', async (t) => {
  const { ask, done } = await open(t)
  t.match(await ask('GET', `/${UNKNOWN}`), { status: 404, code: 'certificate-unknown' })
  t.match(await ask('GET', '/nonsense'), { status: 404, code: 'certificate-unknown' })
  t.match(await ask('POST', `/${VICTIM}/revoke`, { reason: 'a bad mood' }), { status: 400 })
  t.match(await ask('POST', '', { site: 'shop', service: 'Not A Name', request: '' }), {
    status: 400,
    code: 'site-invalid',
  })
  t.match(await ask('POST', '', { site: 'shop' }), { status: 400 })
  t.strictSame(done, [])
})

/** The listener before a table in which every certificate is an operator's. */
async function open(t: Test, different: Partial<CertificateRecord> = {}) {
  const { server, peers, authority } = await openCast(t)
  const released: string[] = []
  const done: object[] = []
  const noted: unknown[] = []
  const replies: IncomingMessage[] = []
  const end = Date.now() + 86_400_000
  const record = {
    profile: 'admin',
    status: 'active',
    reason: null,
    revokedAt: null,
    notBefore: 0,
    notAfter: end,
    ...different,
  }
  const refuse = () => Promise.reject(new TypeError('nobody asks for that here'))
  const app = createAdmin({
    url: 'https://admin.test',
    identity: server,
    peers: { anchor: authority.twins.internal, required: true },
    store: {
      certificate: (fingerprint) =>
        fingerprint === UNKNOWN ? undefined : ({ ...record, fingerprint } as unknown as CertificateRecord),
      run: (async (_name: string, event: unknown) => void noted.push(event)) as unknown as Store['run'],
    },
    issuance: {
      issue: async ({ actor, order }) => {
        done.push({ what: 'issue', actor, order })
        return { fingerprint: VICTIM, notAfter: end, der: Uint8Array.of(0x30, 0) } as unknown as Issued
      },
      recoverUnfinished: refuse,
    },
    revocation: {
      revoke: async (actor, fingerprint, reason) => void done.push({ what: 'revoke', actor, fingerprint, reason }),
      hold: async (actor, fingerprint) => void done.push({ what: 'hold', actor, fingerprint }),
      release: async (_actor, fingerprint) => void released.push(fingerprint),
    },
    sites: {
      add: refuse,
      remove: refuse,
      setRights: refuse,
      grant: refuse,
      named: async (name) => ({ ...SHOP, name }),
    },
    clock: { now: () => Date.now() },
    log: pino({ level: 'silent' }),
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const { cert, key } = peers.admin
  const ask = (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: `/v1/certificates${path}`, method, cert, key }
      const type = body && { 'content-type': 'application/json' }
      const sent = { ...options, rejectUnauthorized: false, headers: { host: 'admin.test', ...type, ...headers } }
      const req = requestHttps(sent, (res) => {
        replies.push(res)
        json(res).then(resolve, reject)
      })
      req.once('error', reject)
      req.end(body && JSON.stringify(body))
    })
  const send = (headers: Readonly<Record<string, string>>) => ask('POST', `/${VICTIM}/release`, undefined, headers)
  return { ask, send, released, done, noted, replies }
}
