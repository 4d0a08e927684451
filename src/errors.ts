/**
 * Every way in which Countersign refuses, as one closed union.
 *
 * A refused action throws {@link IdentityError}: a stable code for programs, a public sentence that says what was
 * wrong and what to do next, and a private cause for the log. A programmer's mistake is a `TypeError`. A verdict is
 * never an error. Which HTTP status a code becomes is `src/http/problem.ts`'s business alone.
 */
export type ErrorCode =
  // bytes that are not what they claim to be
  | 'der-malformed'
  | 'pem-malformed'
  | 'request-malformed'
  | 'request-signature-invalid'
  | 'certificate-malformed'
  | 'key-unsupported'
  | 'key-weak'
  | 'name-invalid'
  | 'label-invalid'
  // the certificate authority
  | 'profile-violation'
  | 'signer-refused'
  | 'signer-unavailable'
  | 'key-file-unsafe'
  | 'key-file-unreadable'
  | 'authority-exists'
  | 'authority-missing'
  // a site's questions
  | 'query-invalid'
  | 'max-age-too-small'
  | 'return-to-refused'
  | 'checks-unmeetable'
  | 'caller-refused'
  | 'rate-limited'
  | 'right-missing'
  | 'subject-unknown'
  // sites and certificates under administration
  | 'site-unknown'
  | 'site-exists'
  | 'site-invalid'
  | 'logo-refused'
  | 'plan-unknown'
  | 'account-invalid'
  | 'certificate-unknown'
  | 'certificate-revoked'
  | 'certificate-not-held'
  | 'certificate-held'
  | 'certificate-expired'
  | 'certificate-missing'
  | 'hold-foreign'
  | 'renewal-exhausted'
  | 'key-used'
  // people
  | 'invitation-unusable'
  | 'invitation-used'
  | 'apple-profile-unusable'
  | 'ticket-unusable'
  | 'ticket-spent'
  | 'ticket-foreign'
  | 'check-failed'
  | 'check-missing'
  | 'check-wanted'
  | 'too-many-guesses'
  | 'walk-loops'
  | 'proof-stale'
  | 'check-refused'
  | 'check-unknown'
  | 'check-needed'
  | 'password-refused'
  | 'cross-site'
  // a person's own account
  | 'session-missing'
  | 'form-outdated'
  | 'device-unknown'
  | 'pairing-unusable'
  | 'text-invalid'
  | 'report-unknown'
  | 'report-settled'
  // streams of security events
  | 'stream-unknown'
  | 'stream-exists'
  | 'push-address-refused'
  | 'verification-too-soon'
  // the HTTP surface
  | 'not-found'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'body-malformed'
  | 'media-type-unsupported'
  | 'misdirected'
  // the house itself
  | 'config-invalid'
  | 'home-locked'
  | 'schema-newer'
  | 'audit-broken'
  | 'store-unavailable'
  | 'internal'

/** A refused action. `message` is public; `cause` is for the log and never leaves the process. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'
  readonly code: ErrorCode
  /** ms until the same may succeed, where that is known; Infinity: it never will */
  readonly wait: number | undefined

  /**
   * @param code what was refused, stable for programs
   * @param message one public sentence or two: what was wrong and what to do next
   * @param options.cause private; logged, never shown
   * @param options.wait ms
   */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; wait?: number }) {
    super(message, options)
    this.code = code
    this.wait = options?.wait
  }
}
