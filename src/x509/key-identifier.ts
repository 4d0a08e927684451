import { readSpki } from './spki.ts'
import { sha256 } from './thumbprint.ts'

/**
 * The leftmost 160 bits of the SHA-256 of the subjectPublicKey's octets (not of the whole SubjectPublicKeyInfo).
 * https://www.rfc-editor.org/rfc/rfc7093#section-2
 * @param spki SubjectPublicKeyInfo, DER
 * @returns 20 bytes
 * @throws IdentityError der-malformed
 */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  return sha256(readSpki(spki).publicKey).subarray(0, 20)
}
