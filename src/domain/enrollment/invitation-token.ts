import { createHash, randomBytes } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import { cleanLabel } from '../label.ts'
import type { Policy } from '../policy.ts'
import type { Store } from '../store.ts'
import type { Invitation } from './invitation.ts'

/** What its maker hands on: whoever holds the token may enroll, once. */
export interface FreshInvitation {
  /** 32 random bytes, base64url */
  readonly token: string
  /** epoch ms */
  readonly expiresAt: number
}

const TOKEN_BYTES = 32
const TOKEN = /^[A-Za-z0-9_-]{43}$/

export interface InvitationWish {
  readonly actor: Actor
  /** proposed for the device */
  readonly label?: string | undefined
  /** for another device of a person who is here already */
  readonly subscriberId?: Hex | undefined
  /** for the next certificate of a device of that person, whose checks stay as they are */
  readonly deviceId?: Hex | undefined
  /** ms; default: the policy's lifetime of invitations */
  readonly lifetime?: number | undefined
}

interface InvitationMaker {
  readonly store: Pick<Store, 'run'>
  readonly policy: Policy
  readonly clock: Clock
}

/**
 * Makes an invitation; no certificate authority is needed for it.
 * @throws IdentityError label-invalid, store-unavailable
 */
export async function makeInvitation(
  { store, policy, clock }: InvitationMaker,
  wish: InvitationWish,
): Promise<FreshInvitation> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const createdAt = clock.now()
  const expiresAt = createdAt + (wish.lifetime ?? policy.invitationLifetime)
  const label = wish.label === undefined ? null : cleanLabel(wish.label)
  const { subscriberId = null, deviceId = null } = wish
  const whose = { subscriberId, deviceId, newChecks: deviceId === null }
  const invitation = { tokenHash: hashOf(token), label, ...whose, createdAt, expiresAt, usedAt: null }
  await store.run('invite', { at: createdAt, actor: wish.actor }, invitation)
  return { token, expiresAt }
}

/**
 * The invitation of a token, if it can be used now. Looking uses nothing up.
 * @param now epoch ms
 * @throws IdentityError invitation-used; invitation-unusable: never made or too old. Only who holds the token learns which,
 *   and its owner must: somebody else may have been faster
 */
export async function usableInvitation(
  store: Pick<Store, 'invitation'>,
  token: string,
  now: number,
): Promise<Invitation> {
  const invitation = TOKEN.test(token) ? await store.invitation(hashOf(token)) : undefined
  if (!invitation) throw invitationUnusable()
  if (invitation.usedAt !== null) throw invitationUsed()
  if (invitation.expiresAt <= now) throw invitationUnusable()
  return invitation
}

/** Also what the slower of two learns who use one at once. */
export function invitationUsed(): IdentityError {
  return new IdentityError(
    'invitation-used',
    'This invitation was used already. If it was you, ask whoever invited you for a new one and to revoke what this one made; if it was not you, tell them at once.',
  )
}

function invitationUnusable(): IdentityError {
  return new IdentityError(
    'invitation-unusable',
    'This invitation has expired, or was never made. Ask whoever invited you for a new one.',
  )
}

function hashOf(token: string): Hex {
  return createHash('sha256').update(token).digest('hex')
}
