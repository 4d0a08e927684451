import { type Der, integer, octetString, oid, sequence } from './der-writer.ts'
import { PBE_SHA1_3DES } from './oid.ts'
import type { Pkcs12Cipher } from './pkcs12-cipher.ts'
import { derivePkcs12, PURPOSE } from './pkcs12-kdf.ts'

const SALT_BYTES = 8
/** The same as in the MAC, and for the same reason. */
const ROUNDS = 2048
const KEY_BYTES = 24
const IV_BYTES = 8

/**
 * Encryption under a password as systems read it that know nothing newer: 3DES with key and IV from SHA-1. The file is as
 * strong as its password. DES is loaded by this call.
 * https://www.rfc-editor.org/rfc/rfc7292#appendix-C
 */
export async function pbeSha1(password: string): Promise<Pkcs12Cipher> {
  const { encryptTripleDes } = await import('./triple-des.ts')
  const encrypt = async (bytes: Der): Promise<{ algorithm: Der; ciphertext: Der }> => {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
    const common = { hash: 'SHA-1', password, salt, rounds: ROUNDS } as const
    const [key, iv] = await Promise.all([
      derivePkcs12({ ...common, purpose: PURPOSE.key, length: KEY_BYTES }),
      derivePkcs12({ ...common, purpose: PURPOSE.iv, length: IV_BYTES }),
    ])
    const algorithm = sequence(oid(PBE_SHA1_3DES), sequence(octetString(salt), integer(ROUNDS)))
    return { algorithm, ciphertext: encryptTripleDes(key, iv, bytes) }
  }
  return {
    encrypt,
    async wrapKey(key) {
      // WebCrypto wraps with no cipher that this format knows: the key's octets pass through here once, and are overwritten.
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
      try {
        const { algorithm, ciphertext } = await encrypt(pkcs8)
        return sequence(algorithm, octetString(ciphertext))
      } finally {
        pkcs8.fill(0)
      }
    },
  }
}
