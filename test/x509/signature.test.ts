import { generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import type { KeyAlgorithm } from '../../src/x509/public-key.ts'
import { digestOf, SIGNATURE_OF_KEY, verifySignature } from '../../src/x509/signature.ts'
import { SIGNATURE_ALGORITHMS } from '../../src/x509/signature-algorithm.ts'
import { hostileKeys } from '../malformed/hostile-keys.ts'
import { refusalOf } from './refusal.ts'
import { sampleKey } from './samples.ts'

const DATA = new TextEncoder().encode('what is signed')
const PAIRS = {
  'ec-p256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ec-p384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: generateKeyPairSync('ed25519'),
} satisfies Record<KeyAlgorithm, unknown>
const names = Object.keys(PAIRS) as KeyAlgorithm[]
const spkiOf = (name: KeyAlgorithm) => new Uint8Array(PAIRS[name].publicKey.export({ type: 'spki', format: 'der' }))

t.test('each key with each algorithm', (t) => {
  const fitting: readonly string[] = [
    'ec-p256 ecdsa-sha256',
    'ec-p256 ecdsa-sha384',
    'ec-p384 ecdsa-sha256',
    'ec-p384 ecdsa-sha384',
    'rsa rsa-sha256',
    'rsa rsa-sha384',
    'rsa rsa-sha512',
    'ed25519 ed25519',
  ]
  for (const name of names) {
    for (const algorithm of SIGNATURE_ALGORITHMS) {
      const digest = name === 'ed25519' ? null : (digestOf(algorithm) ?? 'sha256')
      const signature = sign(digest, DATA, PAIRS[name].privateKey)
      t.equal(
        verifySignature(spkiOf(name), algorithm, DATA, signature),
        fitting.includes(`${name} ${algorithm}`),
        `${name} ${algorithm}`,
      )
    }
    t.ok(fitting.includes(`${name} ${SIGNATURE_OF_KEY[name]}`))
  }
  t.end()
})

t.test('nothing else', (t) => {
  for (const name of names) {
    const algorithm = SIGNATURE_OF_KEY[name]
    const signature = new Uint8Array(sign(digestOf(algorithm), DATA, PAIRS[name].privateKey))
    const verify = (data: Uint8Array, bytes: Uint8Array) => verifySignature(spkiOf(name), algorithm, data, bytes)
    t.equal(verify(DATA, signature), true, 'a Buffer or not')
    t.equal(verify(DATA.with(0, 0), signature), false, 'other data')
    t.equal(verify(DATA, signature.with(-1, signature.at(-1)! ^ 1)), false, 'another signature')
    t.equal(verify(DATA, Uint8Array.of(...signature, 0)), false, 'a byte behind')
    t.equal(verify(DATA, signature.subarray(0, -1)), false, 'a byte less')
    t.equal(verify(DATA, new Uint8Array()), false, 'nothing')
  }
  t.end()
})

t.test('ECDSA has one spelling', (t) => {
  const key = sampleKey()
  const verify = (signature: Uint8Array) => verifySignature(key.spki, 'ecdsa-sha256', DATA, signature)
  const signature = new Uint8Array(sign('sha256', DATA, key.privateKey))
  t.equal(verify(signature), true)
  t.equal(verify(Uint8Array.of(0x30, 0x81, ...signature.subarray(1))), false, 'a long length')
  t.equal(verify(signature.with(0, 0x31)), false, 'a SET')
  t.equal(verify(Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0)), false, 'zeros')
  t.equal(verify(Uint8Array.of(0x30, 6, 2, 1, 0xff, 2, 1, 0xff)), false, 'negative numbers')
  t.equal(verify(Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 0xff)), false, 'a negative s')
  t.end()
})

t.test('no key that is never taken', (t) => {
  const unsupported = hostileKeys().filter(({ code, name }) => code !== 'key-weak' && !name.includes('Ed25519'))
  for (const { name, code, spki } of unsupported)
    t.equal(
      refusalOf(() => verifySignature(spki, 'ecdsa-sha256', DATA, DATA)),
      code,
      name,
    )
  t.end()
})
