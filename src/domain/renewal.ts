import type { AccountSession } from './account-session.ts'
import type { Clock } from './clock.ts'
import { type FreshInvitation, makeInvitation } from './invitation-token.ts'
import type { Policy } from './policy.ts'
import type { Store } from './store.ts'

export interface Renewal {
  /**
   * Invites the device in hand to its next certificate: the page that enrolls makes the key and the file, as at the
   * first time. The older certificate goes on beside the newer one for seven days; then it is superseded.
   * @throws IdentityError store-unavailable
   */
  begin(session: AccountSession): Promise<FreshInvitation>
}

/** It is used at once, by the page that follows. */
const INVITATION_SERVES = 15 * 60_000

export function createRenewal(parts: {
  readonly store: Pick<Store, 'run' | 'device'>
  readonly policy: Policy
  readonly clock: Clock
}): Renewal {
  return {
    async begin({ actor, subscriberId, deviceId, certificate }) {
      const { label } = (await parts.store.device(deviceId)) ?? certificate
      return makeInvitation(parts, { actor, label, subscriberId, deviceId, lifetime: INVITATION_SERVES })
    },
  }
}
