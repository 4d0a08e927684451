import { IdentityError } from '../errors.ts'
import { bigEndian } from './big-endian.ts'
import { isOnCurve } from './curve.ts'
import { compareBytes, readDer } from './der.ts'
import { isHonestPoint } from './edwards.ts'
import { refuseWeakModulus } from './rsa-weakness.ts'
import { readSpki } from './spki.ts'

export const KEY_ALGORITHMS = ['ec-p256', 'ec-p384', 'rsa', 'ed25519'] as const
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number]

export interface PublicKey {
  readonly algorithm: KeyAlgorithm
  /** of the field or the modulus */
  readonly bits: number
  /** SubjectPublicKeyInfo, DER */
  readonly spki: Uint8Array
}

/** What is taken unless the caller says otherwise: Ed25519 is none of it, for browsers cannot use it. */
const USUAL_KEYS: readonly KeyAlgorithm[] = ['ec-p256', 'ec-p384', 'rsa']

const SMALLEST_RSA = 2048
const LARGEST_RSA = 4096

/**
 * AlgorithmIdentifier, DER, of each key: named curves only, RSA with NULL, Ed25519 with nothing.
 * https://www.rfc-editor.org/rfc/rfc5480#section-2.1
 * https://www.rfc-editor.org/rfc/rfc3279#section-2.3.1
 * https://www.rfc-editor.org/rfc/rfc8410#section-3
 */
const IDENTIFIERS: Readonly<Record<KeyAlgorithm, Uint8Array>> = {
  'ec-p256': Uint8Array.from([
    0x30, 19, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7,
  ]),
  'ec-p384': Uint8Array.from([0x30, 16, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 34]),
  rsa: Uint8Array.from([0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0]),
  ed25519: Uint8Array.from([0x30, 5, 6, 3, 0x2b, 0x65, 0x70]),
}

/**
 * Judges a stranger's public key.
 * @param spki SubjectPublicKeyInfo, DER
 * @throws IdentityError der-malformed, key-unsupported, key-weak
 */
export function readPublicKey(spki: Uint8Array, allowed: readonly KeyAlgorithm[] = USUAL_KEYS): PublicKey {
  const { key, modulus } = identify(spki)
  if (!allowed.includes(key.algorithm)) throw unsupported()
  if (modulus) refuseWeakModulus(modulus)
  return key
}

/**
 * Names the key and refuses what none of ours can be (unknown algorithms, points off the curve, RSA out of bounds), but
 * does not look for weaknesses.
 * @throws IdentityError der-malformed, key-unsupported
 */
export function identifyPublicKey(spki: Uint8Array): PublicKey {
  return identify(spki).key
}

function identify(spki: Uint8Array): { key: PublicKey; modulus?: bigint } {
  const { identifier, publicKey } = readSpki(spki)
  const algorithm = KEY_ALGORITHMS.find((name) => compareBytes(IDENTIFIERS[name], identifier) === 0)
  switch (algorithm) {
    case 'ec-p256':
    case 'ec-p384':
      if (!isOnCurve(algorithm, publicKey)) throw unsupported()
      return { key: { algorithm, bits: algorithm === 'ec-p256' ? 256 : 384, spki } }
    case 'ed25519':
      if (!isHonestPoint(publicKey)) throw unsupported()
      return { key: { algorithm, bits: 256, spki } }
    case 'rsa': {
      const modulus = readModulus(publicKey)
      return { key: { algorithm, bits: bitLength(modulus), spki }, modulus: bigEndian(modulus) }
    }
    default:
      throw unsupported()
  }
}

/** RSAPublicKey with e = 65537. https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1 */
function readModulus(rsaPublicKey: Uint8Array): Uint8Array {
  const [modulus, exponent] = readDer(rsaPublicKey, (reader) =>
    reader.sequence((inner) => [inner.integer(), inner.integer()] as const),
  )
  if (modulus[0]! >= 0x80 || compareBytes(exponent, Uint8Array.of(1, 0, 1)) !== 0) throw unsupported()
  const magnitude = modulus[0] === 0 ? modulus.subarray(1) : modulus
  const bits = bitLength(magnitude)
  if (bits < SMALLEST_RSA || bits > LARGEST_RSA) throw unsupported()
  return magnitude
}

function bitLength(magnitude: Uint8Array): number {
  return magnitude.length * 8 + 24 - Math.clz32(magnitude[0] ?? 0)
}

function unsupported(): IdentityError {
  return new IdentityError(
    'key-unsupported',
    'This kind of key is not taken. Make an ECDSA key on P-256, and the request anew.',
  )
}
