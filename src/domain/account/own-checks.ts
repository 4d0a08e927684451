import { IdentityError } from '../../errors.ts'
import type { Act } from '../act.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { cleanLabel } from '../label.ts'
import { neededChecks, type Policy } from '../policy.ts'
import {
  CHECKS,
  type CheckName,
  type CheckTable,
  type Credential,
  type Keepsakes,
  type Moment,
  type NewCredential,
  type PasskeyOptions,
} from '../proving/check.ts'
import { countGuess } from '../proving/guesses.ts'
import { openPendingTotp, sealPendingTotp } from '../proving/pending-totp.ts'
import type { Prover } from '../proving/proving.ts'
import type { CheckAddition, Store } from '../store.ts'
import { countOwn } from './own-change.ts'

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
 * IdentityError proof-stale otherwise, after which the page asks for a fresh one. All throw store-unavailable; what
 * adds or names something too-many-guesses.
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
  /**
   * A new set that the page has drawn; the old one is void. The same set once more changes nothing for its owner, so that a
   * page whose answer was lost may ask again.
   * @param digests see `RecoveryCodeCheck.make`
   * @throws IdentityError proof-stale, check-refused
   */
  renewRecoveryCodes(owner: Owner, digests: readonly Hex[]): Promise<void>
  /** @throws IdentityError proof-stale, label-invalid, check-unknown */
  rename(owner: Owner, id: Hex, label: string): Promise<void>
  /** @throws IdentityError proof-stale, check-unknown, check-needed (the policy demands it) */
  remove(owner: Owner, id: Hex): Promise<void>
}

