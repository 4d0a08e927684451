import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import {
  type DeadLetter,
  type SecurityEvent,
  type SecurityEventKey,
  TOLD_AS,
} from '../../domain/security-event/security-event.ts'
import type { SiteEventName } from '../../domain/site/site-event.ts'
import { bytes, hexOrNull } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

const DAY = 24 * 60 * 60 * 1_000

/** How long an event waits for its receiver, ms. */
export const EVENT_KEPT = 7 * DAY

/** How long a dead letter waits for the operator, ms. */
const DEAD_LETTER_KEPT = 30 * DAY

const TELL = `INSERT INTO security_events (site_id, position, type, at, event, subscriber_id, generation, forget_at)
  SELECT e.site_id, e.position, w.type, e.at, e.event, e.subscriber_id, e.generation, CAST($3 AS BIGINT)
  FROM site_events e JOIN security_streams s ON s.site_id = e.site_id
  JOIN security_wishes w ON w.site_id = e.site_id
  WHERE e.position = $1 AND w.type = $2 AND s.status <> 'disabled'`

/** Puts what sites were told at this position into their streams, in the same transaction. */
export function tellStreams(tx: Transaction, event: SiteEventName, position: number, at: number): void {
  for (const type of TOLD_AS[event]) tx.write(TELL, [position, type, at + EVENT_KEPT])
}

interface EventColumns {
  position: number
  type: SecurityEvent['type']
  at: number
  event: SiteEventName | null
  subscriber_id: Buffer | null
  generation: number | null
  state: string | null
  dead_at: number
  failure: string
}

const EVENT =
  'SELECT position, type, at, event, subscriber_id, generation, state, dead_at, failure FROM security_events'

export function securityEvents(siteId: Hex, limit: number): Query<readonly SecurityEvent[]> {
  return query<EventColumns, readonly SecurityEvent[]>(
    `${EVENT} WHERE site_id = $1 AND dead_at IS NULL ORDER BY position, type, at LIMIT $2`,
    [bytes(siteId), limit],
    (rows) => rows.map(eventOf),
  )
}

export function deadLetters(siteId: Hex, limit: number): Query<readonly DeadLetter[]> {
  return query<EventColumns, readonly DeadLetter[]>(
    `${EVENT} WHERE site_id = $1 AND dead_at IS NOT NULL ORDER BY position, type, at LIMIT $2`,
    [bytes(siteId), limit],
    (rows) => rows.map((row) => ({ ...eventOf(row), deadAt: row.dead_at, failure: row.failure })),
  )
}

const ONE = 'site_id = $1 AND position = $2 AND type = $3 AND at = $4 AND dead_at IS NULL'

export async function confirmSecurityEvents(
  tx: Transaction,
  _ledger: Ledger,
  siteId: Hex,
  keys: readonly SecurityEventKey[],
): Promise<'confirmed'> {
  for (const { position, type, at } of keys)
    tx.write(`DELETE FROM security_events WHERE ${ONE}`, [bytes(siteId), position, type, at])
  return 'confirmed'
}

export async function burySecurityEvents(
  tx: Transaction,
  _ledger: Ledger,
  now: number,
  siteId: Hex,
  letters: readonly (SecurityEventKey & { readonly failure: string })[],
): Promise<'buried'> {
  for (const { position, type, at, failure } of letters) {
    tx.write(`UPDATE security_events SET dead_at = $5, failure = $6, forget_at = $7 WHERE ${ONE}`, [
      bytes(siteId),
      position,
      type,
      at,
      now,
      failure,
      now + DEAD_LETTER_KEPT,
    ])
  }
  return 'buried'
}

export async function retryDeadLetters(tx: Transaction, ledger: Ledger, act: Act, siteId: Hex): Promise<number> {
  const count = await tx.run(
    'UPDATE security_events SET dead_at = NULL, failure = NULL, forget_at = $2 WHERE site_id = $1 AND dead_at IS NOT NULL',
    [bytes(siteId), act.at + EVENT_KEPT],
  )
  if (count === 0) return 0
  tx.write('UPDATE security_streams SET failures = 0, push_at = 0 WHERE site_id = $1', [bytes(siteId)])
  // whoever pushes is woken by it
  ledger.emit('site', siteId, act.at)
  ledger.record({ ...act, action: 'dead-letters-retried', object: siteId, detail: { count } })
  return count
}

/**
 * What nobody fetched in time goes, and its receiver is told so; a dead letter's time is over without a word.
 * @returns how many went
 */
export function forgetSecurityEvents(tx: Transaction, now: number, most: number): Promise<number> {
  const over = `SELECT site_id, position, type, at FROM security_events
    WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2`
  tx.write(
    `INSERT INTO security_events (site_id, position, type, at, state, forget_at)
      SELECT o.site_id, max(o.position), 'stream-updated', CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT)
      FROM (SELECT site_id, position FROM security_events
        WHERE forget_at <= $1 AND dead_at IS NULL ORDER BY forget_at LIMIT $2) AS o
      GROUP BY o.site_id`,
    [now, most, now, FORGOTTEN, now + EVENT_KEPT],
  )
  return tx.run(`DELETE FROM security_events WHERE (site_id, position, type, at) IN (${over})`, [now, most])
}

/** Why a stream tells of itself, for whoever reads its tokens. */
const FORGOTTEN = 'Events that nobody took for a week were forgotten. Ask about everybody anew.'

function eventOf(row: EventColumns): SecurityEvent {
  return {
    position: row.position,
    type: row.type,
    at: row.at,
    event: row.event,
    subscriberId: hexOrNull(row.subscriber_id),
    generation: row.generation,
    state: row.state,
  }
}
