import { IdentityError } from '../errors.ts'

/**
 * Lower-case hexadecimal. Fingerprints (64 digits), serials (32) and ids (32) travel through the domain in this form,
 * since strings compare, index and serialize; the store keeps them as bytes.
 */
export type Hex = string

const FINGERPRINT = /^[0-9a-f]{64}$/

/** True for the lower-case hex of a SHA-256, the only spelling of a fingerprint that is taken. */
export function isFingerprint(text: string): text is Hex {
  return FINGERPRINT.test(text)
}

/**
 * Reads a fingerprint that somebody typed.
 * @throws IdentityError certificate-unknown: no certificate can have this one
 */
export function requireFingerprint(text: string): Hex {
  if (isFingerprint(text)) return text
  throw new IdentityError(
    'certificate-unknown',
    'A fingerprint is the SHA-256 of the certificate as 64 lower-case hex digits; `countersign cert list` shows them.',
  )
}
