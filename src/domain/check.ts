import type { Hex } from './hex.ts'
import type { Keyring } from './keyring.ts'

/** The ways to prove oneself. Adding one means adding a file to `src/checks/` and a name here. */
export const CHECKS = ['totp', 'recovery-code'] as const
export type CheckName = (typeof CHECKS)[number]

/** What the store holds of one credential. Secrets are sealed, or kept only as an HMAC; never in the clear. */
export interface Credential {
  readonly id: Hex
  readonly subscriberId: Hex
  readonly check: CheckName
  /** totp: the sealed secret. recovery-code: the HMAC of the code */
  readonly secret: Uint8Array
  /** totp: the last time step that was accepted; a step counts once */
  readonly lastStep: number | null
  /** recovery-code: when it was used up, epoch ms */
  readonly usedAt: number | null
}

/** A credential that is about to be stored. */
export type NewCredential = Pick<Credential, 'id' | 'check' | 'secret'>

/** What an owner answers. */
export interface Answer {
  readonly check: CheckName
  /** as it was typed; passkey: AuthenticationResponseJSON as text */
  readonly text: string
  /** the network address that it came from; undefined: not known. Too many from one are not looked at */
  readonly address?: string | undefined
}

/** What a page hands to the browser's passkeys: creation or request options in their JSON form. https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON */
export type PasskeyOptions = Readonly<Record<string, unknown>>

/** What a right answer uses up, so that it is right only once; the store enforces it in the transaction that honors it. */
export interface Proof {
  readonly check: CheckName
  readonly credentialId: Hex
  /** totp: the time step that the answer belongs to */
  readonly step: number | null
}

/** What its owner is shown once, at enrollment, and never again. */
export interface Keepsakes {
  /** for the authenticator app: the secret in base32, and the same as an otpauth: URI */
  readonly totp: { readonly secret: string; readonly uri: string }
  /** the codes, in groups as they are written down */
  readonly 'recovery-code': readonly string[]
}

/** One way to prove oneself. */
export interface Check<N extends CheckName = CheckName> {
  readonly name: N
  /**
   * Whether the answer is right for one of these credentials (all of this check and one subscriber).
   * @param now epoch ms
   * @returns what to use up, or undefined when the answer is wrong
   */
  match(credentials: readonly Credential[], answer: string, now: number): Proof | undefined
  /**
   * Makes the credentials of a new subscriber.
   * @param label the device's label, as a name in the owner's app
   */
  generate(label: string): { readonly credentials: readonly NewCredential[]; readonly keepsake: Keepsakes[N] }
}

/** Every check by its name; each is given the keys under which its secrets are kept. */
export type CheckTable = { readonly [N in CheckName]: (keyring: Keyring) => Check<N> }
