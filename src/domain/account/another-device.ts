import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import type { Invitation } from '../enrollment/invitation.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { hideAddress } from '../network-address.ts'
import type { Policy } from '../policy.ts'
import { countTry } from '../proving/guesses.ts'
import type { Store } from '../store.ts'
import type { AccountSession } from './account-session.ts'
import { countOwn } from './own-change.ts'
import type { Pairing } from './pairing.ts'

/** What the first device shows. */
export interface OfferedCode {
  /** as it is typed, in groups: ABCD-EFGH-JKMN */
  readonly code: string
  readonly state: Pairing['state']
  /** epoch ms */
  readonly expiresAt: number
  /** claimed: three numbers, one of which the other device shows; else none */
  readonly numbers: readonly number[]
}

/** What the other device shows. */
export interface Waiting {
  readonly state: Exclude<Pairing['state'], 'offered'>
  /** what the account is called, or null */
  readonly account: string | null
  /** two digits, for its owner to compare */
  readonly number: number
}

/**
 * Adding a device from another one: the first shows a code, the other types it and shows a number, the first confirms
 * that number; only then is there something to enroll by. Whoever reads the code over a shoulder shows another number.
 * All throw store-unavailable.
 */
export interface AnotherDevice {
  /** Makes a code, good for ten minutes, one use and five tries; ends the one before. @throws IdentityError too-many-guesses */
  offer(session: AccountSession): Promise<void>
  /** What became of the code of this device; undefined: there is none, or its time is over. */
  look(session: AccountSession): Promise<OfferedCode | undefined>
  /**
   * Confirms the right number, and refuses at a wrong one: then the other device is not its owner's.
   * @throws IdentityError pairing-unusable: nobody waits, or not any more
   */
  choose(session: AccountSession, number: number): Promise<'confirmed' | 'refused'>
  /** Ends what was not decided yet. */
  cancel(session: AccountSession): Promise<void>
  /**
   * The other device hands in the code.
   * @param typed as somebody typed it
   * @param address the network address, or undefined
   * @returns a token: it is waited with, and becomes the invitation's
   * @throws IdentityError pairing-unusable, too-many-guesses
   */
  claim(typed: string, address: string | undefined): Promise<string>
  /** @throws IdentityError pairing-unusable */
  wait(token: string): Promise<Waiting>
}

interface AnotherDeviceParts {
  readonly store: Pick<Store, 'run' | 'pairing' | 'subscriber'>
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
}

const MINUTE = 60_000
const CODE_SERVES = 10 * MINUTE
/** A confirmed device begins at once; who has left it by then begins anew. */
const INVITATION_SERVES = 15 * MINUTE
const TRIES = 5

/** 5 bits each; none looks like another one. https://www.crockford.com/base32.html */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const MISREAD: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }
/** The first letters name the code, the others prove it: 40 bits. */
const SELECTOR_CHARS = 4
const SECRET_CHARS = 8

const ID_BYTES = 16
const TOKEN_BYTES = 32
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Codes that are in use at once are few beside a million: twice the same name is rare, ten times is a fault. */
const MOST_DRAWN = 10

export function createAnotherDevice(parts: AnotherDeviceParts): AnotherDevice {
  const { store, clock } = parts
  return {
    async offer(session) {
      await countOwn('change', store, session, clock.now())
      for (let drawn = 0; drawn < MOST_DRAWN; drawn++) {
        const pairing = draw(session, clock.now())
        const act = { at: pairing.createdAt, actor: session.actor }
        if ((await store.run('offerPairing', act, pairing)) === 'offered') return
      }
      throw new IdentityError('internal', 'No code could be drawn. Try again.')
    },

    async look({ fingerprint }) {
      const pairing = await store.pairing({ fingerprint })
      if (!pairing || pairing.expiresAt <= clock.now()) return undefined
      const { state, expiresAt } = pairing
      const numbers = state === 'claimed' ? numbersOf(parts.keyring, pairing).toSorted((a, b) => a - b) : []
      return { code: inGroups(pairing.selector + secretOf(parts.keyring, pairing)), state, expiresAt, numbers }
    },

    async choose({ fingerprint, actor }, number) {
      const pairing = await store.pairing({ fingerprint })
      if (pairing?.state !== 'claimed' || pairing.claimantHash === null) throw unusable()
      const isRight = numbersOf(parts.keyring, pairing)[0] === number
      const at = clock.now()
      const invitation = isRight ? invitationFor(pairing, pairing.claimantHash, at) : null
      if ((await store.run('decidePairing', { at, actor }, pairing.id, invitation)) === 'unusable') throw unusable()
      return isRight ? 'confirmed' : 'refused'
    },

    async cancel({ fingerprint }) {
      const pairing = await store.pairing({ fingerprint })
      if (pairing) await store.run('endPairing', pairing.id)
    },

    async claim(typed, address) {
      await countAddress(parts, address)
      const code = read(typed)
      const pairing = code && (await store.pairing({ selector: code.selector }))
      if (!pairing || !(await isRight(parts, pairing, code.secret))) throw unusable()
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const act = { at: clock.now(), actor: `service:countersign` } as const
      if ((await store.run('claimPairing', act, pairing.id, hashOf(token))) === 'unusable') throw unusable()
      return token
    },

    async wait(token) {
      const pairing = TOKEN.test(token) ? await store.pairing({ claimantHash: hashOf(token) }) : undefined
      if (!pairing || pairing.state === 'offered' || pairing.expiresAt <= clock.now()) throw unusable()
      const account = (await store.subscriber(pairing.subscriberId))?.name ?? null
      return { state: pairing.state, account, number: numbersOf(parts.keyring, pairing)[0]! }
    },
  }
}

