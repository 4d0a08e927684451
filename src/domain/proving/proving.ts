import { IdentityError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { type Policy, sufficient } from '../policy.ts'
import type { Store } from '../store.ts'
import {
  type Answer,
  CHECKS,
  type CheckName,
  type CheckTable,
  type Credential,
  type Moment,
  type PasskeyOptions,
  type Proof,
} from './check.ts'
import { countGuess, type GuessParts, isWorthTelling, miss } from './guesses.ts'

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
  /** what else the audit tells of a wrong answer */
  readonly facts?: Readonly<Record<string, string>>
}

/** What to ask for. */
export interface Question {
  /** the checks that suffice and that the owner has, in the order to offer them; at least one */
  readonly checks: readonly CheckName[]
  /** for `navigator.credentials.get`, good for five minutes and one answer; undefined: the owner has no passkey that suffices */
  readonly passkey: PasskeyOptions | undefined
}

/** An owner proving himself: which checks he may use, and whether an answer is right. Guesses are counted in the store, for all occasions together. */
export interface Proving {
  /** Changes nothing. @throws IdentityError check-missing (the owner has nothing that suffices), check-wanted (but he has what lets him add it), store-unavailable */
  ask(prover: Prover, occasion: Occasion): Promise<Question>
  /**
   * Looks at an answer. A right one is not used up yet: the command that acts on it does that, in its own transaction
   * (`walk`, `openSession`), and when it says `proof-used`, the caller throws what {@link refuted} gives.
   * @returns what to use up
   * @throws IdentityError check-missing, check-wanted, too-many-guesses, check-failed (counted and audited), store-unavailable
   */
  examine(prover: Prover, occasion: Occasion, answer: Answer): Promise<Proof>
  /** Counts and audits an answer that was not right, or not any more. @returns IdentityError check-failed, to be thrown */
  refuted(prover: Prover, occasion: Occasion, check: CheckName): Promise<IdentityError>
}

/** The owner has none of the checks that somebody else asks for, but has others, with which he can add one of them. */
export class CheckWanted extends IdentityError {
  /** of which one would do */
  readonly wanted: readonly CheckName[]

  constructor(wanted: readonly CheckName[]) {
    super(
      'check-wanted',
      `The site wants a proof that you have not set up: ${wanted.join(' or ')}. Add it in your account, then go back to the site.`,
    )
    this.wanted = wanted
  }
}

interface ProvingParts extends GuessParts {
  readonly store: GuessParts['store'] & Pick<Store, 'credentials'>
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

export function createProving(parts: ProvingParts): Proving {
  return {
    async ask(prover, occasion) {
      const usable = await usableCredentials(parts, prover, occasion)
      const passkeys = ofCheck(usable, 'passkey')
      const moment = momentOf(parts, prover, occasion)
      return {
        checks: CHECKS.filter((name) => ofCheck(usable, name).length > 0),
        passkey: passkeys.length > 0 ? await parts.checks.passkey.ask(passkeys, moment) : undefined,
      }
    },

    async examine(prover, occasion, answer) {
      const moment = momentOf(parts, prover, occasion)
      await countGuess(parts, prover, answer, moment.now)
      const own = ofCheck(await usableCredentials(parts, prover, occasion), answer.check)
      const proof = own.length > 0 ? await parts.checks[answer.check].match(own, answer.text, moment) : undefined
      if (!proof) throw await refuted(parts, prover, occasion, answer.check)
      await requireForward(parts, prover, occasion, own, proof)
      return proof
    },

    refuted: (prover, occasion, check) => refuted(parts, prover, occasion, check),
  }
}

function momentOf({ clock }: ProvingParts, { fingerprint }: Prover, { purpose, binding }: Occasion): Moment {
  return { now: clock.now(), context: `${purpose}:${fingerprint}:${binding}` }
}

/** What the owner can prove himself with, as far as policy and site take it. */
async function usableCredentials(
  { store, policy }: ProvingParts,
  { subscriberId }: Prover,
  { purpose, wanted = [] }: Occasion,
): Promise<readonly Credential[]> {
  const accepted = sufficient(policy, purpose)
  const all = await store.credentials(subscriberId)
  const own = all.filter(({ check, usedAt }) => usedAt === null && accepted.includes(check))
  const usable = own.filter(({ check }) => wanted.length === 0 || wanted.includes(check))
  if (usable.length > 0) return usable
  if (own.length > 0 && accepted.some((name) => wanted.includes(name)))
    throw new CheckWanted(accepted.filter((name) => wanted.includes(name)))
  throw new IdentityError(
    'check-missing',
    'A proof is wanted that you have not set up, or have used up. Ask whoever invited you for a new invitation.',
  )
}

function ofCheck(credentials: readonly Credential[], name: CheckName): readonly Credential[] {
  return credentials.filter(({ check }) => check === name)
}

/**
 * A counter that does not go forward: somebody has a copy of the passkey. Passkeys that are synchronized do not count.
 * https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
 */
async function requireForward(
  parts: ProvingParts,
  prover: Prover,
  occasion: Occasion,
  own: readonly Credential[],
  { check, step, credentialId }: Proof,
): Promise<void> {
  const last = own.find(({ id }) => id === credentialId)?.lastStep ?? 0
  if (check !== 'passkey' || step === null || step > last || (step === 0 && last === 0)) return
  const at = parts.clock.now()
  if (await isWorthTelling(parts, 'counter-back', prover, at)) {
    await parts.store.run('note', {
      at,
      actor: `device:${prover.fingerprint}`,
      action: 'passkey-counter-back',
      object: prover.subscriberId,
      detail: { credential: credentialId, last, came: step },
    })
  }
  throw await refuted(parts, prover, occasion, check)
}

/** Only guesses that were counted are audited, so nobody fills the table. */
async function refuted(
  parts: ProvingParts,
  prover: Prover,
  { purpose, facts }: Occasion,
  check: CheckName,
): Promise<IdentityError> {
  const at = parts.clock.now()
  if (await miss(parts, prover, check, at)) {
    await parts.store.run('note', {
      at,
      actor: `device:${prover.fingerprint}`,
      action: 'revalidation-failed',
      object: prover.fingerprint,
      detail: { check, purpose, ...facts },
    })
  }
  return new IdentityError(
    'check-failed',
    'This is not right, or has been used. Check it and try again, or take the next one.',
  )
}
