import { createHash, randomBytes } from 'node:crypto'
import type { Act } from '../../src/domain/act.ts'
import type { Reservation } from '../../src/domain/certificate/certificate.ts'
import type { Invitation } from '../../src/domain/enrollment/invitation.ts'
import type { Hex } from '../../src/domain/hex.ts'
import type { SignIn } from '../../src/domain/site/relation.ts'
import type { Site } from '../../src/domain/site/site.ts'
import { NO_POLICIES } from '../../src/domain/site/site-wishes.ts'
import type { Store } from '../../src/domain/store.ts'

export const NOW = Date.UTC(2026, 10, 21, 12)
export const DAY = 86_400_000
export const AUDIT_KEY = Buffer.alloc(32, 7)

/** Random bytes as hex: ids and serials have 16, hashes 32. */
export function fresh(bytes: 16 | 32 = 16): Hex {
  return randomBytes(bytes).toString('hex')
}

export function act(at = NOW): Act {
  return { at, actor: 'operator:cli' }
}

export function reservation(given: Partial<Reservation> = {}): Reservation {
  return {
    serial: fresh(),
    issuer: 'browser',
    profile: 'browser',
    label: 'Laptop, Nov 2026',
    subscriberId: null,
    deviceId: null,
    siteId: null,
    service: null,
    notBefore: NOW,
    notAfter: NOW + 100 * DAY,
    expiresAt: NOW + 10 * DAY,
    keyHash: fresh(32),
    tbs: randomBytes(300),
    ...given,
  }
}

export function site(given: Partial<Site> = {}): Site {
  return {
    id: fresh(),
    name: `shop-${fresh().slice(0, 8)}`,
    returnTo: ['https://shop.example/', 'https://shop.example/häuser?a=1'],
    checks: ['totp'],
    rights: {},
    policies: NO_POLICIES,
    policyPosition: 0,
    createdAt: NOW,
    ...given,
  }
}

/** A stored site. */
export async function addSite(store: Store, given: Partial<Site> = {}): Promise<Site> {
  const made = site(given)
  await store.run('addSite', act(), made)
  return made
}

export interface Issued {
  readonly reserved: Reservation
  readonly fingerprint: Hex
  readonly der: Uint8Array
}

/** Completes a stored reservation with some bytes. */
export async function complete(store: Store, reserved: Reservation): Promise<Issued> {
  const der = randomBytes(700)
  const fingerprint = createHash('sha256').update(der).digest('hex')
  await store.run('complete', act(), reserved.serial, fingerprint, der)
  return { reserved, fingerprint, der }
}

/** A stored certificate. */
export async function issue(store: Store, given: Partial<Reservation> = {}): Promise<Issued> {
  const reserved = reservation(given)
  await store.run('reserve', act(), reserved)
  return complete(store, reserved)
}

export interface Enrolled extends Issued {
  readonly subscriberId: Hex
  readonly deviceId: Hex
  readonly totp: Hex
  readonly recoveryCode: Hex
}

export function invitation(given: Partial<Invitation> = {}): Invitation {
  const whose = { subscriberId: null, deviceId: null, newChecks: true }
  return {
    tokenHash: fresh(32),
    label: 'Laptop',
    ...whose,
    createdAt: NOW,
    expiresAt: NOW + DAY,
    usedAt: null,
    ...given,
  }
}

/** An invitation that is there to be used. */
export async function invite(store: Store, expiresAt = NOW + DAY): Promise<Hex> {
  const tokenHash = fresh(32)
  await store.run('invite', act(), invitation({ tokenHash, expiresAt }))
  return tokenHash
}

/** What `accept` takes, all new. */
export function enrollment(tokenHash: Hex, given: Partial<Reservation> = {}) {
  const [subscriberId, deviceId, totp, recoveryCode] = [fresh(), fresh(), fresh(), fresh()]
  return {
    tokenHash,
    subscriberId,
    device: { id: deviceId, label: 'Laptop' },
    credentials: [
      { id: totp, check: 'totp', secret: randomBytes(48), lastStep: null },
      { id: recoveryCode, check: 'recovery-code', secret: randomBytes(32), lastStep: null },
    ] as const,
    reservation: reservation({ subscriberId, deviceId, ...given }),
  }
}

/** A subscriber with one device, its certificate, and two credentials. */
export async function enroll(store: Store, given: Partial<Reservation> = {}): Promise<Enrolled> {
  const asked = enrollment(await invite(store), given)
  await store.run('accept', act(), asked)
  const issued = await complete(store, asked.reservation)
  const [totp, recoveryCode] = asked.credentials
  return {
    ...issued,
    subscriberId: asked.subscriberId,
    deviceId: asked.device.id,
    totp: totp.id,
    recoveryCode: recoveryCode.id,
  }
}

/** A walk of this certificate's owner to this site, with a ticket of its own and a TOTP answer. */
export function walk(enrolled: Enrolled, siteId: Hex, step: number, given: { extendTo?: number; ticketId?: Hex } = {}) {
  return {
    ticketId: fresh(),
    siteId,
    fingerprint: enrolled.fingerprint,
    proof: { check: 'totp', credentialId: enrolled.totp, step },
    forgetAt: NOW + DAY,
    extendTo: NOW,
    ...given,
  } as const
}

/** The row of a person's first sign-in of a month, under a subject that follows from site, person and generation. */
export function signInRow(siteId: Hex, subscriberId: Hex, given: Partial<SignIn> = {}): SignIn {
  const { generation = 0 } = given
  const subject = createHash('sha256').update(`${siteId} ${subscriberId} ${generation}`).digest('base64url')
  return { siteId, service: 'web', subscriberId, generation, subject, month: 202_611, at: NOW, ...given }
}
