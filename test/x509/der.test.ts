import fc from 'fast-check'
import t from 'tap'
import { compareBytes, type DerReader, readDer } from '../../src/x509/der.ts'
import * as write from '../../src/x509/der-writer.ts'
import { refusalOf } from './refusal.ts'

const REFUSED = 'der-malformed'
const bytes = (...octets: readonly number[]) => Uint8Array.of(...octets)
const refusal = (der: Uint8Array, read: (reader: DerReader) => unknown) => refusalOf(() => readDer(der, read))

t.test('reads back what is written', (t) => {
  const der = write.sequence(
    write.integer(5),
    write.boolean(true),
    write.nullValue(),
    write.oid('2.999.3.16384'),
    write.octetString(bytes(1, 2)),
    write.bitString(bytes(3)),
    write.namedBits([0, 8]),
    write.enumerated(4),
    write.utf8String('é'),
    write.time(0),
    write.setOf(write.integer(2), write.integer(1)),
    write.implicit(2, write.ia5String('x')),
    write.explicit(1, write.printableString('y')),
  )
  readDer(der, (reader) =>
    reader.sequence((inner) => {
      t.equal(inner.smallInteger(), 5)
      t.equal(inner.trueOrAbsent(), true)
      t.equal(inner.trueOrAbsent(), false, 'absent means false')
      inner.nullValue()
      t.equal(inner.oid(), '2.999.3.16384')
      t.same(inner.octetString(), bytes(1, 2))
      t.same(inner.bitString(), bytes(3))
      t.same(inner.namedBits(), [0, 8])
      t.equal(inner.enumerated(), 4)
      t.equal(inner.text(), 'é')
      t.equal(inner.time(), 0)
      t.same(
        inner.setOf((each) => each.smallInteger()),
        [1, 2],
      )
      t.equal(inner.hasImplicit(2), true)
      t.equal(inner.implicitText(2), 'x')
      t.equal(inner.hasExplicit(1), true)
      t.equal(
        inner.explicit(1, (wrapped) => wrapped.text()),
        'y',
      )
      t.equal(inner.done, true)
      t.equal(inner.tag, -1)
    }),
  )
  t.end()
})

t.test('the ends of the ranges', (t) => {
  const number = (value: bigint) => readDer(write.integer(value), (reader) => reader.smallInteger())
  t.equal(number(0n), 0)
  t.equal(number(2n ** 47n - 1n), 2 ** 47 - 1)
  t.equal(
    refusalOf(() => number(2n ** 47n)),
    REFUSED,
  )
  t.same(
    readDer(write.namedBits([]), (reader) => reader.namedBits()),
    [],
    'no bits at all',
  )
  t.end()
})

t.test('a Buffer in, plain bytes out', (t) => {
  const value = readDer(Buffer.from(write.octetString(bytes(7))), (reader) => reader.octetString())
  t.equal(Object.getPrototypeOf(value), Uint8Array.prototype)
  t.end()
})

t.test('bounds', (t) => {
  const der = write.sequence(write.nullValue(), write.nullValue())
  const read = (limits: object) => refusalOf(() => readDer(der, (reader) => reader.any(), limits))
  t.equal(read({ bytes: der.length, elements: 3, depth: 1 }), 'taken', 'just enough of everything')
  t.equal(read({ bytes: der.length - 1 }), REFUSED, 'a byte too long')
  t.equal(read({ elements: 2 }), REFUSED, 'an element too many')
  t.equal(read({ depth: 0 }), REFUSED, 'a level too deep')
  t.equal(
    refusal(write.octetString(new Uint8Array(65_536)), (reader) => reader.any()),
    REFUSED,
    'the usual bound',
  )
  t.end()
})

t.test('lengths', (t) => {
  const long = (...head: readonly number[]) => Uint8Array.from([...head, ...new Uint8Array(256)])
  const cases: readonly [string, Uint8Array, string][] = [
    ['128 octets need two octets', Uint8Array.from([4, 0x81, 0x80, ...new Uint8Array(128)]), 'taken'],
    ['127 octets need one', Uint8Array.from([4, 0x81, 0x7f, ...new Uint8Array(127)]), REFUSED],
    ['256 octets need three', long(4, 0x82, 1, 0), 'taken'],
    ['a zero too many', long(4, 0x83, 0, 1, 0), REFUSED],
    ['five octets', long(4, 0x85, 0, 0, 0, 1, 0), REFUSED],
    ['indefinite', bytes(0x24, 0x80, 0, 0), REFUSED],
    ['no length', bytes(4), REFUSED],
    ['a length that is cut off', bytes(4, 0x82, 1), REFUSED],
    ['content that is cut off', bytes(4, 2, 0), REFUSED],
    ['bytes behind', bytes(4, 0, 0), REFUSED],
    ['nothing', bytes(), REFUSED],
    ['a long tag', bytes(0x1f, 1, 0), REFUSED],
  ]
  for (const [name, der, code] of cases)
    t.equal(
      refusal(der, (reader) => reader.any()),
      code,
      name,
    )
  t.equal(
    refusal(long(4, 0x82, 1, 0), (reader) => reader.octetString()),
    'taken',
  )
  t.equal(
    refusal(bytes(0x30, 3, 4, 2, 0), (reader) => reader.sequence((inner) => inner.octetString())),
    REFUSED,
    'beyond its frame',
  )
  t.end()
})

