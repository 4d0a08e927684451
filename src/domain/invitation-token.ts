import { createHash, randomBytes } from 'node:crypto'
import { IdentityError } from '../errors.ts'
import type { Actor } from './audit.ts'
import type { Clock } from './clock.ts'
import type { Hex } from './hex.ts'
import type { Invitation } from './invitation.ts'
import { cleanLabel } from './label.ts'
import type { Policy } from './policy.ts'
import type { Store } from './store.ts'

/** What its maker hands on: whoever holds the token may enroll, once. */
export interface FreshInvitation {
  /** 32 random bytes, base64url */
  readonly token: string
  /** epoch ms */
  readonly expiresAt: number
}

const TOKEN_BYTES = 32
const TOKEN = /^[A-Za-z0-9_-]{43}$/

interface InvitationMaker {
  readonly store: Pick<Store, 'run'>
  readonly policy: Policy
  readonly clock: Clock
}

/**
 * Makes an invitation; no certificate authority is needed for it.
 * @param wish.label proposed for the device
 * @throws IdentityError label-invalid, store-unavailable
 */
export async function makeInvitation(
  { store, policy, clock }: InvitationMaker,
  wish: { readonly actor: Actor; readonly label?: string },
): Promise<FreshInvitation> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const createdAt = clock.now()
  const expiresAt = createdAt + policy.invitationLifetime
  const label = wish.label === undefined ? null : cleanLabel(wish.label)
  const invitation = { tokenHash: hashOf(token), label, createdAt, expiresAt, usedAt: null }
  await store.run('invite', { at: createdAt, actor: wish.actor }, invitation)
  return { token, expiresAt }
}

/**
 * The invitation of a token, if it can be used now. Looking uses nothing up.
 * @param now epoch ms
 * @throws IdentityError invitation-unusable: never made, used up or too old; which of them is nobody's business
 */
export async function usableInvitation(
  store: Pick<Store, 'invitation'>,
  token: string,
  now: number,
): Promise<Invitation> {
  const invitation = TOKEN.test(token) ? await store.invitation(hashOf(token)) : undefined
  if (!invitation || invitation.usedAt !== null || invitation.expiresAt <= now) throw invitationUnusable()
  return invitation
}

export function invitationUnusable(): IdentityError {
  return new IdentityError(
    'invitation-unusable',
    'This invitation was used already, has expired, or was never made. Ask whoever invited you for a new one.',
  )
}

function hashOf(token: string): Hex {
  return createHash('sha256').update(token).digest('hex')
}
