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
