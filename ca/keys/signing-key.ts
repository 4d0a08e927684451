/** A key that signs and never shows itself: in a file today, in an HSM later. */
export interface SigningKey {
  /** SubjectPublicKeyInfo, DER */
  readonly spki: Uint8Array
  /** @returns the signature over the data, as it stands in a certificate (ECDSA: DER of r and s) */
  sign(data: Uint8Array): Uint8Array
}
