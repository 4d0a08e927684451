import { type ErrorCode, IdentityError } from '../../errors.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { hideAddress } from '../network-address.ts'
import type { Policy } from '../policy.ts'
import type { Store } from '../store.ts'
import type { Answer, CheckName } from './check.ts'

export interface GuessParts {
  readonly store: Pick<Store, 'run' | 'misses'>
  readonly keyring: Keyring
  readonly policy: Policy
}

/** Whose answers are counted. */
interface Guesser {
  readonly subscriberId: Hex
  readonly deviceId: Hex
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/** A person may have missed this much more often than each device: a thief of one certificate does not shut out the others. */
const PERSON = 2

/** Nobody guesses a signature; this only bounds the work, for each device at each address. */
const PASSKEYS = 10

const FIRST_WAIT = 15 * SECOND
const LONGEST_WAIT = 15 * MINUTE

/**
 * Counts an answer before it is looked at, in the store, for all processes together: by the minute for its device and
 * for the address that it came from. Wrong ones are counted by the day too, for device and person, and after a few of
 * them each is followed by a longer wait: a thief of the file must not go on guessing slowly, and an owner who is often
 * asked and right is not kept waiting. A passkey cannot be guessed, so its owner is never kept out.
 * @param now epoch ms
 * @throws IdentityError too-many-guesses, store-unavailable
 */
export async function countGuess(parts: GuessParts, prover: Guesser, answer: Answer, now: number): Promise<void> {
  const isPasskey = answer.check === 'passkey'
  if (!isPasskey) await requirePatience(parts, prover, now)
  const minute = now - (now % MINUTE)
  for (const [key, limit] of countersOf(parts, prover, answer))
    if ((await parts.store.run('guess', key, minute, limit)) === 'exhausted')
      throw tooManyGuesses(minute + MINUTE - now)
}

/**
 * Whose bound is reached counts nowhere else: what an address may do is shared by all who sit behind it, and one of them
 * must not use it up for the others. For passkeys nobody shares.
 */
function countersOf(
  { keyring, policy }: GuessParts,
  { deviceId }: Guesser,
  { check, address }: Answer,
): readonly (readonly [key: string, limit: number])[] {
  const { guessesPerMinute, guessesPerAddress } = policy
  const from = address === undefined ? undefined : hideAddress(keyring, address)
  if (check === 'passkey')
    return from === undefined ? [] : [[`passkeys-from:${from}:${deviceId}`, guessesPerAddress * PASSKEYS]]
  const ofDevice = [`check:${deviceId}`, guessesPerMinute] as const
  return from === undefined ? [ofDevice] : [ofDevice, [`checks-from:${from}`, guessesPerAddress]]
}

/** So many tries of one kind in one period of time. */
interface Tries {
  readonly key: string
  /** ms */
  readonly period: number
  readonly most: number
}

/**
 * Counts one try before anything else is done with it, in the store, for all processes together.
 * @param refusal what is said once there were too many
 * @throws IdentityError `code`, and how long the period lasts; store-unavailable
 */
export async function countTry(
  store: Pick<Store, 'run'>,
  { key, period, most }: Tries,
  now: number,
  refusal: string,
  code: ErrorCode = 'too-many-guesses',
): Promise<void> {
  const passed = now % period
  const outcome = await store.run('guess', key, now - passed, most)
  if (outcome === 'exhausted') throw new IdentityError(code, refusal, { wait: period - passed })
}

/** Wrong answers of this day, and how long ago the last one was. */
async function requirePatience({ store, policy }: GuessParts, prover: Guesser, now: number): Promise<void> {
  const today = now - (now % DAY)
  for (const [key, most, free] of [
    [missesOfDevice(prover), policy.guessesPerDay, policy.guessesPerMinute],
    [missesOfPerson(prover), policy.guessesPerDay * PERSON, policy.guessesPerDay],
  ] as const) {
    const { count, lastAt } = await store.misses(key, today)
    const until = count >= most ? today + DAY : lastAt + waitAfter(count - free)
    if (until > now) throw tooManyGuesses(until - now)
  }
}

/** @param more wrong answers beyond those that cost nothing */
function waitAfter(more: number): number {
  return more < 0 ? 0 : Math.min(FIRST_WAIT * 2 ** more, LONGEST_WAIT)
}

/**
 * Counts a wrong answer.
 * @returns whether it is worth telling: wrong passkeys of one device are told so many times a day as codes are looked at
 */
export async function miss(parts: GuessParts, prover: Guesser, check: CheckName, now: number): Promise<boolean> {
  if (check === 'passkey') return isWorthTelling(parts, 'told', prover, now)
  await parts.store.run('miss', [missesOfDevice(prover), missesOfPerson(prover)], now - (now % DAY), now)
  return true
}

/** What a device may do without end is told so often a day, each kind for itself: one does not drown the other. */
export async function isWorthTelling(
  { store, policy }: GuessParts,
  what: 'told' | 'counter-back',
  { deviceId }: Guesser,
  now: number,
): Promise<boolean> {
  return (await store.run('guess', `${what}:${deviceId}`, now - (now % DAY), policy.guessesPerDay)) === 'allowed'
}

function missesOfDevice({ deviceId }: Guesser): string {
  return `wrong:${deviceId}`
}

function missesOfPerson({ subscriberId }: Guesser): string {
  return `wrong-of:${subscriberId}`
}

function tooManyGuesses(wait: number): IdentityError {
  return new IdentityError('too-many-guesses', `Too much was tried in a short time. Try again in ${inWords(wait)}.`, {
    wait,
  })
}

function inWords(wait: number): string {
  if (wait <= MINUTE) return `${Math.ceil(wait / SECOND)} seconds`
  const minutes = Math.ceil(wait / MINUTE)
  return minutes <= 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}
