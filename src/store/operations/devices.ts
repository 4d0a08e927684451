import type { Act } from '../../domain/act.ts'
import type { CertificateStatus, HeldBy, RevocationReason } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import type { DeviceCertificate } from '../../domain/subscriber.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { revoke } from './revocation.ts'

interface DeviceCertificateColumns {
  device_id: Buffer
  subscriber_id: Buffer
  label: string
  platform: string | null
  ask_every_time: number
  device_created_at: number
  fingerprint: Buffer
  status: CertificateStatus
  reason: RevocationReason | null
  held_by: HeldBy | null
  revoked_at: number | null
  not_before: number
  not_after: number
  expires_at: number
  supersede_at: number | null
  last_used_at: number | null
}

/** More would not be read by anybody. */
const MOST_LISTED = 500

/** Newest first. Where there are too many, what stands is listed: nobody hides a device behind others that he ends. */
export function deviceCertificates(subscriberId: Hex): Query<readonly DeviceCertificate[]> {
  return query<DeviceCertificateColumns, readonly DeviceCertificate[]>(
    `SELECT * FROM (SELECT c.number, c.device_id, d.subscriber_id, d.label, d.platform, d.ask_every_time,
        d.created_at AS device_created_at, c.fingerprint, c.status, c.reason, c.held_by, c.revoked_at, c.not_before,
        c.not_after, c.expires_at, c.supersede_at, c.last_used_at
      FROM certificates c JOIN devices d ON d.id = c.device_id WHERE c.subscriber_id = $1
      ORDER BY CASE c.status WHEN 'revoked' THEN 1 ELSE 0 END, c.number DESC LIMIT $2) AS listed ORDER BY number DESC`,
    [bytes(subscriberId), MOST_LISTED],
    (rows) => rows.map(deviceCertificateOf),
  )
}

function deviceCertificateOf(row: DeviceCertificateColumns): DeviceCertificate {
  return {
    device: {
      id: hex(row.device_id),
      subscriberId: hex(row.subscriber_id),
      label: row.label,
      platform: row.platform,
      askEveryTime: row.ask_every_time === 1,
      createdAt: row.device_created_at,
    },
    fingerprint: hex(row.fingerprint),
    status: row.status,
    reason: row.reason,
    heldBy: row.held_by,
    revokedAt: row.revoked_at,
    notBefore: row.not_before,
    notAfter: row.not_after,
    expiresAt: row.expires_at,
    supersedeAt: row.supersede_at,
    lastUsedAt: row.last_used_at,
  }
}

/** The label is its owner's; the certificate's own name stays as it was signed. */
export async function renameDevice(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  deviceId: Hex,
  label: string,
): Promise<'changed' | 'unknown'> {
  // Only what was erased has no name: one that comes late does not stand again.
  const changed = await tx.run("UPDATE devices SET label = $2 WHERE id = $1 AND label <> ''", [bytes(deviceId), label])
  if (changed === 0) return 'unknown'
  ledger.record({ ...act, action: 'device-changed', object: deviceId, detail: { renamed: true } })
  return 'changed'
}

/** So many at a time, so that other commands do not wait for long. */
const MOST_SUPERSEDED = 500

/** Ends what newer certificates of the same devices have replaced, and whose time together is over. */
export async function supersede(tx: Transaction, ledger: Ledger, act: Act): Promise<number> {
  const due = await tx.all<{ fingerprint: Buffer }>(
    `UPDATE certificates SET supersede_at = NULL WHERE number IN
      (SELECT number FROM certificates WHERE supersede_at <= $1 ORDER BY supersede_at LIMIT $2) RETURNING fingerprint`,
    [act.at, MOST_SUPERSEDED],
  )
  for (const { fingerprint } of due) await revoke(tx, ledger, act, hex(fingerprint), 'superseded')
  return due.length
}
