import type { Hex } from '../hex.ts'

/** The ways to prove oneself, in the order to offer them. Adding one means adding a file to `src/checks/` and a name here. */
export const CHECKS = ['passkey', 'totp', 'password', 'recovery-code'] as const
export type CheckName = (typeof CHECKS)[number]

/** What the store holds of one credential. Secrets are sealed, or kept only as a hash; never in the clear. */
export interface Credential {
  readonly id: Hex
  readonly subscriberId: Hex
  readonly check: CheckName
  /** passkey: its id, public key and ways of speaking, sealed. totp: the sealed secret. password: its hash. recovery-code: the HMAC of the code's digest */
  readonly secret: Uint8Array
  /** totp: the last time step that was accepted. passkey: the sign counter. Neither goes back */
  readonly lastStep: number | null
  /** recovery-code: when it was used up, epoch ms */
  readonly usedAt: number | null
  /** the owner's name for it */
  readonly label: string | null
  /** epoch ms; null: made before such times were kept */
  readonly createdAt: number | null
  readonly lastUsedAt: number | null
}

/** A credential that is about to be stored. */
export type NewCredential = Pick<Credential, 'id' | 'check' | 'secret' | 'lastStep'>

/** What an owner answers. */
export interface Answer {
  readonly check: CheckName
  /** as it was typed; passkey: AuthenticationResponseJSON as text */
  readonly text: string
  /** the network address that it came from; undefined: not known. Too many from one are not looked at */
  readonly address?: string | undefined
}

/**
 * What a page hands to the browser's passkeys: creation or request options in their JSON form.
 * https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
 */
export type PasskeyOptions = Readonly<Record<string, unknown>>

/** A challenge that was answered; it counts once. */
export interface AnsweredChallenge {
  readonly id: Hex
  /** when it is forgotten by itself, epoch ms */
  readonly expiresAt: number
}

/** What a right answer uses up, so that it is right only once; the store enforces it in the transaction that honors it. */
export interface Proof {
  readonly check: CheckName
  readonly credentialId: Hex
  /** totp: the time step that the answer belongs to. passkey: the sign counter. null: neither */
  readonly step: number | null
  /** passkey: the challenge */
  readonly once?: AnsweredChallenge
}

/** What its owner is shown once, when it is made, and never again. Recovery codes are none: the service never has them. */
export interface Keepsakes {
  /** for the authenticator app: the secret in base32, and the same as an otpauth: URI */
  readonly totp: { readonly secret: string; readonly uri: string }
}

/** The moment at which an answer is looked at. */
export interface Moment {
  /** epoch ms */
  readonly now: number
  /** what a challenge must have been made for */
  readonly context: string
}

/** One way to prove oneself. */
export interface Check<N extends CheckName = CheckName> {
  readonly name: N
  /**
   * Whether the answer is right for one of these credentials (all of this check and one subscriber).
   * @returns what to use up, or undefined when the answer is wrong
   */
  match(credentials: readonly Credential[], answer: string, moment: Moment): Promise<Proof | undefined>
}

/** Whose passkey, and what stands there already. */
export interface PasskeyOwner {
  readonly subscriberId: Hex
  /** the name under which the browser keeps it */
  readonly label: string
  readonly credentials: readonly Credential[]
}

export interface PasskeyCheck extends Check<'passkey'> {
  /** Options for `navigator.credentials.get` with one of these credentials. */
  ask(credentials: readonly Credential[], moment: Moment): Promise<PasskeyOptions>
  /** Options for `navigator.credentials.create`. */
  offer(owner: PasskeyOwner, moment: Moment): Promise<PasskeyOptions>
  /**
   * Reads what the browser made.
   * @param response RegistrationResponseJSON as text
   * @throws IdentityError check-refused: not what was asked for
   */
  make(
    response: string,
    moment: Moment,
  ): Promise<{ readonly credential: NewCredential; readonly once: AnsweredChallenge }>
}

export interface TotpCheck extends Check<'totp'> {
  /** @param label a name in the owner's app */
  generate(label: string): { readonly credential: NewCredential; readonly keepsake: Keepsakes['totp'] }
}

export interface PasswordCheck extends Check<'password'> {
  /** @throws IdentityError password-refused: too short, too long, or known to everybody */
  make(password: string): Promise<NewCredential>
}

export interface RecoveryCodeCheck extends Check<'recovery-code'> {
  /**
   * Keeps codes that their owner's page has drawn.
   * @param digests of ten codes: SHA-256 of `countersign recovery-code v1:` and the code's 16 letters
   * @throws IdentityError check-refused: not ten, not digests, or one twice
   */
  make(digests: readonly Hex[]): readonly NewCredential[]
}

/** Every check by its name. */
export interface CheckTable {
  readonly passkey: PasskeyCheck
  readonly totp: TotpCheck
  readonly password: PasswordCheck
  readonly 'recovery-code': RecoveryCodeCheck
}
