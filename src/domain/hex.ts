import { IdentityError } from '../errors.ts'

/**
 * Lower-case hexadecimal. Fingerprints (64 digits), serials (32) and ids (32) travel through the domain in this form,
 * since strings compare, index and serialize; the store keeps them as bytes.
 */
export type Hex = string

const FINGERPRINT_DIGITS = 64
/** By character code: 1 for a digit. This runs at every verdict, where an expression takes twice as long. */
const IS_DIGIT = Uint8Array.from({ length: 256 }, (_, code) => (/[0-9a-f]/.test(String.fromCharCode(code)) ? 1 : 0))

/** True for the lower-case hex of a SHA-256, the only spelling of a fingerprint that is taken. */
export function isFingerprint(text: string): text is Hex {
  if (text.length !== FINGERPRINT_DIGITS) return false
  for (let i = 0; i < FINGERPRINT_DIGITS; i++) if (IS_DIGIT[text.charCodeAt(i)] !== 1) return false
  return true
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
