import { randomBytes } from 'node:crypto'
import { IdentityError } from '../errors.ts'
import type { Actor } from './audit.ts'
import type { CheckTable, Keepsakes } from './check.ts'
import type { Clock } from './clock.ts'
import type { Hex } from './hex.ts'
import { type FreshInvitation, invitationUsed, makeInvitation, usableInvitation } from './invitation-token.ts'
import { compromisedKey, type Issued, signReserved } from './issuance.ts'
import type { Issuer } from './issuer.ts'
import type { Keyring } from './keyring.ts'
import { cleanLabel } from './label.ts'
import type { Platform } from './platform.ts'
import type { Policy } from './policy.ts'
import type { Enrollment as Enrollments, Store } from './store.ts'

/** What the page of an invitation shows. */
export interface OpenInvitation {
  /** what the operator proposes, or null */
  readonly label: string | null
  /** epoch ms */
  readonly expiresAt: number
}

export interface Application {
  /** of the invitation */
  readonly token: string
  /** as the owner typed it */
  readonly label: string
  /** PKCS#10, DER */
  readonly request: Uint8Array
  /** what its browser takes the machine for */
  readonly platform?: Platform | null
}

/** What a new subscriber takes home. Nothing of it can be had again. */
export interface Enrolled {
  /** DER */
  readonly certificate: Uint8Array
  /** PEM */
  readonly chain: string
  /** as it stands in the certificate */
  readonly label: string
  readonly totp: Keepsakes['totp']
  readonly recoveryCodes: Keepsakes['recovery-code']
}

export interface Enrollment {
  /** @throws IdentityError label-invalid, store-unavailable */
  invite(wish: { readonly actor: Actor; readonly label?: string }): Promise<FreshInvitation>
  /** Uses nothing up. @throws IdentityError invitation-used, invitation-unusable, store-unavailable */
  look(token: string): Promise<OpenInvitation>
  /**
   * Makes a subscriber with a device, its checks and its certificate; of many at once with one token, one wins.
   * @throws IdentityError invitation-used, invitation-unusable; label-invalid, der-malformed, request-malformed,
   *   request-signature-invalid, key-unsupported, key-weak (the invitation is still good); signer-unavailable,
   *   store-unavailable (the message tells whether it is)
   */
  accept(application: Application): Promise<Enrolled>
}

interface EnrollmentParts {
  readonly store: Pick<Store, 'run' | 'invitation'>
  readonly issuer: Issuer
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

const ID_BYTES = 16

export function createEnrollment({ store, issuer, keyring, policy, clock, checks }: EnrollmentParts): Enrollment {
  return {
    invite: (wish) => makeInvitation({ store, policy, clock }, wish),

    async look(token) {
      const { label, expiresAt } = await usableInvitation(store, token, clock.now())
      return { label, expiresAt }
    },

    async accept({ token, request, platform = null, ...typed }) {
      const at = clock.now()
      const { tokenHash } = await usableInvitation(store, token, at)
      const label = cleanLabel(typed.label)
      const totp = checks.totp(keyring).generate(label)
      const codes = checks['recovery-code'](keyring).generate(label)
      const [subscriberId, deviceId] = [randomId(), randomId()]
      const binding = { subscriberId, deviceId, siteId: null, service: null }
      const reservation = issuer.draft({ profile: 'browser', request, label, binding }, at)
      const actor: Actor = `invitation:${tokenHash}`
      const credentials = [...totp.credentials, ...codes.credentials]
      const enrollment = {
        tokenHash,
        subscriberId,
        device: { id: deviceId, label, platform },
        credentials,
        reservation,
      }

      refuse(await store.run('accept', { at, actor }, enrollment satisfies Enrollments))
      const issued = await signReserved({ store, issuer, clock }, actor, reservation).catch(invitationLost)
      return {
        certificate: issued.der,
        chain: issuer.chain(issued.issuer),
        label,
        totp: totp.keepsake,
        recoveryCodes: codes.keepsake,
      }
    },
  }
}

function randomId(): Hex {
  return randomBytes(ID_BYTES).toString('hex')
}

function refuse(outcome: 'reserved' | 'invitation-unusable' | 'compromised-key'): void {
  if (outcome === 'invitation-unusable') throw invitationUsed()
  if (outcome === 'compromised-key') throw compromisedKey()
}

/** The invitation is used up and nothing came of it; the reservation is abandoned at the next start. */
function invitationLost(cause: unknown): Promise<Issued> {
  throw new IdentityError(
    'signer-unavailable',
    'The certificate could not be made just now, and your invitation is used up. Ask whoever invited you for a new one.',
    { cause },
  )
}
