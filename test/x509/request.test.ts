import { sign } from 'node:crypto'
import * as asn1js from 'asn1js'
import { CertificationRequest } from 'pkijs'
import t from 'tap'
import { ia5String } from '../../src/x509/der-writer.ts'
import { encodeExtension } from '../../src/x509/extension.ts'
import { basicConstraints, subjectAltName } from '../../src/x509/extensions.ts'
import { readName } from '../../src/x509/name.ts'
import { assembleRequest, encodeRequestInfo, parseRequest } from '../../src/x509/request.ts'
import { hostileRequests } from '../malformed/corpus.ts'
import { attribute, extensionRequest, looseRequest } from '../malformed/loose-request.ts'
import { refusalOf } from './refusal.ts'
import { sampleKey, sampleName, sampleRequest } from './samples.ts'
import { Bench, type Said } from './tools.ts'

const CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7'
const key = sampleKey()
const bench = new Bench()
t.teardown(() => bench.close())

t.test('there and back', (t) => {
  const info = encodeRequestInfo({ subject: sampleName('a'), spki: key.spki })
  const signature = new Uint8Array(sign('sha256', info, key.privateKey))
  const parsed = parseRequest(assembleRequest(info, 'ecdsa-sha256', signature))
  const expected = {
    info,
    subject: sampleName('a'),
    spki: key.spki,
    extensions: [],
    known: {},
    signatureAlgorithm: 'ecdsa-sha256',
    signature,
  }
  t.same(parsed, expected)
  t.end()
})

t.test('wishes are read, in whatever attributes they come', (t) => {
  const wishes = [basicConstraints({ ca: true }), subjectAltName([{ type: 'dns', value: 'a.example' }])]
  const attributes = [attribute(CHALLENGE_PASSWORD, ia5String('x')), extensionRequest(...wishes.map(encodeExtension))]
  const parsed = parseRequest(looseRequest({ attributes: attributes.toSorted(Buffer.compare) }))
  t.same(parsed.extensions, wishes)
  t.same(parsed.known, { basicConstraints: { ca: true }, subjectAltName: [{ type: 'dns', value: 'a.example' }] })
  t.end()
})

t.test('refused', (t) => {
  const ofOthers: readonly string[] = ['request-signature-invalid', 'key-weak']
  const refused = hostileRequests().filter(({ name, code }) => !ofOthers.includes(code) && !name.startsWith('key: '))
  for (const { name, code, der } of refused)
    t.equal(
      refusalOf(() => parseRequest(der)),
      code,
      name,
    )
  t.end()
})

t.test('bounds', (t) => {
  const sized = (size: number) =>
    looseRequest({ attributes: [attribute(CHALLENGE_PASSWORD, ia5String('x'.repeat(size)))] })
  const overhead = sized(10_000).length - 10_000
  t.equal(
    refusalOf(() => parseRequest(sized(16_300 - overhead))),
    'taken',
    'under 16 KiB',
  )
  t.equal(
    refusalOf(() => parseRequest(sized(16_400 - overhead))),
    'der-malformed',
    'over 16 KiB',
  )
  t.end()
})

t.test('requests of openssl are read', (t) => {
  const algorithms: readonly (readonly string[])[] = [
    ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    ['RSA'],
    ['ED25519'],
  ]
  for (const [name, ...options] of algorithms) {
    const path = bench.file('made.csr', '')
    const wishes = [
      '-addext',
      'subjectAltName=DNS:a.example,email:a@b.example',
      '-addext',
      'keyUsage=digitalSignature',
      '-addext',
      'tlsfeature=status_request',
    ]
    const made = bench.run(
      'openssl',
      'req',
      '-new',
      '-newkey',
      name!,
      ...options,
      '-nodes',
      '-keyout',
      bench.file('made.key', ''),
      '-subj',
      '/C=AT/O=José/CN=a',
      '-utf8',
      ...wishes,
      '-outform',
      'der',
      '-out',
      path,
    )
    t.ok(made.ok, made.text)
    const parsed = parseRequest(bench.read('made.csr'))
    t.same(
      readName(parsed.subject).map(({ value }) => value),
      ['AT', 'José', 'a'],
    )
    t.same(parsed.known.subjectAltName?.[0], { type: 'dns', value: 'a.example' })
    t.equal(parsed.extensions.length, 3)
  }
  t.end()
})

t.test('openssl, GnuTLS, NSS and pkijs read ours', async (t) => {
  const der = sampleRequest(key)
  const pem = bench.pem('ours.csr', 'CERTIFICATE REQUEST', der)
  const openssl = bench.run('openssl', 'req', '-in', pem, '-verify', '-noout', '-subject')
  t.match(openssl.text, /verify OK/)
  t.match(openssl.text, /CN = "?Laptop, Nov 2026/)
  const gnutls = bench.run('certtool', '--crq-info', '--infile', pem)
  t.match(gnutls.text, /Laptop/)
  t.match(gnutls.text, /Self signature: verified/)
  const certify = nssAuthority()
  t.equal(certify(der).ok, true, 'NSS certifies it')
  t.equal(certify(der.with(-1, der.at(-1)! ^ 1)).ok, false, 'and would not with another signature')
  const parsed = new CertificationRequest({ schema: asn1js.fromBER(der).result })
  t.equal(await parsed.verify(), true)
  t.end()
})

/** An authority of NSS, which makes a certificate of a request whose signature it has verified. */
function nssAuthority(): (der: Uint8Array) => Said {
  const database = bench.nss()
  const noise = bench.file('noise', 'no secret is made with this, it only has to be there')
  const made = bench.run(
    'certutil',
    '-S',
    '-d',
    database,
    '-n',
    'ca',
    '-s',
    'CN=ca',
    '-x',
    '-t',
    'CT,,',
    '-k',
    'ec',
    '-q',
    'nistp256',
    '-z',
    noise,
  )
  if (!made.ok) throw new Error(made.text)
  const output = bench.file('certificate.der', '')
  return (der) =>
    bench.run('certutil', '-C', '-d', database, '-c', 'ca', '-i', bench.file('nss.csr', der), '-o', output)
}
