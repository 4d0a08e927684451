import type { Act } from '../../domain/act.ts'
import type { OnlineIssuer, Reservation, RevocationReason } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import { bytes, bytesOrNull, hex, hexOrNull } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { supersedeAbove } from './lines.ts'

/** The columns of a reservation that its certificate takes over as they are. */
const TAKEN_OVER = `serial, issuer, profile, label, subscriber_id, device_id, site_id, service,
  not_before, not_after, expires_at, key_hash`

interface ReservationColumns {
  serial: Buffer
  issuer: OnlineIssuer
  profile: Reservation['profile']
  label: string
  subscriber_id: Buffer | null
  device_id: Buffer | null
  site_id: Buffer | null
  service: string | null
  not_before: number
  not_after: number
  expires_at: number
  key_hash: Buffer
  tbs: Buffer
}

const MOST_UNFINISHED = 1_000

/** Oldest first, at most 1,000 at a time. */
export function unfinished(before: number): Query<readonly Reservation[]> {
  return query<ReservationColumns, readonly Reservation[]>(
    `SELECT ${TAKEN_OVER}, tbs FROM reservations WHERE revoked_at IS NULL AND created_at < $1
      ORDER BY created_at, serial LIMIT $2`,
    [before, MOST_UNFINISHED],
    (rows) => rows.map(reservationOf),
  )
}

export async function reserve(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  reservation: Reservation,
): Promise<'reserved' | 'compromised-key'> {
  if (await isCompromised(tx, reservation.keyHash)) return 'compromised-key'
  insertReservation(tx, ledger, act, reservation)
  return 'reserved'
}

/** Whether a key was ever revoked for compromise. */
export async function isCompromised(tx: Transaction, keyHash: Hex): Promise<boolean> {
  const found = await tx.one('SELECT at FROM compromised_keys WHERE key_hash = $1', [bytes(keyHash)])
  return found !== undefined
}

