import { type AddressInfo, connect } from 'node:net'
import { pino } from 'pino'
import t from 'tap'
import { ISSUERS, type IssuerName } from '../../../src/domain/certificate/certificate.ts'
import type { RevocationList } from '../../../src/domain/store.ts'
import { IdentityError } from '../../../src/errors.ts'
import { createPki } from '../../../src/http/pki/pki.ts'

const THIS_UPDATE = Date.parse('2026-11-21T12:00:00Z')
const LISTS = new Map<IssuerName, RevocationList>(
  ISSUERS.map((issuer, i) => [
    issuer,
    {
      issuer,
      number: 40 + i,
      thisUpdate: THIS_UPDATE,
      nextUpdate: THIS_UPDATE + 1,
      der: Buffer.from(`list of ${issuer}`),
    },
  ]),
)

t.test('the certificate and the list of every issuer, as a relying party fetches them', async (t) => {
  const { get } = open()
  for (const issuer of ISSUERS) {
    const certificate = await get(`/ca/${issuer}.cer`)
    t.match(certificate, {
      statusCode: 200,
      headers: { 'content-type': 'application/pkix-cert' },
      body: `certificate of ${issuer}`,
    })
    const list = await get(`/crl/${issuer}.crl`)
    t.match(list, {
      statusCode: 200,
      headers: { 'content-type': 'application/pkix-crl', 'last-modified': 'Sat, 21 Nov 2026 12:00:00 GMT' },
      body: `list of ${issuer}`,
    })
    t.equal(list.headers['cache-control'], 'no-cache', 'a list is asked for anew, or a revocation comes late')
  }
  const tags = await Promise.all(ISSUERS.map(async (issuer) => (await get(`/crl/${issuer}.crl`)).headers.etag))
  t.equal(new Set(tags).size, ISSUERS.length)
})

t.test('what is not published is not there', async (t) => {
  const { get } = open()
  for (const path of [
    '/ca/root.key',
    '/ca/root.pem',
    '/ca/root',
    '/ca/ROOT.cer',
    '/ca/root.crl',
    '/crl/root.cer',
    '/ca/..%2froot.cer',
    '/ca/../ca/browser.twin.cer',
    '/ca/constructor.cer',
    '/ca/',
    '/crl/nobody.crl',
    '/',
  ]) {
    t.match(await get(path), { statusCode: 404 }, path)
  }
})

t.test('a list that is not there yet is not an empty list; a store that is gone is 503', async (t) => {
  const without = open(() => undefined)
  t.match(await without.get('/crl/browser.crl'), { statusCode: 404 })
  const down = open(() => {
    throw new IdentityError('store-unavailable', 'down')
  })
  t.match(await down.get('/crl/browser.crl'), { statusCode: 503 })
  t.match(await down.get('/ca/browser.cer'), { statusCode: 200 }, 'certificates need no store')
})

t.test('whoever has the newest list is not sent it again', async (t) => {
  const { get, counts } = open()
  for (const known of ['"browser-41"', 'W/"browser-41"', '"browser-40", "browser-41"', '*']) {
    const answer = await get('/crl/browser.crl', { 'if-none-match': known })
    t.match(answer, { statusCode: 304, body: '', headers: { etag: '"browser-41"', 'cache-control': 'no-cache' } })
  }
  t.equal(counts.lists, 0, 'nor is it read')
  for (const known of ['"browser-40"', '"api-41"', 'browser-41', '']) {
    t.match(await get('/crl/browser.crl', { 'if-none-match': known }), { statusCode: 200 }, known)
  }
})

t.test('however many peers fetch a list and do not read it, it is in memory once', async (t) => {
  const length = 20 * 2 ** 20
  const list = { ...LISTS.get('browser')!, der: new Uint8Array(length) }
  const { app, counts } = open(() => list)
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  let answered = 0
  app.server.on('request', (_req, res) => res.once('prefinish', () => void answered++))
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 20; i++) {
    const socket = connect(port, '127.0.0.1', () =>
      socket.pause().write('GET /crl/browser.crl HTTP/1.1\r\nHost: x\r\n\r\n'),
    )
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
  }
  for (const end = Date.now() + 10_000; answered < 20 && Date.now() < end; ) await new Promise(setImmediate)
  t.equal(answered, 20)
  t.ok(process.memoryUsage().arrayBuffers - before < length)
  t.equal(counts.lists, 1)
})

function open(revocationList: (issuer: IssuerName) => RevocationList | undefined = (issuer) => LISTS.get(issuer)) {
  const der = (issuer: IssuerName) => ({ der: Buffer.from(`certificate of ${issuer}`) })
  const issuers = { root: der('root'), browser: der('browser'), api: der('api'), internal: der('internal') }
  const counts = { lists: 0 }
  const app = createPki({
    store: {
      revocationList: (issuer) => {
        counts.lists++
        return revocationList(issuer)
      },
      revocationListNumber: (issuer) => revocationList(issuer)?.number,
    },
    issuers,
    log: pino({ level: 'silent' }),
  })
  return {
    app,
    counts,
    get: (url: string, headers: Readonly<Record<string, string>> = {}) => app.inject({ url, headers }),
  }
}
