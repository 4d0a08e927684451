import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Keyring } from '../domain/keyring.ts'
import type { PasswordCheck } from '../domain/proving/check.ts'
import { IdentityError } from '../errors.ts'
import { isCommonPassword } from './common-password.ts'

const FEWEST = 8
const MOST = 256
/** Longer input is not looked at: one character may have several units. */
const MAX_UNITS = MOST * 4

/**
 * https://www.rfc-editor.org/rfc/rfc9106#section-4: 19 MiB and two passes are what OWASP asks for at least; more would let
 * few guesses fill the memory. Algorithm 2 is argon2id.
 */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

const ID_BYTES = 16

/**
 * A password, where a policy asks for one. Its hash is made with a key that is not in the store, so that a stolen store
 * alone lets nobody guess. It is made on threads of its own: no event loop waits for it.
 */
export function passwordCheck(keyring: Keyring): PasswordCheck {
  const options = { ...COST, secret: Uint8Array.from(keyring.password) }
  return {
    name: 'password',
    async match(credentials, answer) {
      const password = normalize(answer)
      if (password === undefined) return undefined
      for (const { id, secret } of credentials) {
        const isRight = await verify(Buffer.from(secret).toString(), boundTo(id, password), options).catch(() => false)
        if (isRight) return { check: 'password', credentialId: id, step: null }
      }
      return undefined
    },
    async make(typed) {
      const password = normalize(typed)
      if (password === undefined) throw refused(`It needs ${FEWEST} to ${MOST} characters.`)
      if (await isCommonPassword(password)) throw refused('It is among those that are tried first.')
      const id = randomBytes(ID_BYTES).toString('hex')
      const secret = Buffer.from(await hash(boundTo(id, password), options))
      return { id, check: 'password', secret, lastStep: null }
    },
  }
}

/** One spelling for what looks alike on all keyboards. https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver */
function normalize(typed: string): string | undefined {
  if (typed.length > MAX_UNITS) return undefined
  const password = typed.normalize('NFKC')
  const length = [...password].length
  return length >= FEWEST && length <= MOST ? password : undefined
}

/** A row cannot lend its password to another. */
function boundTo(id: string, password: string): string {
  return `${id}:${password}`
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'password-refused',
    `This password cannot be taken. ${what} Choose another one; four words that have nothing to do with each other are good.`,
  )
}