interface OwnChecksParts {
  readonly store: Pick<Store, 'run' | 'credentials' | 'misses'>
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

/** A proof is good for changes for so long, ms. */
const PROOF_SERVES = 10 * 60_000

/** Of one check; nobody has more authenticators, and a page shows them all. */
const MOST_OF_A_CHECK = 20

export function createOwnChecks(parts: OwnChecksParts): OwnChecks {
  return {
    addable: addableUnder(parts.policy),
    list: (subscriberId) => list(parts, subscriberId),
    beginPasskey: changing(parts, beginPasskey),
    finishPasskey: changing(parts, finishPasskey),
    beginTotp: changing(parts, beginTotp),
    finishTotp: changing(parts, finishTotp),
    setPassword: changing(parts, setPassword),
    renewRecoveryCodes: changing(parts, renewRecoveryCodes),
    rename: changing(parts, rename),
    remove: changing(parts, remove),
  }
}

/** Every change begins with the same question. */
function changing<Given extends readonly unknown[], R>(
  parts: OwnChecksParts,
  change: (parts: OwnChecksParts, owner: Owner, ...given: Given) => Promise<R>,
): (owner: Owner, ...given: Given) => Promise<R> {
  return async (owner, ...given) => {
    requireRecent(parts, owner)
    return change(parts, owner, ...given)
  }
}

async function list({ store, policy }: OwnChecksParts, subscriberId: Hex): Promise<readonly OwnCheck[]> {
  const usable = (await store.credentials(subscriberId)).filter(({ usedAt }) => usedAt === null)
  const singles = usable.filter(({ check }) => check !== 'recovery-code')
  const codes = usable.filter(({ check }) => check === 'recovery-code')
  return [
    ...inOrder(singles).map((one) => describe(policy, usable, one, null)),
    ...codes.slice(0, 1).map((one) => describe(policy, usable, one, codes.length)),
  ]
}

async function beginPasskey(parts: OwnChecksParts, owner: Owner, binding: string): Promise<PasskeyOptions> {
  const { subscriberId } = owner
  const credentials = await parts.store.credentials(subscriberId)
  const passkeyOwner = { subscriberId, label: ACCOUNT, credentials }
  return parts.checks.passkey.offer(passkeyOwner, momentOf(parts, owner, binding))
}

async function finishPasskey(
  parts: OwnChecksParts,
  owner: Owner,
  binding: string,
  { label: typed, response }: { readonly label: string; readonly response: string },
): Promise<void> {
  const label = cleanLabel(typed)
  const { credential, once } = await parts.checks.passkey.make(response, momentOf(parts, owner, binding))
  await add(parts, owner, { label, credentials: [credential], replace: false, once })
}

async function beginTotp({ keyring, clock, checks }: OwnChecksParts, { subscriberId }: Owner): Promise<PendingTotp> {
  const { credential, keepsake } = checks.totp.generate(ACCOUNT)
  return { pending: sealPendingTotp(keyring, subscriberId, credential, clock.now()), keepsake }
}

async function finishTotp(
  parts: OwnChecksParts,
  owner: Owner,
  made: { readonly pending: string; readonly label: string; readonly code: string },
): Promise<void> {
  const label = cleanLabel(made.label)
  const credential = await confirmed(parts, owner, made)
  await add(parts, owner, { label, credentials: [credential], replace: false })
}

async function setPassword(parts: OwnChecksParts, owner: Owner, password: string): Promise<void> {
  if (!addableUnder(parts.policy).includes('password')) throw refused('This service does not use it.')
  const credential = await parts.checks.password.make(password)
  await add(parts, owner, { label: null, credentials: [credential], replace: true })
}

async function renewRecoveryCodes(parts: OwnChecksParts, owner: Owner, digests: readonly Hex[]): Promise<void> {
  const credentials = parts.checks['recovery-code'].make(digests)
  await add(parts, owner, { label: null, credentials, replace: true })
}

async function rename(parts: OwnChecksParts, owner: Owner, id: Hex, label: string): Promise<void> {
  const cleaned = cleanLabel(label)
  const act = actOf(parts, owner)
  await countOwn('change', parts.store, owner, act.at)
  const outcome = await parts.store.run('renameCheck', act, owner.subscriberId, id, cleaned)
  if (outcome === 'unknown') throw unknown()
}

/** Never counted: no more can go than was added, and what a thief has added must go today. */
async function remove(parts: OwnChecksParts, owner: Owner, id: Hex): Promise<void> {
  const act = actOf(parts, owner)
  const outcome = await parts.store.run('removeCheck', act, owner.subscriberId, id, neededChecks(parts.policy))
  if (outcome === 'unknown') throw unknown()
  if (outcome === 'needed') throw needed()
}

/** The name under which a phone or a browser keeps what is added; it says whose it is by the service's own name. */
const ACCOUNT = 'Countersign'

function addableUnder({ enrollWith, deviceWith, revalidateWith, changeWith }: Policy): readonly CheckName[] {
  const useful = [...enrollWith, ...deviceWith, ...revalidateWith, ...changeWith]
  return CHECKS.filter((name) => name === 'recovery-code' || useful.includes(name))
}

function inOrder(credentials: readonly Credential[]): readonly Credential[] {
  const place = ({ check }: Credential): number => CHECKS.indexOf(check)
  return credentials.toSorted((a, b) => place(a) - place(b) || (a.createdAt ?? 0) - (b.createdAt ?? 0))
}

function describe(
  policy: Policy,
  usable: readonly Credential[],
  { id, check, label, createdAt, lastUsedAt }: Credential,
  left: number | null,
): OwnCheck {
  const others = usable.filter((one) => (left === null ? one.id !== id : one.check !== check))
  return { id, check, label, createdAt, lastUsedAt, left, removable: !isNeeded(policy, usable, others) }
}

/** Whether a list is met before and not afterwards. */
function isNeeded(policy: Policy, before: readonly Credential[], after: readonly Credential[]): boolean {
  const isMet = (list: readonly CheckName[], by: readonly Credential[]): boolean =>
    by.some(({ check }) => list.includes(check))
  return neededChecks(policy).some((list) => isMet(list, before) && !isMet(list, after))
}

/** @throws IdentityError proof-stale */
function requireRecent({ clock }: OwnChecksParts, { provenAt }: Owner): void {
  if (clock.now() - provenAt <= PROOF_SERVES) return
  throw new IdentityError(
    'proof-stale',
    'It is a while since you proved that it is you. Do it once more, then try again.',
  )
}

function momentOf({ clock }: OwnChecksParts, { subscriberId, fingerprint }: Owner, binding: string): Moment {
  return { now: clock.now(), context: `add:${subscriberId}:${fingerprint}:${binding}` }
}

function actOf({ clock }: OwnChecksParts, { fingerprint }: Owner): Act {
  return { at: clock.now(), actor: `device:${fingerprint}` }
}

/** The app shows that it has the secret. Its first code is used up by that. */
async function confirmed(
  parts: OwnChecksParts,
  owner: Owner,
  { pending, code }: { readonly pending: string; readonly code: string },
): Promise<NewCredential> {
  const now = parts.clock.now()
  const credential = openPendingTotp(parts.keyring, owner.subscriberId, pending, now)
  if (!credential) throw refused('It was begun too long ago.')
  await countGuess(parts, owner, { check: 'totp', text: code }, now)
  const { subscriberId } = owner
  const row = { ...credential, subscriberId, usedAt: null, label: null, createdAt: null, lastUsedAt: null }
  const proof = await parts.checks.totp.match([row], code, { now, context: '' })
  if (proof) return { ...credential, lastStep: proof.step }
  throw new IdentityError(
    'check-failed',
    'This is not the code that the app shows now. Wait for the next one, and type that.',
  )
}

async function add(parts: OwnChecksParts, owner: Owner, addition: Omit<CheckAddition, 'subscriberId'>): Promise<void> {
  const { subscriberId } = owner
  const act = actOf(parts, owner)
  await countOwn('check', parts.store, owner, act.at)
  const outcome = await parts.store.run('addChecks', act, { subscriberId, ...addition }, MOST_OF_A_CHECK)
  if (outcome === 'gone') throw refused('Your account was erased meanwhile.')
  if (outcome === 'taken') throw refused('It is there already.')
  if (outcome === 'too-many') throw refused('You have too many of them: remove one first.')
}

function refused(why: string): IdentityError {
  return new IdentityError('check-refused', `This cannot be added. ${why} Begin once more.`)
}

function unknown(): IdentityError {
  return new IdentityError('check-unknown', 'There is no such check of yours. Reload the page.')
}

function needed(): IdentityError {
  return new IdentityError('check-needed', 'This one is needed to prove that it is you. Add another one first.')
}
