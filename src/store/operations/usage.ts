import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Relation, SignIn } from '../../domain/site/relation.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { tellSites } from './site-events.ts'
import { keepSubject, STANDS, STILL_SO } from './subjects.ts'
import { countSignIn } from './usage-counts.ts'

export async function signIn(tx: Transaction, _ledger: Ledger, row: SignIn): Promise<'recorded'> {
  const { siteId, service, subscriberId, generation, month, at } = row
  keepSubject(tx, row)
  countSignIn(tx, row)
  tx.write(SIGN_IN, [bytes(siteId), bytes(subscriberId), generation, service, month, at])
  return 'recorded'
}

// A row whose subject is not kept does not count as one of its month: the next valid answer makes it good. Behind an
// erasure there is no such answer: a row that came late would stand again, without a name, and be told as a relation.
const SIGN_IN = `INSERT INTO sign_ins (site_id, subscriber_id, service, month, first_at, has_subject)
  SELECT $1, $2, CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), CASE WHEN ${STILL_SO} THEN 1 ELSE 0 END
    WHERE ${STANDS}
  ON CONFLICT (site_id, service, subscriber_id, month) DO UPDATE
    SET first_at = CASE WHEN sign_ins.forgotten_at IS NULL THEN sign_ins.first_at ELSE excluded.first_at END,
      forgotten_at = NULL, has_subject = excluded.has_subject
    WHERE sign_ins.forgotten_at IS NOT NULL OR sign_ins.has_subject = 0`

export async function uses(
  tx: Transaction,
  _ledger: Ledger,
  rows: readonly { fingerprint: Hex; at: number }[],
): Promise<'recorded'> {
  for (const { fingerprint, at } of rows) {
    tx.write(
      'UPDATE certificates SET last_used_at = $2 WHERE fingerprint = $1 AND (last_used_at IS NULL OR last_used_at < $2)',
      [bytes(fingerprint), at],
    )
  }
  return 'recorded'
}

interface RelationColumns {
  site_id: Buffer
  name: string
  since: number
  last_month: number
  generation: number
}

/** The sites that know somebody, those with the newest sign-in first. */
export function relations(subscriberId: Hex): Query<readonly Relation[]> {
  return query<RelationColumns, readonly Relation[]>(
    `SELECT s.site_id, max(t.name) AS name, min(s.first_at) AS since, max(s.month) AS last_month,
        COALESCE(max(g.generation), 0) AS generation
      FROM sign_ins s JOIN sites t ON t.id = s.site_id
      LEFT JOIN subject_generations g ON g.site_id = s.site_id AND g.subscriber_id = s.subscriber_id
      WHERE s.subscriber_id = $1 AND s.forgotten_at IS NULL
      GROUP BY s.site_id ORDER BY last_month DESC, s.site_id`,
    [bytes(subscriberId)],
    (rows) =>
      rows.map((row) => ({
        siteId: hex(row.site_id),
        site: row.name,
        since: row.since,
        lastMonth: row.last_month,
        generation: row.generation,
      })),
  )
}

const NEXT_GENERATION = `INSERT INTO subject_generations (site_id, subscriber_id, generation) VALUES ($1, $2, 1)
  ON CONFLICT (site_id, subscriber_id) DO UPDATE SET generation = subject_generations.generation + 1`

const KNOWN = 'SELECT month FROM sign_ins WHERE site_id = $1 AND subscriber_id = $2 AND forgotten_at IS NULL LIMIT 1'

/** The relation as it was ends: the site's next question gets another subject. */
export async function forgetSubject(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
  siteId: Hex,
): Promise<'forgotten' | 'unknown'> {
  const [site, owner] = [bytes(siteId), bytes(subscriberId)]
  if (!(await tx.one(KNOWN, [site, owner]))) return 'unknown'
  const position = ledger.emit('subscriber', subscriberId, act.at)
  tellSites(tx, { subscriberId: owner, event: 'erased', position, at: act.at, siteId: site })
  tx.write('UPDATE sign_ins SET forgotten_at = $3 WHERE site_id = $1 AND subscriber_id = $2 AND forgotten_at IS NULL', [
    site,
    owner,
    act.at,
  ])
  tx.write('DELETE FROM subjects WHERE subscriber_id = $1 AND site_id = $2', [owner, site])
  tx.write('DELETE FROM site_accounts WHERE subscriber_id = $1 AND site_id = $2', [owner, site])
  tx.write('DELETE FROM meetings WHERE subscriber_id = $1 AND site_id = $2', [owner, site])
  // A report stands until its time is over, and is heard as it was: to be forgotten must not be the way to shake it off.
  tx.write('DELETE FROM vouches WHERE subscriber_id = $1 AND site_id = $2', [owner, site])
  tx.write(NEXT_GENERATION, [site, owner])
  const known = await tx.all<{ fingerprint: Buffer }>(
    'SELECT fingerprint FROM certificates WHERE subscriber_id = $1 ORDER BY number',
    [owner],
  )
  for (const { fingerprint } of known) ledger.emit('certificate', hex(fingerprint), act.at)
  ledger.record({ ...act, action: 'subject-forgotten', object: subscriberId, detail: { site: siteId } })
  return 'forgotten'
}
