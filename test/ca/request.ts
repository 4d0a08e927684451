import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { explicit, integer, oid, sequence, setOf } from '../../src/x509/der-writer.ts'
import { encodeExtensions } from '../../src/x509/extension.ts'
import { basicConstraints, keyUsage, subjectAltName } from '../../src/x509/extensions.ts'
import { encodeName } from '../../src/x509/name.ts'
import { COMMON_NAME, EXTENSION_REQUEST } from '../../src/x509/oid.ts'
import type { KeyAlgorithm } from '../../src/x509/public-key.ts'
import { assembleRequest, encodeRequestInfo } from '../../src/x509/request.ts'
import { digestOf, SIGNATURE_OF_KEY } from '../../src/x509/signature.ts'

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const GENERATORS: Readonly<Record<KeyAlgorithm, () => KeyPair>> = {
  'ec-p256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ec-p384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: () => generateKeyPairSync('ed25519'),
}

export function makeKeyPair(algorithm: KeyAlgorithm = 'ec-p256'): KeyPair {
  return GENERATORS[algorithm]()
}

/** RSA with 1024 bits. */
export function makeWeakKeyPair(): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength: 1024 })
}

export function spkiOf({ publicKey }: Pick<KeyPair, 'publicKey'>): Uint8Array {
  return new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
}

export function privatePem({ privateKey }: KeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A PKCS#10 request over the key, DER. */
export function makeRequest(keys: KeyPair, algorithm: KeyAlgorithm = 'ec-p256'): Uint8Array {
  const subject = encodeName([{ type: COMMON_NAME, value: 'a wish that nobody hears' }])
  const info = encodeRequestInfo({ subject, spki: spkiOf(keys) })
  const scheme = SIGNATURE_OF_KEY[algorithm]
  return assembleRequest(info, scheme, sign(digestOf(scheme), info, keys.privateKey))
}

/** A request that wishes to be a CA, to have other names and ten years: https://www.rfc-editor.org/rfc/rfc2985#section-5.4.2 */
export function makeWishfulRequest(keys: KeyPair): Uint8Array {
  const wishes = encodeExtensions([
    basicConstraints({ ca: true }),
    keyUsage(['keyCertSign']),
    subjectAltName([{ type: 'dns', value: 'wished.example' }]),
  ])
  const subject = encodeName([{ type: COMMON_NAME, value: 'wished' }])
  const attribute = sequence(oid(EXTENSION_REQUEST), setOf(wishes))
  const info = sequence(integer(0), subject, spkiOf(keys), explicit(0, attribute))
  return assembleRequest(info, 'ecdsa-sha256', sign('sha256', info, keys.privateKey))
}
