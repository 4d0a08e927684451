import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { SignIn } from '../../domain/site/relation.ts'
import type { SiteUsage } from '../../domain/usage/usage-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { STANDS } from './subjects.ts'

/** Where services have their names, the site as a whole has none. */
const WHOLE_SITE = ''

/**
 * Counts somebody whom the month has no row of yet. Who was forgotten and came back is counted once more: were he not,
 * the figure would tell the site that the new one is the old one.
 */
const COUNT = `INSERT INTO usage_counts (site_id, month, service, people)
  SELECT id, CAST($3 AS BIGINT), CAST($4 AS TEXT), 1 FROM sites WHERE id = $1 AND ${STANDS} AND NOT EXISTS
    (SELECT 1 FROM sign_ins s WHERE s.site_id = $1 AND s.subscriber_id = $2 AND s.month = $3
      AND ($4 = '${WHOLE_SITE}' OR s.service = $4) AND s.forgotten_at IS NULL)
  ON CONFLICT (site_id, month, service) DO UPDATE SET people = usage_counts.people + 1`

/** Before the sign-in's row is written, in its transaction: so the counts are those of the rows, whatever is killed when. */
export function countSignIn(tx: Transaction, { siteId, subscriberId, month, service }: SignIn): void {
  for (const counted of [WHOLE_SITE, service]) tx.write(COUNT, [bytes(siteId), bytes(subscriberId), month, counted])
}

interface UsageColumns {
  id: Buffer
  name: string
  removed_at: number | null
  plan: string | null
  service: string | null
  people: number | null
}

const USAGE = `SELECT s.id, s.name, s.removed_at, u.service, u.people,
    (SELECT p.plan FROM site_plans p WHERE p.site_id = s.id AND p.from_month <= $1
      ORDER BY p.from_month DESC LIMIT 1) AS plan
  FROM sites s LEFT JOIN usage_counts u ON u.site_id = s.id AND u.month = $1
  WHERE (s.removed_at IS NULL OR u.people IS NOT NULL)`

export function usage(month: number, siteId?: Hex): Query<readonly SiteUsage[]> {
  const [one, values] = siteId === undefined ? ['', [month]] : ['AND s.id = $2', [month, bytes(siteId)]]
  return query<UsageColumns, readonly SiteUsage[]>(`${USAGE} ${one}`, values, (rows) =>
    [...Map.groupBy(rows, ({ id }) => hex(id)).values()].map(usageOf).sort(byName),
  )
}

/** @param rows of one site: itself and each of its services, in any order */
function usageOf(rows: readonly UsageColumns[]): SiteUsage {
  const { id, name, removed_at, plan } = rows[0]!
  const counts = rows.map(({ service, people }) => ({ service: service ?? WHOLE_SITE, people: people ?? 0 }))
  return {
    siteId: hex(id),
    site: name,
    removed: removed_at !== null,
    plan,
    people: counts.find(({ service }) => service === WHOLE_SITE)?.people ?? 0,
    services: counts.filter(({ service }) => service !== WHOLE_SITE).sort((a, b) => (a.service < b.service ? -1 : 1)),
  }
}

/** Sorted here, since PostgreSQL's order of texts depends on its locale; a removed site's name may be another's by now. */
function byName(a: SiteUsage, b: SiteUsage): number {
  if (a.site !== b.site) return a.site < b.site ? -1 : 1
  return a.siteId < b.siteId ? -1 : 1
}

export async function setPlan(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  plan: string,
  from: number,
): Promise<'set' | 'unknown'> {
  const site = bytes(siteId)
  if (!(await tx.one('SELECT id FROM sites WHERE id = $1 AND removed_at IS NULL', [site]))) return 'unknown'
  tx.write(
    `INSERT INTO site_plans (site_id, from_month, plan) VALUES ($1, $2, $3)
      ON CONFLICT (site_id, from_month) DO UPDATE SET plan = excluded.plan`,
    [site, from, plan],
  )
  ledger.record({ ...act, action: 'plan-set', object: siteId, detail: { plan, from } })
  return 'set'
}
