import type { Act } from '../../domain/act.ts'
import type { OnlineIssuer } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import { bytes, hex } from '../columns.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

/** Which certificate of a service was asked for with which. */
export function renewedFrom(fingerprint: Hex): Query<Hex | undefined> {
  return query<{ renewed_from: Buffer }, Hex | undefined>(
    `SELECT n.renewed_from FROM renewals n JOIN certificates c ON c.serial = n.serial WHERE c.fingerprint = $1`,
    [bytes(fingerprint)],
    ([row]) => row && hex(row.renewed_from),
  )
}

export function addToLine(tx: Transaction, act: Act, serial: Hex, predecessor: Hex): void {
  tx.write('INSERT INTO renewals (serial, renewed_from, at) VALUES ($1, $2, $3)', [
    bytes(serial),
    bytes(predecessor),
    act.at,
  ])
}

/** A certificate and all that was renewed from it, from that, and so on; also through what is revoked by now. */
const LINE = `WITH RECURSIVE line (fingerprint) AS (
    SELECT fingerprint FROM certificates WHERE fingerprint = $1
    UNION SELECT c.fingerprint FROM line l
      JOIN renewals n ON n.renewed_from = l.fingerprint JOIN certificates c ON c.serial = n.serial)`

/** What was renewed from it and is not revoked, oldest first. */
export async function standingBelow(tx: Transaction, fingerprint: Hex): Promise<readonly Hex[]> {
  const rows = await tx.all<{ fingerprint: Buffer }>(
    `${LINE} SELECT c.fingerprint FROM line l JOIN certificates c ON c.fingerprint = l.fingerprint
      WHERE c.fingerprint <> $1 AND c.status <> 'revoked' ORDER BY c.number`,
    [bytes(fingerprint)],
  )
  return rows.map((row) => hex(row.fingerprint))
}

/** What is being renewed from it. */
export async function openBelow(
  tx: Transaction,
  fingerprint: Hex,
): Promise<readonly { readonly serial: Hex; readonly issuer: OnlineIssuer }[]> {
  const rows = await tx.all<{ serial: Buffer; issuer: OnlineIssuer }>(
    `${LINE} SELECT r.serial, r.issuer FROM line l JOIN renewals n ON n.renewed_from = l.fingerprint
      JOIN reservations r ON r.serial = n.serial WHERE r.revoked_at IS NULL ORDER BY r.serial`,
    [bytes(fingerprint)],
  )
  return rows.map(({ serial, issuer }) => ({ serial: hex(serial), issuer }))
}

/** What was issued for the same device later and is not revoked, oldest first. */
export async function standingLater(tx: Transaction, fingerprint: Hex): Promise<readonly Hex[]> {
  const rows = await tx.all<{ fingerprint: Buffer }>(
    `SELECT c.fingerprint FROM certificates e
      JOIN certificates c ON c.subscriber_id = e.subscriber_id AND c.device_id = e.device_id AND c.number > e.number
      WHERE e.fingerprint = $1 AND c.status <> 'revoked' ORDER BY c.number`,
    [bytes(fingerprint)],
  )
  return rows.map((row) => hex(row.fingerprint))
}

/** The older certificate goes on beside the newer one until then. */
export function supersedeAbove(tx: Transaction, serial: Hex, at: number): void {
  tx.write(
    `UPDATE certificates SET supersede_at = $2 WHERE status <> 'revoked' AND supersede_at IS NULL
      AND fingerprint = (SELECT renewed_from FROM renewals WHERE serial = $1)`,
    [bytes(serial), at],
  )
}
