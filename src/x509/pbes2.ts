import { type Der, integer, nullValue, octetString, oid, sequence } from './der-writer.ts'
import * as OID from './oid.ts'
import type { Pkcs12Cipher } from './pkcs12-cipher.ts'

const SALT_BYTES = 16
const IV_BYTES = 16

/**
 * Encryption under a password: AES-256-CBC with a key from PBKDF2-HMAC-SHA-256, each time with a salt of its own.
 * https://www.rfc-editor.org/rfc/rfc8018#section-6.2
 * @param iterations rounds of PBKDF2
 */
export async function pbes2(password: string, iterations: number): Promise<Pkcs12Cipher> {
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, [
    'deriveKey',
  ])
  return {
    async wrapKey(key) {
      const { algorithm, aes, cbc } = await prepare(secret, iterations, 'wrapKey')
      return sequence(algorithm, octetString(new Uint8Array(await crypto.subtle.wrapKey('pkcs8', key, aes, cbc))))
    },
    async encrypt(bytes) {
      const { algorithm, aes, cbc } = await prepare(secret, iterations, 'encrypt')
      return { algorithm, ciphertext: new Uint8Array(await crypto.subtle.encrypt(cbc, aes, bytes)) }
    },
  }
}

/** A fresh key for one use, and the AlgorithmIdentifier that tells how to find it again. */
async function prepare(secret: CryptoKey, iterations: number, use: 'wrapKey' | 'encrypt') {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  const aes = await crypto.subtle.deriveKey(derivation, secret, { name: 'AES-CBC', length: 256 }, false, [use])
  return { algorithm: identifier(salt, iterations, iv), aes, cbc: { name: 'AES-CBC', iv } }
}

/** https://www.rfc-editor.org/rfc/rfc8018#appendix-A.4 */
function identifier(salt: Der, iterations: number, iv: Der): Der {
  const kdf = sequence(
    oid(OID.PBKDF2),
    sequence(octetString(salt), integer(iterations), sequence(oid(OID.HMAC_SHA256), nullValue())),
  )
  return sequence(oid(OID.PBES2), sequence(kdf, sequence(oid(OID.AES_256_CBC), octetString(iv))))
}
