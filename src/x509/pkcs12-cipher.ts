import type { Der } from './der-writer.ts'

/** How a file's key and certificates are encrypted. */
export interface Pkcs12Cipher {
  /** EncryptedPrivateKeyInfo, DER */
  wrapKey(key: CryptoKey): Promise<Der>
  /** AlgorithmIdentifier, DER, and what it made of the bytes */
  encrypt(bytes: Der): Promise<{ algorithm: Der; ciphertext: Der }>
}
