import t from 'tap'
import { readForwardedCertificate } from '../../../src/http/api/forwarded-certificate.ts'
import { decodePemAll, encodePem } from '../../../src/x509/pem.ts'
import { openCast } from '../handshake.ts'

const { authority, peers } = await openCast(t)
const { der } = peers.browser
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const escaped = encodeURIComponent(encodePem('CERTIFICATE', der))
const [issuer, root] = [authority.issuers.browser, authority.issuers.root].map(
  ({ pem }) => decodePemAll(pem, 'CERTIFICATE')[0]!,
) as [Uint8Array, Uint8Array]

const GOOD: Readonly<Record<string, readonly [name: string, value: string]>> = {
  'RFC 9440': ['Client-Cert', `:${base64(der)}:`],
  nginx: ['X-SSL-Client-Cert', escaped],
  'Apache, which escapes less': ['x-ssl-client-cert', escaped.replaceAll('%2B', '+').replaceAll('%2F', '/')],
  Caddy: ['X-Forwarded-Tls-Client-Cert', base64(der)],
  Traefik: ['X-Forwarded-Tls-Client-Cert', [der, issuer, root].map(base64).join(',')],
  Envoy: ['X-Forwarded-Client-Cert', `By=urn:a;Hash=00;Cert="${escaped}";Subject="CN=\\"a,b;c\\"";URI=urn:b`],
}

t.test('each spelling gives the same bytes', async (t) => {
  for (const [who, header] of Object.entries(GOOD)) {
    const read = readForwardedCertificate(['Host', 'id.example', ...header])
    t.same(Buffer.from(read ?? []), Buffer.from(der), who)
  }
})

t.test('none, or an empty one: the proxy saw no certificate', async (t) => {
  t.equal(readForwardedCertificate([]), null)
  t.equal(readForwardedCertificate(['Host', 'id.example', 'Client-Cert-Chain', ':AAAA:']), null)
  for (const [name] of Object.values(GOOD)) t.equal(readForwardedCertificate([name, ' ']), null, name)
})

t.test('two such headers are one too many, whatever they hold', async (t) => {
  const headers = Object.values(GOOD)
  for (const first of headers)
    for (const second of [...headers, ['Client-Cert', ''] as const]) {
      t.throws(
        () => readForwardedCertificate([...first, ...second]),
        { code: 'query-invalid' },
        `${first[0]} ${second[0]}`,
      )
    }
})

t.test('what is spelled in another way is refused', async (t) => {
  const stranger = peers.admin.der
  const wrong: readonly (readonly [name: string, value: string])[] = [
    ['Client-Cert', base64(der)],
    ['Client-Cert', `:${base64(der)}:;a=1`],
    ['Client-Cert', `:${base64(der)}:, :${base64(der)}:`],
    ['Client-Cert', '::'],
    ['X-SSL-Client-Cert', '%'],
    ['X-SSL-Client-Cert', '%ff'],
    ['X-SSL-Client-Cert', '(null)'],
    ['X-SSL-Client-Cert', escaped + escaped],
    ['X-SSL-Client-Cert', base64(der)],
    ['X-Forwarded-Tls-Client-Cert', base64(der).replace(/=+$/, '').slice(0, -1)],
    ['X-Forwarded-Tls-Client-Cert', ','],
    ['X-Forwarded-Tls-Client-Cert', `${base64(der)},`],
    ['X-Forwarded-Client-Cert', 'Hash=00'],
    ['X-Forwarded-Client-Cert', `Cert="${escaped}";Cert="${escaped}"`],
    ['X-Forwarded-Client-Cert', `Cert="${escaped}",Cert="${escaped}"`],
    ['X-Forwarded-Client-Cert', `Cert="${escaped}`],
    ['X-Forwarded-Client-Cert', 'constructor'],
  ]
  for (const [name, value] of wrong) {
    const refusal = { code: /^(certificate|pem)-malformed$/ }
    t.throws(() => readForwardedCertificate([name, value]), refusal, `${name}: ${value.slice(0, 40)}`)
  }
  // A browser's forged header, and the proxy's own behind it: also a forged chain that goes on for ever.
  for (const forged of [[der], [der, issuer], [der, issuer, root], [der, issuer, ...Array(20).fill(root)]]) {
    const header = ['X-Forwarded-Tls-Client-Cert', [...forged, stranger].map(base64).join(', ')]
    t.throws(() => readForwardedCertificate(header), { code: 'certificate-malformed' }, `${forged.length} forged`)
  }
})
