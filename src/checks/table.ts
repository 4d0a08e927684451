import type { Keyring } from '../domain/keyring.ts'
import type { CheckTable } from '../domain/proving/check.ts'
import { type PasskeyPlace, passkeyCheck } from './passkey.ts'
import { passwordCheck } from './password.ts'
import { recoveryCodeCheck } from './recovery-code.ts'
import { totpCheck } from './totp.ts'

/** All ways to prove oneself, with the keys under which their secrets are kept. */
export function createChecks(keyring: Keyring, place: PasskeyPlace): CheckTable {
  return {
    passkey: passkeyCheck(keyring, place),
    totp: totpCheck(keyring),
    password: passwordCheck(keyring),
    'recovery-code': recoveryCodeCheck(keyring),
  }
}
