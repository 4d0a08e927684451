import t from 'tap'
import { CERTIFICATE_HEADERS, type CertificateHeader, readForwarded } from '../../src/client/forwarded-certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'

const DER = Buffer.from([0x30, 0x03, 0x02, 0x01, 0xff, 0xfb])
const BASE64 = DER.toString('base64')
const PEM = encodePem('CERTIFICATE', DER)

const VALUES: Readonly<Record<CertificateHeader, string>> = {
  'client-cert': `:${BASE64}:`,
  'x-ssl-client-cert': encodeURIComponent(PEM),
  'x-forwarded-tls-client-cert': BASE64,
}

t.test('each header in its own spelling, and in no other’s', async (t) => {
  t.same(CERTIFICATE_HEADERS, Object.keys(VALUES))
  for (const header of CERTIFICATE_HEADERS) {
    for (const name of [header, header.toUpperCase(), header.replace('c', 'C')])
      t.same(readForwarded(['Host', 'x', name, VALUES[header]], header), DER, name)
    for (const other of CERTIFICATE_HEADERS.filter((one) => one !== header)) {
      t.equal(readForwarded([header, VALUES[other]], header), undefined, `${other} in ${header}`)
      t.equal(readForwarded([other, VALUES[other]], header), undefined, `${other} for ${header}`)
    }
  }
})

t.test('none, two, or nearly one', async (t) => {
  for (const header of CERTIFICATE_HEADERS) {
    const value = VALUES[header]
    const wrong: readonly (readonly string[])[] = [
      [],
      [header, ''],
      [header, value, header, value],
      [header, value, header.toUpperCase(), ''],
      [header, `${value},${value}`],
      [header.replaceAll('-', '_'), value],
      [`${header} `, value],
      [header, value.replace('M', '-')],
      [header, `${value}x`],
      [header, value.replace(BASE64.slice(0, 4), 'AAAA')],
    ]
    for (const raw of wrong) t.equal(readForwarded(raw, header), undefined, JSON.stringify(raw))
  }
})

t.test('what cannot be decoded throws nothing', async (t) => {
  for (const value of ['%', '%zz', '%ff', '%E0%A4%A', '-----BEGIN%20CERTIFICATE-----%0A-----END%20CERTIFICATE-----'])
    t.equal(readForwarded(['x-ssl-client-cert', value], 'x-ssl-client-cert'), undefined, value)
})
