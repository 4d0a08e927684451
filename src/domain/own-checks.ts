import type { CheckName, Keepsakes, PasskeyOptions } from './check.ts'
import type { Hex } from './hex.ts'
import type { Prover } from './proving.ts'

/** A person who manages his checks, with the time at which he last proved himself (`Proving.prove`), epoch ms. */
export interface Owner extends Prover {
  readonly provenAt: number
}

/** One check as its owner sees it. All recovery codes together are one. Times are epoch ms. */
export interface OwnCheck {
  /** names it in {@link OwnChecks.rename} and {@link OwnChecks.remove} */
  readonly id: Hex
  readonly check: CheckName
  /** the owner's name for it; null: none was given */
  readonly label: string | null
  /** null: before such times were kept */
  readonly createdAt: number | null
  readonly lastUsedAt: number | null
  /** recovery codes: how many are unused; null for all others */
  readonly left: number | null
  /** false: the account would be left with less than the policy demands */
  readonly removable: boolean
}

/** What the owner's authenticator app is given, until its first code proves that it has it. */
export interface PendingTotp {
  /** hand it back with the first code; sealed, good for 15 minutes, for this person and once */
  readonly pending: string
  readonly keepsake: Keepsakes['totp']
}

/**
 * A person's own checks. Every change is audited, and wants a proof that is not older than 10 minutes:
 * IdentityError proof-stale otherwise, after which the page asks for a fresh one. All throw store-unavailable.
 */
export interface OwnChecks {
  /** Unused recovery codes as one entry, the last; none left: no entry. */
  list(subscriberId: Hex): Promise<readonly OwnCheck[]>
  /** The checks that may be added under this policy, in the order to offer them. */
  readonly addable: readonly CheckName[]
  /**
   * For `navigator.credentials.create`; good for five minutes and one answer.
   * @param binding as of an Occasion: the session's id
   * @throws IdentityError proof-stale
   */
  beginPasskey(owner: Owner, binding: string): Promise<PasskeyOptions>
  /**
   * @param made.response the browser's answer, RegistrationResponseJSON as text
   * @throws IdentityError proof-stale, label-invalid, check-refused (not what was asked for, or there already, or too many)
   */
  finishPasskey(
    owner: Owner,
    binding: string,
    made: { readonly label: string; readonly response: string },
  ): Promise<void>
  /** @throws IdentityError proof-stale */
  beginTotp(owner: Owner): Promise<PendingTotp>
  /** @throws IdentityError proof-stale, label-invalid, check-failed (not its code), check-refused, too-many-guesses */
  finishTotp(
    owner: Owner,
    made: { readonly pending: string; readonly label: string; readonly code: string },
  ): Promise<void>
  /** Sets or replaces it. @throws IdentityError proof-stale, password-refused, check-refused (policy knows no passwords) */
  setPassword(owner: Owner, password: string): Promise<void>
  /** A new set; the old one is void. Shown once. @throws IdentityError proof-stale */
  renewRecoveryCodes(owner: Owner): Promise<Keepsakes['recovery-code']>
  /** @throws IdentityError proof-stale, label-invalid, check-unknown */
  rename(owner: Owner, id: Hex, label: string): Promise<void>
  /** @throws IdentityError proof-stale, check-unknown, check-needed (the policy demands it) */
  remove(owner: Owner, id: Hex): Promise<void>
}
