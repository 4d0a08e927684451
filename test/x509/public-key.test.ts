import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { identifyPublicKey, KEY_ALGORITHMS, type KeyAlgorithm, readPublicKey } from '../../src/x509/public-key.ts'
import { hostileKeys, rsaSpki } from '../malformed/hostile-keys.ts'
import { roughModulus, withFactor } from '../malformed/rsa-moduli.ts'
import { refusalOf } from './refusal.ts'

const spkiOf = ({ publicKey }: { publicKey: import('node:crypto').KeyObject }) =>
  new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))

t.test('keys that are taken', (t) => {
  const cases: readonly [KeyAlgorithm, number, Uint8Array][] = [
    ['ec-p256', 256, spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }))],
    ['ec-p384', 384, spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }))],
    ['rsa', 2048, spkiOf(generateKeyPairSync('rsa', { modulusLength: 2048 }))],
    ['rsa', 4096, rsaSpki(roughModulus(4096))],
    ['ed25519', 256, spkiOf(generateKeyPairSync('ed25519'))],
  ]
  for (const [algorithm, bits, spki] of cases) {
    t.same(readPublicKey(spki, KEY_ALGORITHMS), { algorithm, bits, spki })
    t.same(identifyPublicKey(spki), { algorithm, bits, spki })
    const others = KEY_ALGORITHMS.filter((name) => name !== algorithm)
    t.equal(
      refusalOf(() => readPublicKey(spki, others)),
      'key-unsupported',
      'not where others are allowed',
    )
  }
  t.end()
})

t.test('keys that are not', (t) => {
  for (const { name, code, spki } of hostileKeys())
    t.equal(
      refusalOf(() => readPublicKey(spki)),
      code,
      name,
    )
  t.equal(
    refusalOf(() => identifyPublicKey(rsaSpki(withFactor(3n)))),
    'taken',
    'identifying does not look for weaknesses',
  )
  const small = Uint8Array.from([0x30, 42, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 33, 0, 1, ...new Uint8Array(31)])
  t.equal(
    refusalOf(() => readPublicKey(small, ['ed25519'])),
    'key-unsupported',
    'Ed25519 of small order',
  )
  t.end()
})
