import type { CheckName, Credential } from '../domain/check.ts'
import type { Hex } from '../domain/hex.ts'
import type { Invitation } from '../domain/invitation.ts'
import type { Act, Enrollment } from '../domain/store.ts'
import { bytes, hex } from './columns.ts'
import { insertReservation, isCompromised } from './issuance.ts'
import type { Ledger } from './ledger.ts'
import { type Query, query, type Transaction } from './transaction.ts'

interface InvitationColumns {
  token_hash: Buffer
  label: string | null
  created_at: number
  expires_at: number
  used_at: number | null
}

export function invitation(tokenHash: Hex): Query<Invitation | undefined> {
  return query<InvitationColumns, Invitation | undefined>(
    'SELECT token_hash, label, created_at, expires_at, used_at FROM invitations WHERE token_hash = $1',
    [bytes(tokenHash)],
    ([row]) =>
      row && {
        tokenHash: hex(row.token_hash),
        label: row.label,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
      },
  )
}

interface CredentialColumns {
  id: Buffer
  subscriber_id: Buffer
  check_name: CheckName
  secret: Buffer
  last_step: number | null
  used_at: number | null
}

export function credentials(subscriberId: Hex): Query<readonly Credential[]> {
  return query<CredentialColumns, readonly Credential[]>(
    `SELECT id, subscriber_id, check_name, secret, last_step, used_at FROM credentials
      WHERE subscriber_id = $1 ORDER BY id`,
    [bytes(subscriberId)],
    (rows) =>
      rows.map((row) => ({
        id: hex(row.id),
        subscriberId: hex(row.subscriber_id),
        check: row.check_name,
        secret: row.secret,
        lastStep: row.last_step,
        usedAt: row.used_at,
      })),
  )
}

export async function invite(tx: Transaction, ledger: Ledger, act: Act, invitation: Invitation): Promise<'made'> {
  const { tokenHash, label, createdAt, expiresAt, usedAt } = invitation
  tx.write('INSERT INTO invitations (token_hash, label, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5)', [
    bytes(tokenHash),
    label,
    createdAt,
    expiresAt,
    usedAt,
  ])
  ledger.record({ ...act, action: 'invitation-made', object: tokenHash, detail: { expiresAt } })
  return 'made'
}

export async function accept(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  enrollment: Enrollment,
): Promise<'reserved' | 'invitation-unusable' | 'compromised-key'> {
  const usable = await tx.one(
    'SELECT token_hash FROM invitations WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2',
    [bytes(enrollment.tokenHash), act.at],
  )
  if (!usable) return 'invitation-unusable'
  if (await isCompromised(tx, enrollment.reservation.keyHash)) return 'compromised-key'

  tx.write('UPDATE invitations SET used_at = $2 WHERE token_hash = $1', [bytes(enrollment.tokenHash), act.at])
  insertSubscriber(tx, act, enrollment)
  ledger.record({
    ...act,
    action: 'subscriber-enrolled',
    object: enrollment.subscriberId,
    detail: { device: enrollment.device.id, serial: enrollment.reservation.serial },
  })
  insertReservation(tx, ledger, act, enrollment.reservation)
  return 'reserved'
}

function insertSubscriber(tx: Transaction, act: Act, { subscriberId, device, credentials }: Enrollment): void {
  tx.write('INSERT INTO subscribers (id, created_at) VALUES ($1, $2)', [bytes(subscriberId), act.at])
  tx.write(
    'INSERT INTO devices (id, subscriber_id, label, platform, ask_every_time, created_at) VALUES ($1, $2, $3, $4, 0, $5)',
    [bytes(device.id), bytes(subscriberId), device.label, device.platform ?? null, act.at],
  )
  for (const { id, check, secret } of credentials) {
    tx.write('INSERT INTO credentials (id, subscriber_id, check_name, secret) VALUES ($1, $2, $3, $4)', [
      bytes(id),
      bytes(subscriberId),
      check,
      secret,
    ])
  }
}