function draw({ subscriberId, fingerprint }: AccountSession, createdAt: number): Pairing {
  const selector = Array.from(randomBytes(SELECTOR_CHARS), (byte) => LETTERS[byte % LETTERS.length]).join('')
  return {
    id: randomBytes(ID_BYTES).toString('hex'),
    selector,
    subscriberId,
    fingerprint,
    state: 'offered',
    claimantHash: null,
    createdAt,
    expiresAt: createdAt + CODE_SERVES,
  }
}

/** The waiting device's token becomes an invitation; checks are there already. */
function invitationFor({ subscriberId }: Pairing, tokenHash: Hex, createdAt: number): Invitation {
  const expiresAt = createdAt + INVITATION_SERVES
  return { tokenHash, label: null, subscriberId, deviceId: null, newChecks: false, createdAt, expiresAt, usedAt: null }
}

async function countAddress({ store, keyring, policy, clock }: AnotherDeviceParts, address: string | undefined) {
  if (address === undefined) return
  const tries = {
    key: `pairings-from:${hideAddress(keyring, address)}`,
    period: MINUTE,
    most: policy.guessesPerAddress,
  }
  await countTry(store, tries, clock.now(), 'Too many codes were tried in a short time. Wait a minute, then try again.')
}

/** Each try is counted before it is looked at, for all processes together. */
async function isRight({ store, keyring }: AnotherDeviceParts, pairing: Pairing, secret: string): Promise<boolean> {
  if ((await store.run('guess', `pairing:${pairing.id}`, pairing.createdAt, TRIES)) === 'exhausted') return false
  return timingSafeEqual(Buffer.from(secret), Buffer.from(secretOf(keyring, pairing)))
}

/** Letters in any case, with or without hyphens, and misread as people misread them. */
function read(typed: string): { readonly selector: string; readonly secret: string } | undefined {
  const letters = typed
    .slice(0, 64)
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (letter) => MISREAD[letter]!)
  if (letters.length !== SELECTOR_CHARS + SECRET_CHARS) return undefined
  if (![...letters].every((letter) => LETTERS.includes(letter))) return undefined
  return { selector: letters.slice(0, SELECTOR_CHARS), secret: letters.slice(SELECTOR_CHARS) }
}

function inGroups(code: string): string {
  return code.match(/.{4}/g)!.join('-')
}

/** It follows from the id, so that the page can show it again and the store need not hold it. */
function secretOf(keyring: Keyring, { id }: Pairing): string {
  const bytes = createHmac('sha256', keyring.pairing).update(`code ${id}`).digest().subarray(0, SECRET_CHARS)
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('')
}

const NUMBERS = 3

/**
 * Three different numbers of two digits; the first is the other device's. They follow from its token, which nobody can
 * choose, so whoever else types the code has another number.
 */
function numbersOf(keyring: Keyring, { id, claimantHash }: Pairing): readonly number[] {
  const drawn = new Set<number>()
  for (let round = 0; drawn.size < NUMBERS; round++) {
    const mac = createHmac('sha256', keyring.pairing).update(`number ${round} ${id} ${claimantHash}`).digest()
    drawn.add(10 + (mac.readUInt32BE() % 90))
  }
  return [...drawn]
}

function hashOf(token: string): Hex {
  return createHash('sha256').update(token).digest('hex')
}

/** Which of the reasons it is, is nobody's business. */
function unusable(): IdentityError {
  return new IdentityError(
    'pairing-unusable',
    'This code is not right, was used already, or its ten minutes are over. Ask your other device for a new one.',
  )
}
