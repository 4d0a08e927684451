import { IdentityError } from '../../errors.ts'
import type { Act } from '../act.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import { cleanLabel } from '../label.ts'
import type { Store } from '../store.ts'
import type { DeviceCertificate } from '../subscriber.ts'
import type { AccountSession } from './account-session.ts'
import { countOwn } from './own-change.ts'

/** `lost`: its owner has put it on hold. `held`: the operator has. `expired`: it can be renewed, or is past that. */
export type DeviceState = 'active' | 'expired' | 'lost' | 'held' | 'revoked'

/** A device as its owner sees it. Times are epoch milliseconds. */
export interface OwnDevice {
  readonly id: Hex
  readonly label: string
  readonly platform: string | null
  readonly madeAt: number
  /** rounded down to hours; null: never */
  readonly lastUsedAt: number | null
  readonly state: DeviceState
  readonly askEveryTime: boolean
  /** the browser that asks */
  readonly inHand: boolean
  /** what its certificate is good for, unless it is renewed */
  readonly expiresAt: number
  /** two thirds of that are over */
  readonly renewalDue: boolean
  /** an older certificate goes on until then beside the newer one; null: there is none */
  readonly olderUntil: number | null
}

/** A person's own devices. All throw store-unavailable, and what takes something back too-many-guesses; somebody else's device is IdentityError device-unknown, as if it were not there. */
export interface OwnDevices {
  /** The one in hand first, then the newest. */
  list(session: AccountSession): Promise<readonly OwnDevice[]>
  /** The device that asks. */
  inHand(session: AccountSession): Promise<OwnDevice>
  /** The name here; what stands in the certificate stays. @throws IdentityError label-invalid, device-unknown */
  rename(session: AccountSession, id: Hex, label: string): Promise<void>
  /** For ever, with all of its certificates. @throws IdentityError device-unknown */
  revoke(session: AccountSession, id: Hex): Promise<void>
  /** Holds it until it is found. @throws IdentityError device-unknown, certificate-revoked */
  lose(session: AccountSession, id: Hex): Promise<void>
  /** Lifts the owner's own hold. @throws IdentityError device-unknown, certificate-revoked, hold-foreign (the operator's) */
  find(session: AccountSession, id: Hex): Promise<void>
  /** @throws IdentityError device-unknown */
  askEveryTime(session: AccountSession, id: Hex, wish: boolean): Promise<void>
}

const HOUR = 3_600_000

export function createOwnDevices(parts: {
  readonly store: Pick<Store, 'run' | 'deviceCertificates'>
  readonly clock: Clock
}): OwnDevices {
  const { store, clock } = parts
  const actOf = ({ actor }: AccountSession): Act => ({ at: clock.now(), actor })
  const list = async (session: AccountSession): Promise<readonly OwnDevice[]> => {
    const groups = Map.groupBy(await store.deviceCertificates(session.subscriberId), ({ device }) => device.id)
    const devices = [...groups.values()].map((certificates) => describe(certificates, session, clock.now()))
    return devices.toSorted((a, b) => Number(b.inHand) - Number(a.inHand) || b.madeAt - a.madeAt)
  }
  return {
    list,

    async inHand(session) {
      const device = (await list(session)).find(({ inHand }) => inHand)
      if (!device) throw unknown()
      return device
    },

    async rename(session, id, label) {
      const cleaned = cleanLabel(label)
      await requireOwn(store, session, id)
      await countOwn('change', store, session, clock.now())
      await store.run('renameDevice', actOf(session), id, cleaned)
    },

    async revoke(session, id) {
      await endEach(
        store,
        session,
        id,
        ({ status }) => status !== 'revoked',
        (fingerprint) => store.run('revoke', actOf(session), fingerprint, 'cessation-of-operation'),
      )
    },

    async lose(session, id) {
      requireStanding(await requireOwn(store, session, id))
      await endEach(
        store,
        session,
        id,
        ({ status }) => status === 'active',
        (fingerprint) => store.run('hold', actOf(session), fingerprint),
      )
    },

    async find(session, id) {
      const standing = requireStanding(await requireOwn(store, session, id))
      await countOwn('change', store, session, clock.now())
      for (const { fingerprint } of standing)
        if ((await store.run('release', actOf(session), fingerprint)) === 'not-yours') throw holdForeign()
    },

    async askEveryTime(session, id, wish) {
      await requireOwn(store, session, id)
      if (!wish) await countOwn('change', store, session, clock.now())
      await store.run('setAskEveryTime', actOf(session), id, wish)
    },
  }
}

async function requireOwn(
  store: Pick<Store, 'deviceCertificates'>,
  { subscriberId }: AccountSession,
  id: Hex,
): Promise<readonly DeviceCertificate[]> {
  const own = (await store.deviceCertificates(subscriberId)).filter(({ device }) => device.id === id)
  if (own.length === 0) throw unknown()
  return own
}

/** Looks again behind itself: a next certificate may have been finished meanwhile. Behind the first look none is any more. */
async function endEach(
  store: Pick<Store, 'deviceCertificates'>,
  session: AccountSession,
  id: Hex,
  isLeft: (certificate: DeviceCertificate) => boolean,
  end: (fingerprint: Hex) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const left = (await requireOwn(store, session, id)).filter(isLeft)
    if (left.length === 0) return
    for (const { fingerprint } of left) await end(fingerprint)
  }
}

/** What is revoked is revoked for ever. */
function requireStanding(certificates: readonly DeviceCertificate[]): readonly DeviceCertificate[] {
  const standing = certificates.filter(({ status }) => status !== 'revoked')
  if (standing.length > 0) return standing
  throw new IdentityError('certificate-revoked', 'This device is revoked, and that is for ever. Add it anew.')
}

/** @param certificates of one device, newest first */
function describe(certificates: readonly DeviceCertificate[], session: AccountSession, now: number): OwnDevice {
  const current = certificates.find(({ status }) => status !== 'revoked') ?? certificates[0]!
  const { device } = current
  const older = certificates.filter((one) => one !== current && one.status !== 'revoked' && one.supersedeAt !== null)
  const used = certificates.flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
  return {
    id: device.id,
    label: device.label,
    platform: device.platform,
    madeAt: device.createdAt,
    lastUsedAt: used.length === 0 ? null : Math.floor(Math.max(...used) / HOUR) * HOUR,
    state: stateOf(current, now),
    askEveryTime: device.askEveryTime,
    inHand: device.id === session.deviceId,
    expiresAt: current.expiresAt,
    renewalDue: current.status === 'active' && isRenewalDue(current, now),
    olderUntil: older[0]?.supersedeAt ?? null,
  }
}

function stateOf({ status, heldBy, expiresAt }: DeviceCertificate, now: number): DeviceState {
  if (status === 'held') return heldBy === 'owner' ? 'lost' : 'held'
  if (status === 'revoked') return 'revoked'
  return now > expiresAt ? 'expired' : 'active'
}

/** Early enough to be done at leisure, late enough not to nag. */
const RENEWAL_DUE = 2 / 3

/** Whether a certificate is two thirds through its life. */
export function isRenewalDue(
  { notBefore, expiresAt }: Pick<DeviceCertificate, 'notBefore' | 'expiresAt'>,
  now: number,
): boolean {
  return now >= notBefore + (expiresAt - notBefore) * RENEWAL_DUE
}

function unknown(): IdentityError {
  return new IdentityError('device-unknown', 'There is no such device in your account. Go back to your devices.')
}

function holdForeign(): IdentityError {
  return new IdentityError(
    'hold-foreign',
    'The operator has put this on hold, and only the operator can lift it. Ask whoever invited you.',
  )
}
