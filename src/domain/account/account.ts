import type { Clock } from '../clock.ts'
import type { Keyring } from '../keyring.ts'
import type { Policy } from '../policy.ts'
import type { CheckTable } from '../proving/check.ts'
import { createProving } from '../proving/proving.ts'
import type { Store } from '../store.ts'
import { type AccountSession, type AccountSessions, createAccountSessions } from './account-session.ts'
import { type AnotherDevice, createAnotherDevice } from './another-device.ts'
import { createOwnChecks, type OwnChecks } from './own-checks.ts'
import { createOwnData, type OwnData } from './own-data.ts'
import { createOwnDevices, type OwnDevices } from './own-devices.ts'
import { type OwnEvent, ownHistory } from './own-history.ts'
import { createOwnSites, type OwnSites } from './own-sites.ts'
import { createOwnTrust, type OwnTrust } from './own-trust.ts'
import { createRenewal, type Renewal } from './renewal.ts'

/** All that belongs to a person's own account. */
export interface Account {
  readonly sessions: AccountSessions
  readonly devices: OwnDevices
  readonly sites: OwnSites
  readonly trust: OwnTrust
  readonly checks: OwnChecks
  readonly data: OwnData
  readonly pairing: AnotherDevice
  readonly renewal: Renewal
  /** @throws IdentityError store-unavailable */
  history(session: AccountSession): Promise<readonly OwnEvent[]>
}

interface AccountParts {
  readonly store: Store
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

export function createAccount(parts: AccountParts): Account {
  return {
    sessions: createAccountSessions({ ...parts, proving: createProving(parts) }),
    devices: createOwnDevices(parts),
    sites: createOwnSites(parts),
    trust: createOwnTrust(parts),
    checks: createOwnChecks(parts),
    data: createOwnData(parts),
    pairing: createAnotherDevice(parts),
    renewal: createRenewal(parts),
    history: (session) => ownHistory(parts.store, session),
  }
}
