import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { RecoveryCodeCheck } from '../domain/check.ts'
import type { Hex } from '../domain/hex.ts'
import type { Keyring } from '../domain/keyring.ts'

const COUNT = 10
const ID_BYTES = 16

/** Crockford's base 32: no I, L, O, U, so that nothing written by hand is read as something else. 5 bits each. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 16 of 32 letters: 80 bits, which no number of guesses exhausts. */
const LENGTH = 16
const GROUP = 4

/** What people write for a letter that is not in the alphabet. */
const MISREAD: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/** Codes on paper for the day when the telephone is lost, each good once. Only their HMAC is kept. */
export function recoveryCodeCheck(keyring: Keyring): RecoveryCodeCheck {
  const key = keyring['recovery-code']
  return {
    name: 'recovery-code',
    async match(credentials, answer) {
      const code = readCode(answer)
      if (code === undefined) return undefined
      // Every code is compared, so that time tells nothing of how far down a right one stands.
      const equal = credentials.filter(({ id, secret }) => isEqual(hmacOf(key, id, code), secret))
      const found = equal.find(({ usedAt }) => usedAt === null)
      return found && { check: 'recovery-code', credentialId: found.id, step: null }
    },
    generate() {
      const made = Array.from({ length: COUNT }, () => ({
        id: randomBytes(ID_BYTES).toString('hex'),
        code: randomCode(),
      }))
      return {
        credentials: made.map(({ id, code }) => ({
          id,
          check: 'recovery-code',
          secret: hmacOf(key, id, code),
          lastStep: null,
        })),
        keepsake: made.map(({ code }) => inGroups(code)),
      }
    },
  }
}

/** 256 is a multiple of 32, so the low five bits of a random byte are without bias. */
function randomCode(): string {
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte & 31]).join('')
}

function inGroups(code: string): string {
  return (code.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-')
}

/** The code as it was made, however it was typed; undefined for what cannot be one. */
function readCode(answer: string): string | undefined {
  if (answer.length > 64) return undefined
  const letters = answer
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}.]/gu, '')
  const code = letters.replace(/[OIL]/g, (letter) => MISREAD[letter]!)
  return code.length === LENGTH && [...code].every((letter) => ALPHABET.includes(letter)) ? code : undefined
}

/** The id is part of it: a row cannot lend its code to another. */
function hmacOf(key: Uint8Array, id: Hex, code: string): Buffer {
  return createHmac('sha256', key).update(`${id}:${code}`).digest()
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
