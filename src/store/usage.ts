import type { Hex } from '../domain/hex.ts'
import type { Relation } from '../domain/relation.ts'
import type { Act } from '../domain/store.ts'
import { bytes, hex } from './columns.ts'
import type { Ledger } from './ledger.ts'
import { tellSites } from './site-events.ts'
import { type Query, query, type Transaction } from './transaction.ts'

export async function signIn(
  tx: Transaction,
  _ledger: Ledger,
  row: { siteId: Hex; service: string; subscriberId: Hex; month: number; at: number },
): Promise<'recorded'> {
  tx.write(
    `INSERT INTO sign_ins (site_id, service, subscriber_id, month, first_at) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (site_id, service, subscriber_id, month) DO UPDATE
        SET first_at = excluded.first_at, forgotten_at = NULL WHERE sign_ins.forgotten_at IS NOT NULL`,
    [bytes(row.siteId), row.service, bytes(row.subscriberId), row.month, row.at],
  )
  return 'recorded'
}

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
  tx.write(NEXT_GENERATION, [site, owner])
  const known = await tx.all<{ fingerprint: Buffer }>(
    'SELECT fingerprint FROM certificates WHERE subscriber_id = $1 ORDER BY number',
    [owner],
  )
  for (const { fingerprint } of known) ledger.emit('certificate', hex(fingerprint), act.at)
  ledger.record({ ...act, action: 'subject-forgotten', object: subscriberId, detail: { site: siteId } })
  return 'forgotten'
}
