import type { Clock } from '../clock.ts'
import { type FreshInvitation, makeInvitation } from '../enrollment/invitation-token.ts'
import type { Hex } from '../hex.ts'
import type { Policy } from '../policy.ts'
import type { Store } from '../store.ts'
import type { AccountSession } from './account-session.ts'
import { countOwn } from './own-change.ts'

export interface Renewal {
  /**
   * Invites the device in hand to its next certificate: the page that enrolls makes the key and the file, as at the
   * first time. The older certificate goes on beside the newer one for seven days; then it is superseded.
   * @throws IdentityError too-many-guesses, store-unavailable
   */
  begin(session: AccountSession): Promise<FreshInvitation>
  /**
   * The same for an owner who has just proved himself to a site, where it is high time: his certificate has expired, and
   * lives on only by walks like this one, or will in a few days. Nothing where the device has a newer one already.
   * @param fingerprint of the certificate that walked
   * @throws IdentityError store-unavailable
   */
  afterWalk(fingerprint: Hex): Promise<FreshInvitation | undefined>
}

/** It is used at once, by the page that follows. */
const INVITATION_SERVES = 15 * 60_000

interface RenewalParts {
  readonly store: Pick<Store, 'run' | 'device' | 'certificate' | 'deviceCertificates'>
  readonly policy: Policy
  readonly clock: Clock
}

export function createRenewal(parts: RenewalParts): Renewal {
  return {
    async begin(session) {
      await countOwn('renewal', parts.store, session, parts.clock.now())
      return invite(parts, session)
    },

    async afterWalk(fingerprint) {
      const certificate = await parts.store.certificate(fingerprint)
      if (!certificate || certificate.expiresAt - parts.clock.now() > parts.policy.extension) return undefined
      const { subscriberId, deviceId } = certificate
      if (subscriberId === null || deviceId === null) return undefined
      const own = await parts.store.deviceCertificates(subscriberId)
      const newest = own.find(({ device }) => device.id === deviceId)
      if (newest?.fingerprint !== fingerprint) return undefined
      return invite(parts, { actor: `device:${fingerprint}`, subscriberId, deviceId, certificate })
    },
  }
}

async function invite(
  parts: RenewalParts,
  {
    actor,
    subscriberId,
    deviceId,
    certificate,
  }: Pick<AccountSession, 'actor' | 'subscriberId' | 'deviceId' | 'certificate'>,
): Promise<FreshInvitation> {
  const { label } = (await parts.store.device(deviceId)) ?? certificate
  return makeInvitation(parts, { actor, label, subscriberId, deviceId, lifetime: INVITATION_SERVES })
}