export function insertReservation(tx: Transaction, ledger: Ledger, act: Act, reservation: Reservation): void {
  tx.write(
    `INSERT INTO reservations (${TAKEN_OVER}, tbs, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      bytes(reservation.serial),
      reservation.issuer,
      reservation.profile,
      reservation.label,
      bytesOrNull(reservation.subscriberId),
      bytesOrNull(reservation.deviceId),
      bytesOrNull(reservation.siteId),
      reservation.service,
      reservation.notBefore,
      reservation.notAfter,
      reservation.expiresAt,
      bytes(reservation.keyHash),
      reservation.tbs,
      act.at,
    ],
  )
  ledger.record({
    ...act,
    action: 'certificate-reserved',
    object: reservation.serial,
    detail: { issuer: reservation.issuer, profile: reservation.profile },
  })
}

interface PendingColumns {
  issuer: OnlineIssuer
  profile: string
  revoked_at: number | null
  removed_at: number | null
  compromised_at: number | null
  subscriber_id: Buffer | null
  device_id: Buffer | null
  /** whether the device has a certificate that is active; null: it has had none yet */
  device_stands: number | null
}

const PENDING = `SELECT r.issuer, r.profile, r.revoked_at, r.subscriber_id, r.device_id, s.removed_at, k.at AS compromised_at,
    (SELECT max(CASE WHEN c.status = 'active' THEN 1 ELSE 0 END) FROM certificates c
      WHERE c.subscriber_id = r.subscriber_id AND c.device_id = r.device_id) AS device_stands
  FROM reservations r
  LEFT JOIN sites s ON s.id = r.site_id
  LEFT JOIN compromised_keys k ON k.key_hash = r.key_hash
  WHERE r.serial = $1`

export async function complete(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  serial: Hex,
  fingerprint: Hex,
  der: Uint8Array,
): Promise<'issued' | 'gone'> {
  const pending = await tx.one<PendingColumns>(PENDING, [bytes(serial)])
  if (!pending) return (await isIssued(tx, serial, fingerprint)) ? 'issued' : 'gone'
  if (pending.revoked_at !== null) return 'gone'

  // The signature exists already: what must not be issued is listed as revoked.
  const forbidden = whyForbidden(pending)
  if (forbidden) {
    giveUp(tx, ledger, act, serial, pending.issuer, forbidden)
    return 'gone'
  }

  insertCertificate(tx, act, serial, fingerprint, der)
  replaceOlder(tx, act, fingerprint, pending)
  if (pending.profile === 'api') supersedeAbove(tx, serial, act.at + TIME_TOGETHER)
  ledger.emit('certificate', fingerprint, act.at)
  ledger.record({
    ...act,
    action: 'certificate-issued',
    object: fingerprint,
    detail: { serial, profile: pending.profile },
  })
  return 'issued'
}

/** The same completion said twice, as after an answer that was lost, is success. */
async function isIssued(tx: Transaction, serial: Hex, fingerprint: Hex): Promise<boolean> {
  const found = await tx.one('SELECT number FROM certificates WHERE serial = $1 AND fingerprint = $2', [
    bytes(serial),
    bytes(fingerprint),
  ])
  return found !== undefined
}

function whyForbidden(pending: PendingColumns): RevocationReason | undefined {
  if (pending.removed_at !== null) return 'cessation-of-operation'
  if (pending.compromised_at !== null) return 'key-compromise'
  // Lost or revoked while this was being signed: it must not come back by what it has asked for before.
  if (pending.device_stands === 0) return 'cessation-of-operation'
  return undefined
}

function insertCertificate(tx: Transaction, act: Act, serial: Hex, fingerprint: Hex, der: Uint8Array): void {
  tx.write(
    `INSERT INTO certificates (fingerprint, status, created_at, ask_every_time, ${TAKEN_OVER})
      SELECT $2, 'active', $3, COALESCE((SELECT ask_every_time FROM devices WHERE id = reservations.device_id), 0),
        ${TAKEN_OVER} FROM reservations WHERE serial = $1`,
    [bytes(serial), bytes(fingerprint), act.at],
  )
  tx.write('INSERT INTO certificate_bytes (number, der) SELECT number, $2 FROM certificates WHERE fingerprint = $1', [
    bytes(fingerprint),
    der,
  ])
  tx.write('DELETE FROM reservations WHERE serial = $1', [bytes(serial)])
}

/** How long an older certificate goes on beside the newer one: a device's owner brings that in by hand. */
const TIME_TOGETHER = 7 * 24 * 60 * 60_000

/** A device has one current certificate; what it had before ends in a while. */
function replaceOlder(tx: Transaction, act: Act, fingerprint: Hex, { subscriber_id, device_id }: PendingColumns): void {
  if (subscriber_id === null || device_id === null) return
  tx.write(
    `UPDATE certificates SET supersede_at = $4 WHERE subscriber_id = $1 AND device_id = $2 AND fingerprint <> $3
      AND status <> 'revoked' AND supersede_at IS NULL`,
    [subscriber_id, device_id, bytes(fingerprint), act.at + TIME_TOGETHER],
  )
}

export async function abandon(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  serial: Hex,
): Promise<'abandoned' | 'unknown'> {
  const pending = await tx.one<PendingColumns>(PENDING, [bytes(serial)])
  if (!pending) return 'unknown'
  if (pending.revoked_at === null) giveUp(tx, ledger, act, serial, pending.issuer, 'unspecified')
  return 'abandoned'
}

/** A signature over these bytes may exist, so the serial is listed as revoked for as long as it could serve. */
export function giveUp(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  serial: Hex,
  issuer: OnlineIssuer,
  reason: RevocationReason,
): void {
  tx.write('UPDATE reservations SET revoked_at = $2, reason = $3 WHERE serial = $1', [bytes(serial), act.at, reason])
  ledger.emit('serial-given-up', issuer, act.at)
  ledger.record({ ...act, action: 'certificate-abandoned', object: serial, detail: { reason } })
}

function reservationOf(row: ReservationColumns): Reservation {
  return {
    serial: hex(row.serial),
    issuer: row.issuer,
    profile: row.profile,
    label: row.label,
    subscriberId: hexOrNull(row.subscriber_id),
    deviceId: hexOrNull(row.device_id),
    siteId: hexOrNull(row.site_id),
    service: row.service,
    notBefore: row.not_before,
    notAfter: row.not_after,
    expiresAt: row.expires_at,
    keyHash: hex(row.key_hash),
    tbs: row.tbs,
  }
}
