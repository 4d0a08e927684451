import t from 'tap'
import * as write from '../../src/x509/der-writer.ts'

const hex = (der: Uint8Array) => Buffer.from(der).toString('hex')

t.test('octet for octet', (t) => {
  const cases: readonly [string, Uint8Array][] = [
    ['020100', write.integer(0)],
    ['02020080', write.integer(128)],
    ['0203010001', write.integer(65537n)],
    ['02020080', write.integer(Uint8Array.of(0, 0, 0x80))],
    ['020100', write.integer(new Uint8Array())],
    ['020100', write.integer(Uint8Array.of(0, 0))],
    ['0a0106', write.enumerated(6)],
    ['0101ff', write.boolean(true)],
    ['010100', write.boolean(false)],
    ['0500', write.nullValue()],
    ['06062a864886f70d', write.oid('1.2.840.113549')],
    ['0603883703', write.oid('2.999.3')],
    ['030100', write.bitString(new Uint8Array())],
    ['03020780', write.namedBits([0])],
    ['0303070080', write.namedBits([8])],
    ['030100', write.namedBits([])],
    ['0c02c3a9', write.utf8String('é')],
    ['130161', write.printableString('a')],
    ['160140', write.ia5String('@')],
    ['3106020101020102', write.setOf(write.integer(2), write.integer(1))],
    ['a103020105', write.explicit(1, write.integer(5))],
    ['810105', write.implicit(1, write.integer(5))],
    ['a1020500', write.implicit(1, write.sequence(write.nullValue()))],
    ['170d3730303130313030303030305a', write.time(999)],
    ['180f32303530303130313030303030305a', write.time(Date.UTC(2050, 0))],
  ]
  for (const [expected, der] of cases) t.equal(hex(der), expected)
  t.end()
})

t.test('lengths of any size', (t) => {
  const heads: readonly [number, string][] = [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_535, '0482ffff'],
    [65_536, '0483010000'],
    [16_777_215, '0483ffffff'],
    [16_777_216, '048401000000'],
  ]
  for (const [length, head] of heads) {
    const der = write.octetString(new Uint8Array(length))
    t.equal(hex(der.subarray(0, head.length / 2)), head)
    t.equal(der.length, length + head.length / 2)
  }
  t.end()
})

t.test('what cannot be written', (t) => {
  t.throws(() => write.integer(-1), TypeError)
  t.throws(() => write.ia5String('é'), TypeError)
  t.throws(() => write.printableString('*'), TypeError)
  t.throws(() => write.time(Date.UTC(1949, 0)), TypeError)
  t.end()
})
