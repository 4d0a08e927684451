import type { CheckTable } from '../domain/check.ts'
import { recoveryCodeCheck } from './recovery-code.ts'
import { totpCheck } from './totp.ts'

/** All ways to prove oneself. */
export const CHECK_TABLE: CheckTable = {
  totp: totpCheck,
  'recovery-code': recoveryCodeCheck,
}
