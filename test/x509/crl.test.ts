import { sign } from 'node:crypto'
import * as asn1js from 'asn1js'
import { Certificate, CertificateRevocationList } from 'pkijs'
import t from 'tap'
import {
  assembleCertList,
  encodeTbsCertList,
  parseCertList,
  readTbsCertListHeader,
  type TbsCertListParts,
} from '../../src/x509/crl.ts'
import {
  boolean,
  element,
  enumerated,
  explicit,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  time,
} from '../../src/x509/der-writer.ts'
import { keyIdentifier } from '../../src/x509/key-identifier.ts'
import * as OID from '../../src/x509/oid.ts'
import { encodeRevokedSerials } from '../../src/x509/revoked-serial.ts'
import { ALGORITHM_IDENTIFIERS } from '../../src/x509/signature-algorithm.ts'
import { refusalOf } from './refusal.ts'
import { authorityParts, issue, leafParts, NOW, sampleKey, sampleList, sampleName, sampleSerial } from './samples.ts'
import { Bench } from './tools.ts'

const authority = sampleKey()
const root = issue(authorityParts(authority), authority)
const revoked = leafParts(authority, sampleKey())
const unrevoked = leafParts(authority, sampleKey())
const held = leafParts(authority, sampleKey())
const entries = [
  { serial: revoked.serial, revokedAt: NOW - 1000, reason: 1 },
  { serial: held.serial, revokedAt: NOW - 2000, reason: 6 },
  { serial: sampleSerial(), revokedAt: NOW - 3000, reason: 0 },
]
const list = sampleList(authority, entries, 258)
const parts: TbsCertListParts = {
  signatureAlgorithm: 'ecdsa-sha256',
  issuer: sampleName('Sample root'),
  thisUpdate: NOW,
  nextUpdate: NOW + 1000,
  number: 7,
  authorityKeyIdentifier: keyIdentifier(authority.spki),
  entries: [],
}
const bench = new Bench()
t.teardown(() => bench.close())

t.test('there and back', (t) => {
  const parsed = parseCertList(list)
  t.same(parsed.entries, entries)
  t.equal(parsed.number, 258)
  t.same(parsed.issuer, sampleName('Sample root'))
  t.same(assembleCertList(parsed.tbs, 'ecdsa-sha256', parsed.signature), list)
  const { tbs, signature, entries: _, ...header } = parsed
  t.same(readTbsCertListHeader(tbs), header)
  t.equal(signature.length > 60, true)
  t.end()
})

t.test('entries come in pieces, and without entries there is no list', (t) => {
  const pieces = entries.map((entry) => encodeRevokedSerials([entry]))
  const whole = encodeTbsCertList({ ...parts, entries: [encodeRevokedSerials(entries)] })
  t.same(encodeTbsCertList({ ...parts, entries: pieces }), whole)
  const empty = encodeTbsCertList({ ...parts, entries: [new Uint8Array()] })
  t.same(empty, encodeTbsCertList(parts))
  const read = parseCertList(assembleCertList(empty, 'ecdsa-sha256', new Uint8Array(1)))
  t.same(read.entries, [])
  t.equal(readTbsCertListHeader(empty).number, 7)
  t.equal(
    readTbsCertListHeader(encodeTbsCertList({ ...parts, nextUpdate: NOW })).nextUpdate,
    NOW,
    'the shortest of lists',
  )
  t.end()
})

t.test('what is no list of ours', (t) => {
  const id = sequence(oid(OID.AUTHORITY_KEY_IDENTIFIER), octetString(sequence(element(0x80, Uint8Array.of(1)))))
  const number = sequence(oid(OID.CRL_NUMBER), octetString(integer(1)))
  const extension = (type: string, value: Uint8Array, critical = false) =>
    sequence(oid(type), ...(critical ? [boolean(true)] : []), octetString(value))
  const algorithm = ALGORITHM_IDENTIFIERS['ecdsa-sha256']
  const times = [time(NOW), time(NOW + 1000)]
  const tbs = (...tail: readonly Uint8Array[]) => sequence(integer(1), algorithm, parts.issuer, ...times, ...tail)
  const extensions = (...all: readonly Uint8Array[]) => explicit(0, sequence(...all))
  t.equal(
    refusalOf(() => readTbsCertListHeader(tbs(extensions(id, number)))),
    'taken',
    'these are made from an honest one',
  )
  const cases: readonly [string, Uint8Array][] = [
    ['an empty list of entries', tbs(sequence(), extensions(id, number))],
    ['version 1', sequence(algorithm, parts.issuer, ...times)],
    ['version 3', sequence(integer(2), algorithm, parts.issuer, ...times, extensions(id, number))],
    ['no next update', sequence(integer(1), algorithm, parts.issuer, times[0]!, extensions(id, number))],
    [
      'an end before the beginning',
      sequence(integer(1), algorithm, parts.issuer, ...times.toReversed(), extensions(id, number)),
    ],
    ['an issuer without a name', sequence(integer(1), algorithm, sequence(), ...times, extensions(id, number))],
    ['no extensions', tbs()],
    ['no number', tbs(extensions(id))],
    ['no key identifier', tbs(extensions(number))],
    ['something else for the number', tbs(extensions(id, extension('2.5.29.99', integer(1))))],
    ['something else for the key identifier', tbs(extensions(number, extension('2.5.29.99', integer(1))))],
    ['a number twice', tbs(extensions(id, number, number))],
    ['a critical number', tbs(extensions(id, extension(OID.CRL_NUMBER, integer(1), true)))],
    ['a negative number', tbs(extensions(id, extension(OID.CRL_NUMBER, element(0x02, Uint8Array.of(0xff)))))],
    ['a delta', tbs(extensions(id, number, extension('2.5.29.27', integer(1), true)))],
    [
      'a list for a part',
      tbs(extensions(id, number, extension('2.5.29.28', sequence(element(0x82, Uint8Array.of(0xff))), true))),
    ],
    ['something behind', tbs(extensions(id, number), nullValue())],
    ['a list that is a SET', tbs(element(0x31, nullValue()), extensions(id, number))],
  ]
  for (const [name, der] of cases) {
    // The first is told by reading the entries; the header alone needs not.
    if (name !== cases[0]![0])
      t.equal(
        refusalOf(() => readTbsCertListHeader(der)),
        'der-malformed',
        name,
      )
    t.equal(
      refusalOf(() => parseCertList(assembleCertList(der, 'ecdsa-sha256', new Uint8Array(1)))),
      'der-malformed',
      `${name}, whole`,
    )
  }
  const honest = encodeTbsCertList(parts)
  t.equal(
    refusalOf(() => parseCertList(assembleCertList(honest, 'ecdsa-sha384', new Uint8Array(1)))),
    'der-malformed',
    'two algorithms',
  )
  const strange = encodeTbsCertList({ ...parts, entries: [sequence(integer(0), time(NOW))] })
  t.equal(
    refusalOf(() => parseCertList(assembleCertList(strange, 'ecdsa-sha256', new Uint8Array(1)))),
    'der-malformed',
    'serial 0',
  )
  t.end()
})

