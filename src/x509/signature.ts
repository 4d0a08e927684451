import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { isEcdsaSignature } from './ecdsa-signature.ts'
import { encodePem } from './pem.ts'
import { identifyPublicKey, type KeyAlgorithm } from './public-key.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'

/** Which digest node:crypto is asked for, and which keys may make such a signature. */
const SCHEMES: Readonly<Record<SignatureAlgorithm, { digest: string | null; keys: readonly KeyAlgorithm[] }>> = {
  'ecdsa-sha256': { digest: 'sha256', keys: ['ec-p256', 'ec-p384'] },
  'ecdsa-sha384': { digest: 'sha384', keys: ['ec-p256', 'ec-p384'] },
  'rsa-sha256': { digest: 'sha256', keys: ['rsa'] },
  'rsa-sha384': { digest: 'sha384', keys: ['rsa'] },
  'rsa-sha512': { digest: 'sha512', keys: ['rsa'] },
  ed25519: { digest: null, keys: ['ed25519'] },
}

/** The algorithm that a key of ours signs with. */
export const SIGNATURE_OF_KEY: Readonly<Record<KeyAlgorithm, SignatureAlgorithm>> = {
  'ec-p256': 'ecdsa-sha256',
  'ec-p384': 'ecdsa-sha384',
  rsa: 'rsa-sha256',
  ed25519: 'ed25519',
}

/** The digest's name for `crypto.sign`: null where the algorithm has its own. */
export function digestOf(algorithm: SignatureAlgorithm): string | null {
  return SCHEMES[algorithm].digest
}

/**
 * Whether the signature over the data is this key's. An ECDSA signature has one encoding only: strict DER, nothing behind it.
 * @param spki SubjectPublicKeyInfo, DER
 * @throws IdentityError der-malformed, key-unsupported: the key is not one that is ever taken
 */
export function verifySignature(
  spki: Uint8Array,
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const scheme = SCHEMES[algorithm]
  const { algorithm: keyAlgorithm } = identifyPublicKey(spki)
  if (!scheme.keys.includes(keyAlgorithm)) return false
  if (keyAlgorithm.startsWith('ec-') && !isEcdsaSignature(signature)) return false
  return verify(scheme.digest, data, importKey(spki), signature)
}

/**
 * By PEM, which takes a third of the time: given an object around the DER, Node 24 finds out what that is by throwing
 * errors and catching them.
 */
function importKey(spki: Uint8Array): KeyObject {
  return createPublicKey(encodePem('PUBLIC KEY', spki))
}
