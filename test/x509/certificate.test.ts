import { X509Certificate } from 'node:crypto'
import * as asn1js from 'asn1js'
import { Certificate } from 'pkijs'
import t from 'tap'
import {
  assembleCertificate,
  encodeTbsCertificate,
  parseCertificate,
  parseTbsCertificate,
} from '../../src/x509/certificate.ts'
import { verifySignature } from '../../src/x509/signature.ts'
import { hostileCertificates } from '../malformed/hostile-certificates.ts'
import { refusalOf } from './refusal.ts'
import { authorityParts, issue, leafParts, sampleKey } from './samples.ts'
import { Bench } from './tools.ts'

const authority = sampleKey('P-384')
const rootParts = authorityParts(authority)
const root = issue(rootParts, authority)
const parts = leafParts(authority, sampleKey())
const leaf = issue(parts, authority)
const bench = new Bench()
t.teardown(() => bench.close())

t.test('there and back', (t) => {
  const parsed = parseCertificate(leaf)
  const { tbs, signature, known, ...read } = parsed
  t.same(read, parts)
  t.same(encodeTbsCertificate(parsed), tbs)
  t.same(parseTbsCertificate(tbs), { ...parts, known })
  t.same(assembleCertificate(tbs, 'ecdsa-sha256', signature), leaf)
  t.equal(verifySignature(authority.spki, parsed.signatureAlgorithm, tbs, signature), true)
  t.same(known.basicConstraints, { ca: false })
  t.same(parseCertificate(root).known.basicConstraints, { ca: true, pathLength: 0 })
  t.end()
})

t.test('a second of validity', (t) => {
  const { notBefore, notAfter } = parseTbsCertificate(encodeTbsCertificate({ ...parts, notAfter: parts.notBefore }))
  t.equal(notBefore, notAfter)
  t.end()
})

t.test('serials', (t) => {
  const read = (serial: Uint8Array) => parseTbsCertificate(encodeTbsCertificate({ ...parts, serial })).serial
  t.same(read(Uint8Array.of(1)), Uint8Array.of(1))
  t.same(read(Uint8Array.of(0x80)), Uint8Array.of(0x80), 'the sign octet is not part of it')
  t.same(read(Uint8Array.of(0, 0, 5)), Uint8Array.of(5))
  t.equal(read(new Uint8Array(20).fill(0x7f)).length, 20)
  for (const serial of [
    new Uint8Array(),
    Uint8Array.of(0, 0),
    new Uint8Array(21).fill(1),
    new Uint8Array(20).fill(0xff),
  ]) {
    t.throws(() => encodeTbsCertificate({ ...parts, serial }), TypeError)
  }
  t.end()
})

t.test('refused', (t) => {
  for (const { name, code, der } of hostileCertificates())
    t.equal(
      refusalOf(() => parseCertificate(der)),
      code,
      name,
    )
  t.end()
})

t.test('openssl reads and verifies it', (t) => {
  const leafFile = bench.pem('leaf.pem', 'CERTIFICATE', leaf)
  const rootFile = bench.pem('root.pem', 'CERTIFICATE', root)
  const verified = bench.run(
    'openssl',
    'verify',
    '-x509_strict',
    '-check_ss_sig',
    '-CAfile',
    rootFile,
    '-purpose',
    'sslclient',
    leafFile,
  )
  t.ok(verified.ok, verified.text)
  const { text } = bench.run('openssl', 'x509', '-in', leafFile, '-noout', '-text', '-nameopt', 'utf8')
  for (const said of [
    'CN=Zoë’s laptop, Nov 2026',
    'CA:FALSE',
    'Digital Signature',
    'TLS Web Client Authentication',
    'DNS:a.example, IP Address:0:0:0:0:0:0:0:1',
    'CA Issuers - URI:http://localhost:8480/ca/sample.cer',
    'URI:http://localhost:8480/crl/sample.crl',
  ]) {
    t.ok(text.includes(said), said)
  }
  t.match(bench.run('openssl', 'x509', '-in', rootFile, '-noout', '-enddate').text, /Feb 29 00:00:00 2052 GMT/)
  const otherKey = sampleKey()
  const other = bench.pem('other.pem', 'CERTIFICATE', issue(authorityParts(otherKey), otherKey))
  t.equal(bench.run('openssl', 'verify', '-CAfile', other, leafFile).ok, false, 'and would not under another key')
  t.end()
})

t.test('Node, GnuTLS, NSS and pkijs read and verify it', async (t) => {
  const rootFile = bench.pem('root.pem', 'CERTIFICATE', root)
  const leafFile = bench.pem('leaf.pem', 'CERTIFICATE', leaf)
  t.equal(new X509Certificate(leaf).verify(new X509Certificate(root).publicKey), true)

  const gnutls = bench.run('certtool', '--verify', '--load-ca-certificate', rootFile, '--infile', leafFile)
  t.match(gnutls.text, /Chain verification output: Verified/)

  const database = bench.nss()
  bench.run('certutil', '-A', '-d', database, '-n', 'root', '-t', 'CT,,', '-i', rootFile, '-a')
  bench.run('certutil', '-A', '-d', database, '-n', 'leaf', '-t', ',,', '-i', leafFile, '-a')
  t.match(bench.run('certutil', '-V', '-d', database, '-n', 'leaf', '-u', 'C', '-e').text, /certificate is valid/)

  const [rootRead, leafRead] = [root, leaf].map((der) => new Certificate({ schema: asn1js.fromBER(der).result }))
  t.equal(await leafRead!.verify(rootRead!), true)
  t.end()
})
