import { sign } from 'node:crypto'
import t from 'tap'
import { isEcdsaSignature } from '../../src/x509/ecdsa-signature.ts'
import { sampleKey } from './samples.ts'

t.test('what a key makes', (t) => {
  for (const key of [sampleKey(), sampleKey('P-384')]) {
    t.equal(isEcdsaSignature(new Uint8Array(sign('sha256', new Uint8Array(), key.privateKey))), true)
  }
  t.equal(
    isEcdsaSignature(Uint8Array.of(0x30, 7, 2, 1, 0x7f, 2, 2, 0, 0x80)),
    true,
    'the smallest and largest first octets',
  )
  t.end()
})

t.test('what no key makes', (t) => {
  const cases: Readonly<Record<string, readonly number[]>> = {
    nothing: [],
    'r alone': [0x30, 3, 2, 1, 1],
    'a third number': [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
    'a byte behind': [0x30, 6, 2, 1, 1, 2, 1, 1, 0],
    'a SET': [0x31, 6, 2, 1, 1, 2, 1, 1],
    'a long length': [0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
    'an indefinite length': [0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],
    'r = 0': [0x30, 6, 2, 1, 0, 2, 1, 1],
    's = 0': [0x30, 6, 2, 1, 1, 2, 1, 0],
    'a negative r': [0x30, 6, 2, 1, 0x80, 2, 1, 1],
    'a negative s': [0x30, 6, 2, 1, 1, 2, 1, 0x80],
    'r with a zero too many': [0x30, 7, 2, 2, 0, 1, 2, 1, 1],
    's with a zero too many': [0x30, 7, 2, 1, 1, 2, 2, 0, 1],
  }
  for (const [name, bytes] of Object.entries(cases)) t.equal(isEcdsaSignature(Uint8Array.from(bytes)), false, name)
  t.end()
})
