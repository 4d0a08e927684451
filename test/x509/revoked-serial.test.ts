import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { boolean, element, enumerated, integer, octetString, oid, sequence, time } from '../../src/x509/der-writer.ts'
import { CRL_NUMBER, CRL_REASON } from '../../src/x509/oid.ts'
import { encodeRevokedSerials, type RevokedSerial, takeRevokedSerial } from '../../src/x509/revoked-serial.ts'
import { refusalOf } from './refusal.ts'

const serial = Uint8Array.of(0x41, 2)
const entry: RevokedSerial = { serial, revokedAt: 0, reason: 1 }
const read = (der: Uint8Array) => readDer(sequence(der), (reader) => reader.sequenceOf(takeRevokedSerial))

t.test('there and back', (t) => {
  const entries = fc.array(
    fc.record(
      {
        serial: fc
          .uint8Array({ minLength: 1, maxLength: 19 })
          .map((bytes) => Uint8Array.of(0x80 | bytes[0]!, ...bytes.subarray(1))),
        revokedAt: fc
          .integer({ min: Date.UTC(1950, 0) / 1000, max: Date.UTC(2100, 0) / 1000 })
          .map((second) => second * 1000),
        reason: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 9, 10),
      },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(fc.property(entries, (list) => isDeepStrictEqual(read(encodeRevokedSerials(list)), list)))
  const longest = { serial: new Uint8Array(20).fill(0x7f), revokedAt: 0, reason: 0 }
  t.same(read(encodeRevokedSerials([longest])), [longest])
  t.equal(encodeRevokedSerials([]).length, 0)
  t.end()
})

t.test('octet for octet what the writer of DER makes', (t) => {
  const at = Date.UTC(2026, 10, 21, 9, 8, 7)
  const reason = sequence(sequence(oid(CRL_REASON), octetString(enumerated(1))))
  t.same(
    encodeRevokedSerials([{ serial, revokedAt: at + 999, reason: 1 }]),
    sequence(integer(serial), time(at), reason),
  )
  t.same(
    encodeRevokedSerials([{ serial, revokedAt: at, reason: 0 }]),
    sequence(integer(serial), time(at)),
    'unspecified is left out',
  )
  const before1970 = Date.UTC(1969, 11, 31, 23, 59, 59)
  t.same(
    encodeRevokedSerials([{ serial: Uint8Array.of(0, 0x80), revokedAt: before1970, reason: 0 }]),
    sequence(integer(128), time(before1970)),
  )
  t.end()
})

t.test('many', (t) => {
  const list = Array.from({ length: 2_000 }, (_, i) => ({
    serial: Uint8Array.of(1, i >> 8, i & 0xff),
    revokedAt: i * 10_000_000,
    reason: i % 7,
  }))
  const der = sequence(encodeRevokedSerials(list))
  const limits = { bytes: 1 << 20, elements: 100_000 }
  t.same(
    readDer(der, (reader) => reader.sequenceOf(takeRevokedSerial), limits),
    list,
  )
  t.end()
})

t.test('what cannot be written', (t) => {
  const wrong: readonly Partial<RevokedSerial>[] = [
    { serial: new Uint8Array() },
    { serial: Uint8Array.of(0, 0) },
    { serial: new Uint8Array(21).fill(1) },
    { serial: new Uint8Array(20).fill(0xff) },
    { reason: 7 },
    { reason: 8 },
    { reason: 11 },
    { reason: -1 },
    { revokedAt: Date.UTC(1949, 0) },
  ]
  for (const part of wrong)
    t.throws(() => encodeRevokedSerials([{ ...entry, ...part }]), TypeError, JSON.stringify(part))
  t.end()
})

t.test('refused', (t) => {
  const at = time(0)
  const extension = (type: string, ...value: readonly Uint8Array[]) => sequence(oid(type), ...value)
  const reasoned = (value: Uint8Array) => sequence(integer(1), at, sequence(extension(CRL_REASON, octetString(value))))
  const one = extension(CRL_REASON, octetString(enumerated(1)))
  const cases: readonly [string, Uint8Array][] = [
    ['serial 0', sequence(integer(0), at)],
    ['a negative serial', sequence(element(0x02, Uint8Array.of(0x80)), at)],
    ['a long serial', sequence(element(0x02, new Uint8Array(21).fill(1)), at)],
    ['no time', sequence(integer(1))],
    ['an empty list of extensions', sequence(integer(1), at, sequence())],
    ['unspecified written out', reasoned(enumerated(0))],
    ['reason 7', reasoned(enumerated(7))],
    ['reason 8', reasoned(enumerated(8))],
    ['reason 300', reasoned(enumerated(300))],
    ['an INTEGER for a reason', reasoned(integer(1))],
    [
      'a critical reason',
      sequence(integer(1), at, sequence(extension(CRL_REASON, boolean(true), octetString(enumerated(1))))),
    ],
    ['a reason twice', sequence(integer(1), at, sequence(one, one))],
    [
      'another extension of the same form',
      sequence(integer(1), at, sequence(extension(CRL_NUMBER, octetString(enumerated(1))))),
    ],
    ['another extension', sequence(integer(1), at, sequence(extension(CRL_NUMBER, octetString(integer(1)))))],
    [
      'another extension behind',
      sequence(integer(1), at, sequence(one, extension(CRL_NUMBER, octetString(integer(1))))),
    ],
  ]
  for (const [name, der] of cases)
    t.equal(
      refusalOf(() => read(der)),
      'der-malformed',
      name,
    )
  t.end()
})
