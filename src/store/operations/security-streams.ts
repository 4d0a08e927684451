import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { SecurityEventType } from '../../domain/security-event/security-event.ts'
import type { Delivery, SecurityStream, StreamStatus } from '../../domain/security-event/security-stream.ts'
import type { StreamWish } from '../../domain/security-event/security-stream-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { EVENT_KEPT } from './security-events.ts'

interface StreamColumns {
  id: Buffer
  delivery: Delivery
  url: string | null
  requested: string | null
  description: string | null
  status: StreamStatus
  status_reason: string | null
  type: SecurityEventType | null
}

/** A row for each type that it carries; one without, where it carries none. */
const STREAM = `SELECT s.id, s.delivery, a.url, s.requested, s.description, s.status, s.status_reason, w.type
  FROM security_streams s LEFT JOIN push_addresses a ON a.site_id = s.site_id AND s.delivery = 'push'
  LEFT JOIN security_wishes w ON w.site_id = s.site_id WHERE s.site_id = $1 ORDER BY w.type`

export function securityStream(siteId: Hex): Query<SecurityStream | undefined> {
  return query<StreamColumns, SecurityStream | undefined>(STREAM, [bytes(siteId)], (rows) => {
    const [row] = rows
    return (
      row && {
        siteId,
        id: hex(row.id),
        delivery: row.delivery,
        pushUrl: row.url,
        requested: row.requested === null ? null : (JSON.parse(row.requested) as string[]),
        types: rows.flatMap(({ type }) => type ?? []),
        description: row.description,
        status: row.status,
        statusReason: row.status_reason,
      }
    )
  })
}

export async function openSecurityStream(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  id: Hex,
  wish: StreamWish,
): Promise<'opened' | 'exists' | 'no-address'> {
  if (await tx.one('SELECT id FROM security_streams WHERE site_id = $1', [bytes(siteId)])) return 'exists'
  if (!(await canDeliver(tx, siteId, wish))) return 'no-address'

  tx.write(
    `INSERT INTO security_streams (site_id, id, delivery, requested, description, status)
      VALUES ($1, $2, $3, $4, $5, 'enabled')`,
    [bytes(siteId), bytes(id), ...wishedColumns(wish)],
  )
  writeTypes(tx, siteId, wish)
  ledger.record({ ...act, action: 'stream-opened', object: siteId, detail: { delivery: wish.delivery } })
  return 'opened'
}

export async function changeSecurityStream(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  id: Hex,
  wish: StreamWish,
): Promise<'changed' | 'unknown' | 'no-address'> {
  if (!(await isStream(tx, siteId, id))) return 'unknown'
  if (!(await canDeliver(tx, siteId, wish))) return 'no-address'

  tx.write(
    `UPDATE security_streams SET delivery = $3, requested = $4, description = $5, failures = 0, push_at = 0
      WHERE site_id = $1 AND id = $2`,
    [bytes(siteId), bytes(id), ...wishedColumns(wish)],
  )
  writeTypes(tx, siteId, wish)
  ledger.record({ ...act, action: 'stream-changed', object: siteId, detail: { delivery: wish.delivery } })
  return 'changed'
}

export async function closeSecurityStream(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  id: Hex,
): Promise<'closed' | 'unknown'> {
  if (!(await isStream(tx, siteId, id))) return 'unknown'
  endStream(tx, siteId)
  ledger.record({ ...act, action: 'stream-closed', object: siteId, detail: {} })
  return 'closed'
}

/** The stream goes, and what it had to tell. */
export function endStream(tx: Transaction, siteId: Hex): void {
  for (const table of ['security_events', 'security_wishes', 'security_streams'])
    tx.write(`DELETE FROM ${table} WHERE site_id = $1`, [bytes(siteId)])
}

export async function setStreamStatus(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  id: Hex,
  status: StreamStatus,
  reason: string | null,
): Promise<'set' | 'unknown'> {
  if (!(await isStream(tx, siteId, id))) return 'unknown'
  tx.write(
    'UPDATE security_streams SET status = $2, status_reason = $3, failures = 0, push_at = 0 WHERE site_id = $1',
    [bytes(siteId), status, reason],
  )
  if (status === 'disabled')
    tx.write('DELETE FROM security_events WHERE site_id = $1 AND dead_at IS NULL', [bytes(siteId)])
  ledger.record({ ...act, action: 'stream-changed', object: siteId, detail: { status } })
  return 'set'
}

export async function verifyStream(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  id: Hex,
  state: string | null,
  notSince: number,
): Promise<'sent' | 'unknown' | 'too-soon'> {
  const stream = await tx.one<{ verified_at: number | null }>(
    "SELECT verified_at FROM security_streams WHERE site_id = $1 AND id = $2 AND status <> 'disabled'",
    [bytes(siteId), bytes(id)],
  )
  if (!stream) return 'unknown'
  if (stream.verified_at !== null && stream.verified_at > notSince) return 'too-soon'

  // a change of its own, so that it has a place in the order that nothing else has
  const position = ledger.emit('site', siteId, act.at)
  tx.write('UPDATE security_streams SET verified_at = $2 WHERE site_id = $1', [bytes(siteId), act.at])
  tx.write("DELETE FROM security_events WHERE site_id = $1 AND type = 'verification'", [bytes(siteId)])
  tx.write(
    `INSERT INTO security_events (site_id, position, type, at, state, forget_at)
      VALUES ($1, $2, 'verification', $3, $4, $5)`,
    [bytes(siteId), position, act.at, state, act.at + EVENT_KEPT],
  )
  return 'sent'
}

async function isStream(tx: Transaction, siteId: Hex, id: Hex): Promise<boolean> {
  const found = await tx.one('SELECT id FROM security_streams WHERE site_id = $1 AND id = $2', [
    bytes(siteId),
    bytes(id),
  ])
  return found !== undefined
}

/** The operator may have taken the address away since it was looked at. */
async function canDeliver(tx: Transaction, siteId: Hex, { delivery }: StreamWish): Promise<boolean> {
  if (delivery === 'poll') return true
  return (await tx.one('SELECT url FROM push_addresses WHERE site_id = $1', [bytes(siteId)])) !== undefined
}

function wishedColumns({ delivery, requested, description }: StreamWish): readonly (string | null)[] {
  return [delivery, requested === null ? null : JSON.stringify(requested), description]
}

function writeTypes(tx: Transaction, siteId: Hex, { types }: StreamWish): void {
  tx.write('DELETE FROM security_wishes WHERE site_id = $1', [bytes(siteId)])
  for (const type of types)
    tx.write('INSERT INTO security_wishes (site_id, type) VALUES ($1, $2)', [bytes(siteId), type])
}
