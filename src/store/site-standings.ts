import type { Hex } from '../domain/hex.ts'
import type { AudienceQuestion, SiteStanding } from '../domain/trust-store.ts'
import { bytes, hex } from './columns.ts'
import type { Ledger } from './ledger.ts'
import { type Query, query, type Transaction } from './transaction.ts'

export function siteStandings(): Query<readonly SiteStanding[]> {
  return query<{ id: Buffer; created_at: number; weight: number }, readonly SiteStanding[]>(
    `SELECT i.id, i.created_at, COALESCE(t.weight, 0) AS weight
      FROM sites i LEFT JOIN site_standings t ON t.site_id = i.id
      WHERE i.removed_at IS NULL ORDER BY i.created_at, i.id`,
    [],
    (rows) => rows.map((row) => ({ siteId: hex(row.id), createdAt: row.created_at, weight: row.weight })),
  )
}

const drawn = (side: '>=' | '<') => `SELECT * FROM (SELECT subscriber_id FROM subjects
    WHERE site_id = $1 AND subject ${side} $5 ORDER BY subject LIMIT $2) AS ${side === '<' ? 'rest' : 'first'}`

const AUDIENCE = `SELECT count(*) AS people, CAST(COALESCE(sum((
    SELECT max(t.weight) FROM subjects o
      JOIN site_standings t ON t.site_id = o.site_id
      JOIN sites i ON i.id = o.site_id AND i.removed_at IS NULL AND i.created_at < $3
      WHERE o.subscriber_id = p.subscriber_id AND o.site_id <> $1 AND o.since <= $4
  )), 0) AS BIGINT) AS known
  FROM (${drawn('>=')} UNION ALL ${drawn('<')} LIMIT $2) p`

type AudienceColumns = { people: number; known: number }

export function audienceOf(question: AudienceQuestion): Query<AudienceColumns> {
  const { siteId, most, lot, registeredBefore, knownBefore } = question
  return query<AudienceColumns, AudienceColumns>(
    AUDIENCE,
    [bytes(siteId), most, registeredBefore, knownBefore, bytes(lot)],
    ([row]) => row!,
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
