import type { AccountSession } from './account-session.ts'
import type { Hex } from './hex.ts'
import type { Issuance } from './issuance.ts'
import type { Issuer } from './issuer.ts'
import type { Store } from './store.ts'

/** The next certificate of the device in hand. */
export interface Renewed {
  /** DER */
  readonly certificate: Uint8Array
  /** PEM */
  readonly chain: string
  /** as it stands in the certificate: the device's name at this time */
  readonly label: string
  readonly fingerprint: Hex
}

export interface Renewal {
  /**
   * Issues the next certificate of the device in hand, for a new key. The older one goes on beside it for seven days,
   * since its owner has to bring the new one in by hand; then it is superseded.
   * @param request PKCS#10, DER
   * @throws IdentityError der-malformed, request-malformed, request-signature-invalid, key-unsupported, key-weak,
   *   signer-unavailable, signer-refused, store-unavailable
   */
  renew(session: AccountSession, request: Uint8Array): Promise<Renewed>
}

export function createRenewal({
  store,
  issuance,
  issuer,
}: {
  readonly store: Pick<Store, 'device'>
  readonly issuance: Pick<Issuance, 'issue'>
  readonly issuer: Pick<Issuer, 'chain'>
}): Renewal {
  return {
    async renew({ actor, subscriberId, deviceId, certificate }, request) {
      const label = (await store.device(deviceId))?.label ?? certificate.label
      const binding = { subscriberId, deviceId, siteId: null, service: null }
      const issued = await issuance.issue({ actor, order: { profile: 'browser', request, label, binding } })
      const { der, fingerprint } = issued
      return { certificate: der, chain: issuer.chain(issued.issuer), label, fingerprint }
    },
  }
}
