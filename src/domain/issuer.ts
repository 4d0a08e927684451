import type { CertificateBinding, LeafProfile, OnlineIssuer, Reservation } from './certificate/certificate.ts'

/** What a certificate is asked for. Nothing of a stranger's request but its public key is ever copied. */
export interface IssueOrder {
  readonly profile: LeafProfile
  /** PKCS#10 request, DER; its signature is verified, its wishes are not heard */
  readonly request: Uint8Array
  /** CN: the device's label, or what the profile prescribes */
  readonly label: string
  readonly binding: CertificateBinding
  /** tls-server: the DNS names and IP addresses; api: none, the SAN follows from `site` */
  readonly hosts?: readonly string[]
  /** api: the site's name, for the SAN */
  readonly site?: string
}

/** The certificate authority as the domain sees it. */
export interface Issuer {
  /**
   * Judges the request and builds what will be signed. Uses no key and writes nothing.
   * @param now epoch ms; notBefore is set from it
   * @throws IdentityError der-malformed, request-malformed, request-signature-invalid, key-unsupported, key-weak,
   *   name-invalid, profile-violation
   */
  draft(order: IssueOrder, now: number): Reservation
  /**
   * Has the stored reservation signed. Call it only after the reservation is committed.
   * @returns the certificate, DER
   * @throws IdentityError signer-refused, signer-unavailable
   */
  sign(reservation: Reservation): Promise<Uint8Array>
  /** The issuing CA's certificate and nothing above it, PEM: what a leaf's file carries behind the leaf. */
  chain(issuer: OnlineIssuer): string
}