t.test('what is read is read to its end', (t) => {
  const der = write.sequence(write.integer(1), write.integer(2))
  t.equal(
    refusal(der, (reader) => reader.sequence((inner) => inner.integer())),
    REFUSED,
    'in a SEQUENCE',
  )
  t.equal(
    refusal(write.explicit(0, der, der), (reader) => reader.explicit(0, (inner) => inner.any())),
    REFUSED,
    'in a tag',
  )
  t.equal(
    refusal(bytes(...der, 0), (reader) => reader.any()),
    REFUSED,
    'at the top',
  )
  t.end()
})

t.test('only the right form', (t) => {
  const cases: readonly [string, Uint8Array, (reader: DerReader) => unknown][] = [
    ['another type', write.integer(1), (reader) => reader.octetString()],
    ['a negative number', bytes(2, 1, 0xff), (reader) => reader.smallInteger()],
    ['a number of 56 bits', write.integer(2n ** 55n), (reader) => reader.smallInteger()],
    ['FALSE where FALSE is the default', write.boolean(false), (reader) => reader.trueOrAbsent()],
    ['NULL with content', bytes(5, 1, 0), (reader) => reader.nullValue()],
    ['bits that do not end on an octet', bytes(3, 2, 1, 2), (reader) => reader.bitString()],
    ['named bits with zeros at the end', bytes(3, 2, 0, 0x80), (reader) => reader.namedBits()],
    ['a text that is a number', write.integer(1), (reader) => reader.text()],
    ['BMPString for a text', write.element(0x1e, bytes(0, 65)), (reader) => reader.text()],
    [
      'an OCTET STRING for a time',
      write.octetString(new TextEncoder().encode('260101000000Z')),
      (reader) => reader.time(),
    ],
    ['a long tag, primitive', bytes(0x9f, 0), (reader) => reader.any()],
    ['a long tag, constructed', bytes(0xbf, 0), (reader) => reader.any()],
    ['a number for a time', write.integer(1), (reader) => reader.time()],
    [
      'GeneralizedTime in 2049',
      write.element(0x18, new TextEncoder().encode('20491231235959Z')),
      (reader) => reader.time(),
    ],
    ['an empty SEQUENCE OF', write.sequence(), (reader) => reader.sequenceOf((each) => each.any())],
    ['an empty SET OF', write.setOf(), (reader) => reader.setOf((each) => each.any())],
    ['a SET OF out of order', bytes(0x31, 6, 2, 1, 2, 2, 1, 1), (reader) => reader.setOf((each) => each.any())],
    ['a primitive SEQUENCE', bytes(0x10, 0), (reader) => reader.any()],
    ['a constructed INTEGER', bytes(0x22, 0), (reader) => reader.any()],
    ['a private tag', bytes(0xc1, 0), (reader) => reader.any()],
    ['an application tag around something', bytes(0x61, 2, 5, 0), (reader) => reader.any()],
  ]
  for (const [name, der, read] of cases) t.equal(refusal(der, read), REFUSED, name)
  t.equal(
    refusal(bytes(0x31, 6, 2, 1, 1, 2, 1, 1), (reader) => reader.any()),
    'taken',
    'two equal elements of a SET',
  )
  t.equal(
    refusal(bytes(0x31, 0), (reader) => reader.any()),
    'taken',
    'an empty SET',
  )
  t.equal(
    refusal(bytes(0xa0, 2, 0x81, 0), (reader) => reader.any()),
    'taken',
    'context-specific elements',
  )
  t.equal(
    refusal(write.sequence(bytes(1, 1, 1)), (reader) => reader.unread(0x30)),
    'taken',
    'what is left to the caller',
  )
  t.end()
})

t.test('properties', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (content) => {
      const code = refusal(content, (reader) => reader.any())
      return code === 'taken' || code === REFUSED
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 4 })), (parts) => {
      const der = write.setOf(...parts.map((part) => write.octetString(part)))
      const alike = parts.every((a) => parts.every((b) => Math.sign(compareBytes(a, b)) === Buffer.compare(a, b)))
      return alike && refusal(der, (reader) => reader.any()) === 'taken'
    }),
  )
  t.end()
})
