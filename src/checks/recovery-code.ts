import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Hex } from '../domain/hex.ts'
import type { Keyring } from '../domain/keyring.ts'
import type { RecoveryCodeCheck } from '../domain/proving/check.ts'
import { IdentityError } from '../errors.ts'

const COUNT = 10
const ID_BYTES = 16

/** The alphabet and length in which `src/web/recovery-codes.ts` draws them. */
const CODE = /^[0-9A-HJKMNP-TV-Z]{16}$/
/** SHA-256 as lower-case hex: one spelling, so that equal ones are seen to be equal. */
const DIGEST = /^[0-9a-f]{64}$/
const PREFIX = 'countersign recovery-code v1:'

/** What people write for a letter that is not in the alphabet. */
const MISREAD: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/**
 * Codes on paper for the day when the telephone is lost, each good once. The page draws them and tells their digests;
 * of these an HMAC is kept. What proves is the code alone, never its digest: whoever has seen what was sent, or reads the
 * memory in which it was, has nothing to type.
 */
export function recoveryCodeCheck(keyring: Keyring): RecoveryCodeCheck {
  const key = keyring['recovery-code']
  return {
    name: 'recovery-code',
    async match(credentials, answer) {
      const code = readCode(answer)
      if (code === undefined) return undefined
      const digest = digestOf(code)
      // Every code is compared, so that time tells nothing of how far down a right one stands.
      const equal = credentials.filter(({ id, secret }) => isEqual(hmacOf(key, id, digest), secret))
      const found = equal.find(({ usedAt }) => usedAt === null)
      return found && { check: 'recovery-code', credentialId: found.id, step: null }
    },
    make(digests) {
      requireSet(digests)
      return digests.map((digest) => {
        const id = randomBytes(ID_BYTES).toString('hex')
        return { id, check: 'recovery-code', secret: hmacOf(key, id, digest), lastStep: null }
      })
    },
  }
}

/** Whether codes are random is for the page to see to, as for every secret that is made there: its owner alone has the harm. */
function requireSet(digests: readonly string[]): void {
  const isSet = digests.length === COUNT && new Set(digests).size === COUNT
  if (isSet && digests.every((digest) => DIGEST.test(digest))) return
  throw new IdentityError(
    'check-refused',
    `Send the digests of ${COUNT} recovery codes, all different, each SHA-256 as 64 lower-case hex digits.`,
  )
}

/** The code as it was made, however it was typed; undefined for what cannot be one. */
function readCode(answer: string): string | undefined {
  if (answer.length > 64) return undefined
  const letters = answer
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}.]/gu, '')
  const code = letters.replace(/[OIL]/g, (letter) => MISREAD[letter]!)
  return CODE.test(code) ? code : undefined
}

/** As the page hashes it. A plain hash is enough: 80 random bits nobody goes through. */
function digestOf(code: string): Hex {
  return createHash('sha256')
    .update(PREFIX + code)
    .digest('hex')
}

/** The id is part of it: a row cannot lend its code to another. */
function hmacOf(key: Uint8Array, id: Hex, digest: Hex): Buffer {
  return createHmac('sha256', key).update(`${id}:${digest}`).digest()
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
