import { X509Certificate } from 'node:crypto'
import * as asn1js from 'asn1js'
import fc from 'fast-check'
import { Certificate, CertificateRevocationList, CertificationRequest } from 'pkijs'
import t from 'tap'
import { IdentityError } from '../../src/errors.ts'
import { encodeTbsCertificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { readDer } from '../../src/x509/der.ts'
import { encodeExtension } from '../../src/x509/extension.ts'
import { basicConstraints, subjectAltName } from '../../src/x509/extensions.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { authorityParts, issue, leafParts, NOW, sampleKey, sampleList } from '../x509/samples.ts'
import { Bench } from '../x509/tools.ts'
import { extensionRequest, looseRequest } from './loose-request.ts'

const RUNS = 3_000
const authority = sampleKey()
const wishes = [basicConstraints({ ca: true }), subjectAltName([{ type: 'dns', value: 'a.example' }])].map(
  encodeExtension,
)
const bench = new Bench()
t.teardown(() => bench.close())

/** One way to spoil bytes. The place is a fraction, so that it shrinks and fits any input. */
const spoiling = fc.record({
  kind: fc.constantFrom('flip', 'set', 'insert', 'delete', 'repeat', 'cut'),
  place: fc.nat(0xffff),
  octet: fc.nat(255),
  count: fc.integer({ min: 1, max: 20 }),
})
type Spoiling = typeof spoiling extends fc.Arbitrary<infer S> ? S : never

function spoil(der: Uint8Array, { kind, place, octet, count }: Spoiling): Uint8Array {
  if (der.length === 0) return der
  const at = Math.floor((place / 0x1_0000) * der.length)
  const [head, tail] = [der.subarray(0, at), der.subarray(at)]
  switch (kind) {
    case 'flip':
      return der.with(at, der[at]! ^ (1 << (octet & 7)))
    case 'set':
      return der.with(at, octet)
    case 'insert':
      return Uint8Array.of(...head, ...Array(count).fill(octet), ...tail)
    case 'delete':
      return Uint8Array.of(...head, ...tail.subarray(count))
    case 'repeat':
      return Uint8Array.of(...head, ...tail.subarray(0, count), ...tail)
    default:
      return head
  }
}

/** Whether it is taken; anything but a refusal of ours is thrown on. */
function isTaken(parse: (der: Uint8Array) => unknown, der: Uint8Array): boolean {
  try {
    parse(der)
    return true
  } catch (error) {
    if (error instanceof IdentityError) return false
    throw error
  }
}

/** Whether a parser of another house takes it. */
function isTakenBy(parse: (der: Uint8Array) => unknown, der: Uint8Array): boolean {
  try {
    parse(der)
    return true
  } catch {
    return false
  }
}

/** Spoils an honest input many times; what we take of it, one of the others must take too. */
function spoilAll(
  honest: Uint8Array,
  parse: (der: Uint8Array) => unknown,
  others: readonly ((der: Uint8Array) => boolean)[],
): number {
  let taken = 0
  const property = fc.property(fc.array(spoiling, { minLength: 1, maxLength: 3 }), (spoilings) => {
    const mutant = spoilings.reduce(spoil, honest)
    if (!isTaken(parse, mutant)) return true
    taken++
    return others.some((takes) => takes(mutant))
  })
  fc.assert(property, { numRuns: RUNS })
  return taken
}

t.test('certificates', (t) => {
  const pkijs = (der: Uint8Array) =>
    isTakenBy((bytes) => new Certificate({ schema: asn1js.fromBER(new Uint8Array(bytes)).result }), der)
  const node = (der: Uint8Array) => isTakenBy((bytes) => new X509Certificate(bytes), der)
  const parse = (der: Uint8Array) => {
    const parsed = parseCertificate(der)
    // There is one spelling of what was read: writing it again gives the same bytes.
    if (Buffer.compare(encodeTbsCertificate(parsed), parsed.tbs) !== 0) throw new Error('read, and written otherwise')
  }
  for (const honest of [
    issue(leafParts(authority, sampleKey('P-384')), authority),
    issue(authorityParts(authority), authority),
  ]) {
    t.ok(node(honest) && pkijs(honest) && isTaken(parse, honest), 'the honest one is taken by all')
    t.ok(spoilAll(honest, parse, [node, pkijs]) > 0, 'some mutants are certificates, with another serial for example')
  }
  t.end()
})

t.test('requests', (t) => {
  const pkijs = (der: Uint8Array) =>
    isTakenBy((bytes) => new CertificationRequest({ schema: asn1js.fromBER(new Uint8Array(bytes)).result }), der)
  const openssl = (der: Uint8Array) =>
    bench.run('openssl', 'req', '-inform', 'der', '-noout', '-in', bench.file('mutant.csr', der)).ok
  const honest = looseRequest({ attributes: [extensionRequest(...wishes)] })
  t.ok(openssl(honest) && pkijs(honest) && isTaken(parseRequest, honest), 'the honest one is taken by all')
  t.ok(spoilAll(honest, parseRequest, [pkijs, openssl]) > 0)
  t.end()
})

t.test('revocation lists', (t) => {
  const pkijs = (der: Uint8Array) =>
    isTakenBy((bytes) => new CertificateRevocationList({ schema: asn1js.fromBER(new Uint8Array(bytes)).result }), der)
  const openssl = (der: Uint8Array) =>
    bench.run('openssl', 'crl', '-inform', 'der', '-noout', '-in', bench.file('mutant.crl', der)).ok
  const entries = [0, 1, 6].map((reason) => ({ serial: Uint8Array.of(0x41, reason), revokedAt: NOW, reason }))
  const honest = sampleList(authority, entries)
  t.ok(openssl(honest) && pkijs(honest) && isTaken(parseCertList, honest), 'the honest one is taken by all')
  t.ok(spoilAll(honest, parseCertList, [pkijs, openssl]) > 0)
  t.end()
})

t.test('noise', (t) => {
  const parsers = [
    parseRequest,
    parseCertificate,
    parseCertList,
    (der: Uint8Array) => readDer(der, (reader) => reader.any()),
  ]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const framed = Uint8Array.of(0x30, noise.length & 0x7f, ...noise.subarray(0, noise.length & 0x7f))
      return (
        parsers.slice(0, 3).every((parse) => !isTaken(parse, noise) && !isTaken(parse, framed)) &&
        typeof isTaken(parsers[3]!, framed) === 'boolean'
      )
    }),
    { numRuns: RUNS },
  )
  t.end()
})
