import { createHmac, randomBytes } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import { compromisedKey, type Issued, signReserved } from '../certificate/issuance.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Issuer } from '../issuer.ts'
import type { Keyring } from '../keyring.ts'
import { cleanLabel } from '../label.ts'
import { hideAddress } from '../network-address.ts'
import type { Policy } from '../policy.ts'
import type { CheckName, CheckTable, Keepsakes, Moment, PasskeyOptions } from '../proving/check.ts'
import { countTry } from '../proving/guesses.ts'
import { type CheckChoice, makeNewChecks, NO_NEW_CHECKS } from '../proving/new-checks.ts'
import type { Enrollment as Enrollments, Store } from '../store.ts'
import type { Invitation } from './invitation.ts'
import {
  type FreshInvitation,
  type InvitationWish,
  invitationUsed,
  makeInvitation,
  usableInvitation,
} from './invitation-token.ts'
import type { Platform } from './platform.ts'

/** What the page of an invitation shows. */
export interface OpenInvitation {
  /** what the operator proposes, or null */
  readonly label: string | null
  /** epoch ms */
  readonly expiresAt: number
  /** the person who is here already and gets a device by it; null: whoever has it becomes a new person */
  readonly subscriberId: Hex | null
  /** the device of that person which gets its next certificate by it; null: a new device */
  readonly deviceId: Hex | null
  /** one of these is set up with the device, in the order to offer them; none: the person has his checks already */
  readonly checks: readonly CheckName[]
}

export interface Application extends CheckChoice {
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
  /** null: the owner chose another check, or needs no new one */
  readonly totp: Keepsakes['totp'] | null
  /** whether the codes of the application's digests are good from now on; false: the ones that its owner has stay as they are */
  readonly recoveryCodes: boolean
}

export interface Enrollment {
  /** @throws IdentityError label-invalid, store-unavailable */
  invite(wish: InvitationWish): Promise<FreshInvitation>
  /**
   * An invitation for whoever comes, where the policy is open.
   * @param address where it is asked from; undefined: not known
   * @throws IdentityError not-found (the policy is not), too-many-guesses (so many came from there), store-unavailable
   */
  inviteYourself(address: string | undefined): Promise<FreshInvitation>
  /** Uses nothing up. @throws IdentityError invitation-used, invitation-unusable, store-unavailable */
  look(token: string): Promise<OpenInvitation>
  /**
   * For `navigator.credentials.create`, where a passkey may be set up; its answer goes into the application. Good for
   * five minutes.
   * @param label of the device
   * @throws IdentityError invitation-used, invitation-unusable, label-invalid, check-refused (no new checks are made),
   *   store-unavailable
   */
  beginPasskey(token: string, label: string): Promise<PasskeyOptions>
  /**
   * Makes a subscriber with a device, its checks and its certificate, or a device for the subscriber whom the invitation
   * is for; of many at once with one token, one wins.
   * @throws IdentityError invitation-used, invitation-unusable; label-invalid, der-malformed, request-malformed,
   *   request-signature-invalid, key-unsupported, key-weak, check-missing, check-refused, password-refused,
   *   too-many-guesses (the invitation is still good); signer-unavailable, store-unavailable (the message tells whether
   *   it is)
   */
  accept(application: Application): Promise<Enrolled>
}

