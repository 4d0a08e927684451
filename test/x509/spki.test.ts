import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { bitString, element, integer, nullValue, oid, sequence } from '../../src/x509/der-writer.ts'
import { readSpki, takeSpki } from '../../src/x509/spki.ts'
import { refusalOf } from './refusal.ts'
import { sampleKey } from './samples.ts'

const type = oid('1.2.840.10045.2.1')
const bits = bitString(Uint8Array.of(1))

t.test('taken apart', (t) => {
  const { spki } = sampleKey()
  t.same(readSpki(spki).identifier, spki.subarray(2, 23))
  t.same(readSpki(spki).publicKey, spki.subarray(-65))
  t.same(readDer(spki, takeSpki), spki)
  t.same(readSpki(sequence(sequence(type), bits)).publicKey, Uint8Array.of(1), 'without parameters')
  t.end()
})

t.test('refused', (t) => {
  const cases: readonly [string, Uint8Array][] = [
    ['a SET', element(0x31, sequence(type), bits)],
    ['an OID that is none', sequence(element(0x30, element(0x04, Uint8Array.of(1))), bits)],
    ['no OID', sequence(sequence(), bits)],
    ['two parameters', sequence(sequence(type, nullValue(), nullValue()), bits)],
    ['parameters that are no DER', sequence(sequence(type, Uint8Array.of(5, 1, 0)), bits)],
    ['an OCTET STRING for the key', sequence(sequence(type), element(0x04, Uint8Array.of(1)))],
    ['a key that does not end on an octet', sequence(sequence(type), Uint8Array.of(3, 2, 1, 0))],
    ['something behind', sequence(sequence(type), bits, integer(1))],
  ]
  for (const [name, der] of cases) {
    t.equal(
      refusalOf(() => readSpki(der)),
      'der-malformed',
      name,
    )
    t.equal(
      refusalOf(() => readDer(der, takeSpki)),
      'der-malformed',
      name,
    )
  }
  t.end()
})
