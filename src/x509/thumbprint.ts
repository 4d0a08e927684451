import { createHash, hash } from 'node:crypto'

/** The fingerprint of a certificate: SHA-256 of its DER, lower-case hex. */
export function fingerprint(der: Uint8Array): string {
  return hash('sha256', der, 'hex')
}

/** SHA-256, 32 bytes: of a SubjectPublicKeyInfo it names the key. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