interface EnrollmentParts {
  readonly store: Pick<Store, 'run' | 'invitation' | 'credentials'>
  readonly issuer: Issuer
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

const ID_BYTES = 16

export function createEnrollment(parts: EnrollmentParts): Enrollment {
  const { store, policy, clock, checks } = parts
  return {
    invite: (wish) => makeInvitation({ store, policy, clock }, wish),

    async inviteYourself(address) {
      await requireOpen(parts, address)
      return makeInvitation({ store, policy, clock }, { actor: 'service:countersign' })
    },

    async look(token) {
      const { newChecks, label, expiresAt, subscriberId, deviceId } = await usableInvitation(store, token, clock.now())
      return { label, expiresAt, subscriberId, deviceId, checks: newChecks ? policy.enrollWith : [] }
    },

    async beginPasskey(token, typed) {
      const invitation = await usableInvitation(store, token, clock.now())
      if (!invitation.newChecks)
        throw new IdentityError(
          'check-refused',
          'This device needs no passkey of its own: you have your checks already.',
        )
      const subscriberId = subscriberOf(parts, invitation)
      const credentials = await store.credentials(subscriberId)
      return checks.passkey.offer({ subscriberId, label: cleanLabel(typed), credentials }, momentOf(parts, invitation))
    },

    accept: (application) => accept(parts, application),
  }
}

async function accept(parts: EnrollmentParts, application: Application): Promise<Enrolled> {
  const { store, issuer, clock } = parts
  const { token, request, platform = null, ...typed } = application
  const at = clock.now()
  const invitation = await usableInvitation(store, token, at)
  const label = cleanLabel(typed.label)
  const [subscriberId, deviceId] = [subscriberOf(parts, invitation), invitation.deviceId ?? randomId()]
  const binding = { subscriberId, deviceId, siteId: null, service: null }
  const reservation = issuer.draft({ profile: 'browser', request, label, binding }, at)
  if (typed.password !== undefined) await countPassword(parts, invitation, at)
  const { newChecks: recoveryCodes } = invitation
  const { credentials, totp } = recoveryCodes
    ? await makeNewChecks(parts, label, typed, momentOf(parts, invitation))
    : NO_NEW_CHECKS
  const { tokenHash } = invitation
  const enrollment = { tokenHash, subscriberId, device: { id: deviceId, label, platform }, credentials, reservation }
  const actor: Actor = `invitation:${tokenHash}`

  refuse(await store.run('accept', { at, actor }, enrollment satisfies Enrollments))
  const issued = await signReserved({ store, issuer, clock }, actor, reservation).catch(invitationLost)
  return { certificate: issued.der, chain: issuer.chain(issued.issuer), label, totp, recoveryCodes }
}

const HOUR = 3_600_000

/** Nobody chooses a password so often; each costs memory and time before the invitation is used. */
const PASSWORDS_PER_HOUR = 20

function countPassword({ store }: EnrollmentParts, { tokenHash }: Invitation, now: number): Promise<void> {
  const tries = { key: `password-for:${tokenHash}`, period: HOUR, most: PASSWORDS_PER_HOUR }
  return countTry(store, tries, now, 'Too many passwords were sent for this invitation. Wait an hour.')
}

async function requireOpen({ store, keyring, policy, clock }: EnrollmentParts, address: string | undefined) {
  if (policy.enrollment !== 'open')
    throw new IdentityError(
      'not-found',
      'Here people enroll by invitation. Ask whoever runs the site that you want to use.',
    )
  const from = hideAddress(keyring, address ?? 'unknown')
  const tries = { key: `enroll-from:${from}`, period: HOUR, most: policy.enrollmentsPerHour }
  await countTry(store, tries, clock.now(), 'Too many came from your network within an hour. Try again in an hour.')
}

/** A new person's id follows from the invitation, so that a passkey can be made for him before he is in the store. */
function subscriberOf({ keyring }: EnrollmentParts, { subscriberId, tokenHash }: Invitation): Hex {
  if (subscriberId !== null) return subscriberId
  const id = createHmac('sha256', keyring['invited-subscriber']).update(tokenHash).digest()
  return id.subarray(0, ID_BYTES).toString('hex')
}

function momentOf({ clock }: EnrollmentParts, { tokenHash }: Invitation): Moment {
  return { now: clock.now(), context: `enroll:${tokenHash}` }
}

function randomId(): Hex {
  return randomBytes(ID_BYTES).toString('hex')
}

function refuse(outcome: 'reserved' | 'invitation-unusable' | 'compromised-key' | 'check-taken'): void {
  if (outcome === 'invitation-unusable') throw invitationUsed()
  if (outcome === 'compromised-key') throw compromisedKey()
  if (outcome === 'check-taken')
    throw new IdentityError('check-refused', 'This passkey is in use already. Reload the page and make another one.')
}

/** The invitation is used up and nothing came of it; the reservation is abandoned at the next start. */
function invitationLost(cause: unknown): Promise<Issued> {
  throw new IdentityError(
    'signer-unavailable',
    'The certificate could not be made just now, and your invitation is used up. Ask whoever invited you for a new one.',
    { cause },
  )
}
