import type { Answer, CheckName, PasskeyOptions } from './check.ts'
import type { Hex } from './hex.ts'

/** Whose browser it is: the person and the device of a certificate that was shown and is good at this moment. */
export interface Prover {
  readonly subscriberId: Hex
  readonly deviceId: Hex
  readonly fingerprint: Hex
}

/** What a proof is for, and so which policy says what suffices. An account is entered by what suffices to `change` checks. */
export type Purpose = 'revalidate' | 'device' | 'change'

export interface Occasion {
  readonly purpose: Purpose
  /**
   * What a passkey's challenge is bound to beside purpose and certificate: the id of the ticket, of the session. The one
   * at which the owner is asked must be the one at which he answers.
   */
  readonly binding: string
  /** checks that somebody else asks for, a site; undefined or empty: the policy alone decides */
  readonly wanted?: readonly CheckName[]
}

/** What to ask for. */
export interface Question {
  /** the checks that suffice and that the owner has, in the order to offer them; at least one */
  readonly checks: readonly CheckName[]
  /** for `navigator.credentials.get`, good for five minutes and one answer; undefined: the owner has no passkey that suffices */
  readonly passkey: PasskeyOptions | undefined
}

/** Somebody who has just proved himself. */
export interface Proven {
  readonly check: CheckName
  /** epoch ms */
  readonly at: number
}

/** An owner proving himself: which checks he may use, and whether an answer is right. Guesses are counted in the store, for all occasions together. */
export interface Proving {
  /** Changes nothing. @throws IdentityError check-missing (the owner has nothing that suffices), store-unavailable */
  ask(prover: Prover, occasion: Occasion): Promise<Question>
  /**
   * Looks at an answer and, when it is right, uses it up, audited; only for an active certificate.
   * @throws IdentityError check-missing, too-many-guesses, check-failed, certificate-held, certificate-revoked,
   *   certificate-expired, store-unavailable
   */
  prove(prover: Prover, occasion: Occasion, answer: Answer): Promise<Proven>
}
