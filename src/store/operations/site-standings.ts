import type { Hex } from '../../domain/hex.ts'
import type { PeopleQuestion, SiteStanding, WeighedPerson } from '../../domain/trust/trust-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

export function siteStandings(): Query<readonly SiteStanding[]> {
  return query<{ id: Buffer; created_at: number; weight: number }, readonly SiteStanding[]>(
    `SELECT i.id, i.created_at, COALESCE(t.weight, 0) AS weight
      FROM sites i LEFT JOIN site_standings t ON t.site_id = i.id
      WHERE i.removed_at IS NULL ORDER BY i.created_at, i.id`,
    [],
    (rows) => rows.map((row) => ({ siteId: hex(row.id), createdAt: row.created_at, weight: row.weight })),
  )
}

const KNOWN = `COALESCE((
    SELECT max(t.weight) FROM subjects o
      JOIN site_standings t ON t.site_id = o.site_id
      JOIN sites i ON i.id = o.site_id AND i.removed_at IS NULL AND i.created_at < $3
      WHERE o.subscriber_id = p.subscriber_id AND o.site_id <> $1 AND o.since <= $4
  ), 0)`

const PEOPLE = `SELECT p.subject, CASE WHEN m.first_at IS NULL THEN 0 ELSE 1 END AS met,
    CASE WHEN m.first_at IS NULL THEN 0 ELSE ${KNOWN} END AS known
  FROM (SELECT subscriber_id, subject FROM subjects
    WHERE site_id = $1 AND subject > $5 AND subject <= $6 ORDER BY subject LIMIT $2) p
  LEFT JOIN meetings m ON m.site_id = $1 AND m.subscriber_id = p.subscriber_id
  ORDER BY p.subject`

export function peopleOf(question: PeopleQuestion): Query<readonly WeighedPerson[]> {
  const { siteId, most, registeredBefore, knownBefore, after, upTo } = question
  return query<{ subject: Buffer; met: number; known: number }, readonly WeighedPerson[]>(
    PEOPLE,
    [bytes(siteId), most, registeredBefore, knownBefore, bytes(after), bytes(upTo)],
    (rows) => rows.map(({ subject, met, known }) => ({ subject: hex(subject), met: met === 1, known })),
  )
}

export async function weighSite(
  tx: Transaction,
  _ledger: Ledger,
  siteId: Hex,
  { weight, people, shared, at }: { weight: number; people: number; shared: number; at: number },
): Promise<'weighed'> {
  tx.write(
    `INSERT INTO site_standings (site_id, weight, people, shared, weighed_at) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (site_id) DO UPDATE SET weight = excluded.weight, people = excluded.people,
        shared = excluded.shared, weighed_at = excluded.weighed_at`,
    [bytes(siteId), weight, people, Math.round(shared), at],
  )
  return 'weighed'
}
