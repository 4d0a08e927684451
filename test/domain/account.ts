import {
  type AccountSession,
  type AccountSessions,
  createAccountSessions,
} from '../../src/domain/account/account-session.ts'
import { createProving } from '../../src/domain/proving/proving.ts'
import { type House, type TestDevice, totpCode } from './house.ts'

/** The accounts of a house. */
export function accountsOf(house: House): AccountSessions {
  return createAccountSessions({ ...house, proving: createProving(house) })
}

/** Opens the device's account by its authenticator app; each call takes the app's next code. */
export async function openAccount(house: House, device: TestDevice): Promise<string> {
  house.clock.time += 30_000
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  return accountsOf(house).open(device.fingerprint, 'change', answer, undefined)
}

/** An owner in his account. */
export async function enterAccount(house: House, device: TestDevice): Promise<AccountSession> {
  return accountsOf(house).enter(await openAccount(house, device), device.fingerprint)
}