t.test('what else an authority could be asked to sign', (t) => {
  const certificate = issue(revoked, authority)
  t.equal(
    refusalOf(() => readTbsCertListHeader(certificate)),
    'der-malformed',
    'a certificate',
  )
  t.equal(
    refusalOf(() => readTbsCertListHeader(certificate.subarray(4))),
    'der-malformed',
    'its tail',
  )
  const response = sequence(element(0xa2, octetString(new Uint8Array(20))), time(NOW), sequence())
  t.equal(
    refusalOf(() => readTbsCertListHeader(response)),
    'der-malformed',
    'the data of an OCSP response',
  )
  t.equal(
    refusalOf(() => readTbsCertListHeader(enumerated(1))),
    'der-malformed',
    'a number',
  )
  t.end()
})

t.test('100,000 entries', (t) => {
  const many = Array.from({ length: 100_000 }, (_, i) => ({
    serial: Uint8Array.of(0x40, i >> 16, (i >> 8) & 0xff, i & 0xff),
    revokedAt: NOW,
    reason: 4,
  }))
  const tbs = encodeTbsCertList({ ...parts, entries: [encodeRevokedSerials(many)] })
  const signature = sign('sha256', tbs, authority.privateKey)
  const parsed = parseCertList(assembleCertList(tbs, 'ecdsa-sha256', signature))
  t.equal(parsed.entries.length, many.length)
  t.same(parsed.entries.at(-1), many.at(-1))
  t.equal(readTbsCertListHeader(tbs).number, 7)
  t.end()
})

t.test('openssl, GnuTLS, NSS and pkijs read it and refuse by it', async (t) => {
  const rootFile = bench.pem('root.pem', 'CERTIFICATE', root)
  const listFile = bench.pem('list.pem', 'X509 CRL', list)
  t.match(bench.run('openssl', 'crl', '-in', listFile, '-CAfile', rootFile, '-noout').text, /verify OK/)
  t.match(
    bench.run('certtool', '--verify-crl', '--load-ca-certificate', rootFile, '--infile', listFile).text,
    /Verified/,
  )

  const database = bench.nss()
  bench.run('certutil', '-A', '-d', database, '-n', 'root', '-t', 'CT,,', '-i', rootFile, '-a')
  const imported = bench.run('crlutil', '-I', '-d', database, '-i', bench.file('list.crl', list))
  t.ok(imported.ok, imported.text)
  for (const [name, leaf, verdict] of [
    ['revoked', revoked, 'revoked'],
    ['held', held, 'revoked'],
    ['unrevoked', unrevoked, 'valid'],
  ] as const) {
    const file = bench.pem(`${name}.pem`, 'CERTIFICATE', issue(leaf, authority))
    const openssl = bench.run(
      'openssl',
      'verify',
      '-x509_strict',
      '-crl_check',
      '-CAfile',
      rootFile,
      '-CRLfile',
      listFile,
      file,
    )
    t.match(openssl.text, verdict === 'valid' ? /: OK/ : /certificate revoked/, `${name}, openssl`)
    bench.run('certutil', '-A', '-d', database, '-n', name, '-t', ',,', '-i', file, '-a')
    const nss = bench.run('certutil', '-V', '-d', database, '-n', name, '-u', 'C', '-e')
    t.match(nss.text, verdict === 'valid' ? /is valid/ : /revoked/, `${name}, NSS`)
  }

  const parsed = new CertificateRevocationList({ schema: asn1js.fromBER(list).result })
  const issuer = new Certificate({ schema: asn1js.fromBER(root).result })
  t.equal(await parsed.verify({ issuerCertificate: issuer }), true)
  t.equal(parsed.revokedCertificates?.length, entries.length)
  t.end()
})
