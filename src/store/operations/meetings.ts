import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Meeting } from '../../domain/trust/trust-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { GENERATION } from './subjects.ts'
import { tellOthers } from './trust-told.ts'

export function isMet(siteId: Hex, subject: string): Query<boolean> {
  return query<unknown, boolean>(
    `SELECT 1 AS met FROM subjects s JOIN meetings m ON m.site_id = s.site_id AND m.subscriber_id = s.subscriber_id
      WHERE s.site_id = $1 AND s.subject = $2`,
    [bytes(siteId), Buffer.from(subject, 'base64url')],
    (rows) => rows.length > 0,
  )
}

/** The sites that have met somebody, the first one first. */
export function meetings(subscriberId: Hex): Query<readonly Meeting[]> {
  return query<{ site_id: Buffer; name: string; first_at: number }, readonly Meeting[]>(
    `SELECT m.site_id, i.name, m.first_at FROM meetings m JOIN sites i ON i.id = m.site_id
      WHERE m.subscriber_id = $1 ORDER BY m.first_at, m.site_id`,
    [bytes(subscriberId)],
    (rows) => rows.map((row) => ({ siteId: hex(row.site_id), site: row.name, firstAt: row.first_at })),
  )
}

const MET = 'SELECT first_at FROM meetings WHERE subscriber_id = $1 AND site_id = $2'

export async function hasMet(tx: Transaction, siteId: Hex, owner: Buffer): Promise<boolean> {
  return (await tx.one(MET, [owner, bytes(siteId)])) !== undefined
}

/** The first meeting is kept. What the site says of the person as whom it knows him weighs from now on. */
export async function meet(tx: Transaction, ledger: Ledger, act: Act, siteId: Hex, owner: Buffer): Promise<void> {
  if (await hasMet(tx, siteId, owner)) return
  const about = [owner, bytes(siteId), act.at]
  tx.write(MEET, about)
  const heard = (await tx.run(HEAR_VOUCH, about)) + (await tx.run(HEAR_REPORT, about))
  if (heard > 0) await tellOthers(tx, ledger, act, { siteId, met: true }, owner)
}

// a site that was removed while its ticket was on its way meets nobody
const MEET = `INSERT INTO meetings (site_id, subscriber_id, first_at)
  SELECT i.id, p.id, CAST($3 AS BIGINT) FROM sites i, subscribers p WHERE p.id = $1 AND i.id = $2 AND i.removed_at IS NULL`

const HEAR_VOUCH = 'UPDATE vouches SET met = 1 WHERE subscriber_id = $1 AND site_id = $2 AND expires_at > $3'
const HEAR_REPORT = `UPDATE intrusion_reports SET met = 1
  WHERE subscriber_id = $1 AND site_id = $2 AND generation = ${GENERATION} AND expires_at > $3`

// SQLite takes a CROSS JOIN in the order in which it is written: the few sites that were removed, then their rows.
const END = `DELETE FROM meetings WHERE (site_id, subscriber_id) IN
  (SELECT m.site_id, m.subscriber_id FROM sites s CROSS JOIN meetings m
    WHERE m.site_id = s.id AND s.removed_at IS NOT NULL LIMIT $1)`

/** So many at a time, so that other commands do not wait for long. */
const MOST_ENDED = 10_000

/**
 * With the site's removal; of a very large one the rest goes as the house is tidied.
 * @returns how many ended
 */
export function endMeetingsOfRemoved(tx: Transaction, most = MOST_ENDED): Promise<number> {
  return tx.run(END, [most])
}
