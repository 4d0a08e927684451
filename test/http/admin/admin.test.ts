import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { CertificateRecord } from '../../../src/domain/certificate.ts'
import type { Store } from '../../../src/domain/store.ts'
import { createAdmin } from '../../../src/http/admin/admin.ts'
import { openCast } from '../handshake.ts'

const VICTIM = 'ab'.repeat(32)

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

/** The listener before a table in which every certificate is an operator's. */
async function open(t: Test, different: Partial<CertificateRecord> = {}) {
  const { server, peers, authority } = await openCast(t)
  const released: string[] = []
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
      certificate: (fingerprint) => ({ ...record, fingerprint }) as unknown as CertificateRecord,
      run: (async (_name: string, event: unknown) => void noted.push(event)) as unknown as Store['run'],
    },
    issuance: { issue: refuse, recoverUnfinished: refuse },
    revocation: {
      revoke: refuse,
      hold: refuse,
      release: async (_actor, fingerprint) => void released.push(fingerprint),
    },
    sites: { add: refuse, remove: refuse, named: refuse },
    clock: { now: () => Date.now() },
    log: pino({ level: 'silent' }),
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const { cert, key } = peers.admin
  const send = (headers: Readonly<Record<string, string>>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const path = `/v1/certificates/${VICTIM}/release`
      const options = { host: '127.0.0.1', port, path, method: 'POST', cert, key, rejectUnauthorized: false }
      const req = requestHttps({ ...options, headers: { host: 'admin.test', ...headers } }, (res) => {
        replies.push(res)
        json(res).then(resolve, reject)
      })
      req.once('error', reject)
      req.end()
    })
  return { send, released, noted, replies }
}
