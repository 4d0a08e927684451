import type { Hex } from '../../domain/hex.ts'
import type { PeopleQuestion, SiteStanding } from '../../domain/trust/trust-store.ts'
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

const PEOPLE = `SELECT p.subject, COALESCE((
    SELECT max(t.weight) FROM subjects o
      JOIN site_standings t ON t.site_id = o.site_id
      JOIN sites i ON i.id = o.site_id AND i.removed_at IS NULL AND i.created_at < $3
      WHERE o.subscriber_id = p.subscriber_id AND o.site_id <> $1 AND o.since <= $4
  ), 0) AS known
  FROM (SELECT subscriber_id, subject FROM subjects
    WHERE site_id = $1 AND subject > $5 AND subject <= $6 ORDER BY subject LIMIT $2) p
  ORDER BY p.subject`

type Person = { readonly subject: Hex; readonly known: number }

export function peopleOf(question: PeopleQuestion): Query<readonly Person[]> {
  const { siteId, most, registeredBefore, knownBefore, after, upTo } = question
  return query<{ subject: Buffer; known: number }, readonly Person[]>(
    PEOPLE,
    [bytes(siteId), most, registeredBefore, knownBefore, bytes(after), bytes(upTo)],
    (rows) => rows.map(({ subject, known }) => ({ subject: hex(subject), known })),
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
