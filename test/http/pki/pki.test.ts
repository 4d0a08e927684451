import { pino } from 'pino'
import t from 'tap'
import { ISSUERS, type IssuerName } from '../../../src/domain/certificate.ts'
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

function open(revocationList: (issuer: IssuerName) => RevocationList | undefined = (issuer) => LISTS.get(issuer)) {
  const der = (issuer: IssuerName) => ({ der: Buffer.from(`certificate of ${issuer}`) })
  const issuers = { root: der('root'), browser: der('browser'), api: der('api'), internal: der('internal') }
  const app = createPki({
    store: { revocationList },
    issuers,
    log: pino({ level: 'silent' }),
  })
  return { get: (url: string) => app.inject({ url }) }
}
