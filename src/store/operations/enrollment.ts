import type { Act } from '../../domain/act.ts'
import type { Invitation } from '../../domain/enrollment/invitation.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Enrollment } from '../../domain/store.ts'
import { bytes, bytesOrNull, hex, hexOrNull } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { areTaken, insertCredentials, removeAll } from './checks.ts'
import { insertReservation, isCompromised } from './issuance.ts'

interface InvitationColumns {
  token_hash: Buffer
  label: string | null
  subscriber_id: Buffer | null
  device_id: Buffer | null
  new_checks: number
  created_at: number
  expires_at: number
  used_at: number | null
}

export function invitation(tokenHash: Hex): Query<Invitation | undefined> {
  return query<InvitationColumns, Invitation | undefined>(
    `SELECT token_hash, label, subscriber_id, device_id, new_checks, created_at, expires_at, used_at
      FROM invitations WHERE token_hash = $1`,
    [bytes(tokenHash)],
    ([row]) =>
      row && {
        tokenHash: hex(row.token_hash),
        label: row.label,
        subscriberId: hexOrNull(row.subscriber_id),
        deviceId: hexOrNull(row.device_id),
        newChecks: row.new_checks === 1,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
      },
  )
}

export async function invite(tx: Transaction, ledger: Ledger, act: Act, invitation: Invitation): Promise<'made'> {
  const { tokenHash, label, subscriberId, deviceId, newChecks, createdAt, expiresAt, usedAt } = invitation
  tx.write(
    `INSERT INTO invitations (token_hash, label, subscriber_id, device_id, new_checks, created_at, expires_at, used_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      bytes(tokenHash),
      label,
      bytesOrNull(subscriberId),
      bytesOrNull(deviceId),
      newChecks ? 1 : 0,
      createdAt,
      expiresAt,
      usedAt,
    ],
  )
  ledger.record({
    ...act,
    action: 'invitation-made',
    object: tokenHash,
    detail: { expiresAt, ...(subscriberId !== null && { subscriber: subscriberId, newChecks }) },
  })
  return 'made'
}

export async function accept(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  enrollment: Enrollment,
): Promise<'reserved' | 'invitation-unusable' | 'compromised-key' | 'check-taken'> {
  const { tokenHash, subscriberId, reservation, credentials } = enrollment
  const usable = await tx.one<{ subscriber_id: Buffer | null; device_id: Buffer | null }>(
    'SELECT subscriber_id, device_id FROM invitations WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2',
    [bytes(tokenHash), act.at],
  )
  if (!usable) return 'invitation-unusable'
  const joins = usable.subscriber_id !== null
  if (joins && hexOrNull(usable.subscriber_id) !== subscriberId) return 'invitation-unusable'
  const renews = usable.device_id !== null
  if (renews && !(await mayRenew(tx, enrollment, usable.device_id))) return 'invitation-unusable'
  if (await isCompromised(tx, reservation.keyHash)) return 'compromised-key'
  if (await areTaken(tx, credentials)) return 'check-taken'

  // A used row stays, and knows no person who could have it forgotten: it keeps no name either.
  tx.write('UPDATE invitations SET used_at = $2, label = NULL WHERE token_hash = $1', [bytes(tokenHash), act.at])
  if (!joins) tx.write('INSERT INTO subscribers (id, created_at) VALUES ($1, $2)', [bytes(subscriberId), act.at])
  if (renews) keepDevice(tx, enrollment)
  else insertDevice(tx, act, enrollment)
  // A new set of codes makes the old one void; all else that a person has stays.
  if (joins && credentials.some(({ check }) => check === 'recovery-code')) removeAll(tx, subscriberId, 'recovery-code')
  insertCredentials(tx, act, subscriberId, credentials, null)
  ledger.record({
    ...act,
    action: renews ? 'device-renewed' : joins ? 'subscriber-rejoined' : 'subscriber-enrolled',
    object: subscriberId,
    detail: { device: enrollment.device.id, serial: reservation.serial, checks: namesOf(credentials) },
  })
  insertReservation(tx, ledger, act, reservation)
  return 'reserved'
}

function insertDevice(tx: Transaction, act: Act, { subscriberId, device }: Enrollment): void {
  tx.write(
    'INSERT INTO devices (id, subscriber_id, label, platform, ask_every_time, created_at) VALUES ($1, $2, $3, $4, 0, $5)',
    [bytes(device.id), bytes(subscriberId), device.label, device.platform ?? null, act.at],
  )
}

/** A device that was revoked or is held meanwhile is not renewed. */
async function mayRenew(
  tx: Transaction,
  { subscriberId, device }: Enrollment,
  invited: Buffer | null,
): Promise<boolean> {
  if (hexOrNull(invited) !== device.id) return false
  const active = await tx.one(
    "SELECT number FROM certificates WHERE subscriber_id = $1 AND device_id = $2 AND status = 'active'",
    [bytes(subscriberId), bytes(device.id)],
  )
  return active !== undefined
}

/** A device that is renewed goes on under the name that it was given now, as its certificate says. */
function keepDevice(tx: Transaction, { device }: Enrollment): void {
  tx.write('UPDATE devices SET label = $2 WHERE id = $1', [bytes(device.id), device.label])
}

function namesOf(credentials: Enrollment['credentials']): string {
  return [...new Set(credentials.map(({ check }) => check))].join(' ')
}
