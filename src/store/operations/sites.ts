import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { CheckName } from '../../domain/proving/check.ts'
import type { Right, ServiceRights } from '../../domain/site/right.ts'
import type { Site } from '../../domain/site/site.ts'
import type { SitePolicies } from '../../domain/site/site-wishes.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { endMeetingsOfRemoved } from './meetings.ts'
import { revoke } from './revocation.ts'
import { endStream } from './security-streams.ts'
import { endAccountsOfRemoved } from './site-accounts.ts'

interface SiteColumns {
  id: Buffer
  name: string
  return_to: string
  checks: string
  rights: string
  policies: string
  policy_position: number
  created_at: number
}

const SITE =
  'SELECT id, name, return_to, checks, rights, policies, policy_position, created_at FROM sites WHERE removed_at IS NULL'

export function site(key: { id: Hex } | { name: string }): Query<Site | undefined> {
  const [column, value] = 'id' in key ? ['id', bytes(key.id)] : ['name', key.name]
  return query<SiteColumns, Site | undefined>(`${SITE} AND ${column} = $1`, [value], ([row]) => row && siteOf(row))
}

/** In order of name. */
export function sites(): Query<readonly Site[]> {
  // sorted here, since PostgreSQL's order of texts depends on its locale
  return query<SiteColumns, readonly Site[]>(SITE, [], (rows) =>
    rows.map(siteOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
  )
}

export async function addSite(tx: Transaction, ledger: Ledger, act: Act, site: Site): Promise<'added' | 'name-taken'> {
  const holder = await tx.one('SELECT id FROM sites WHERE name = $1 AND removed_at IS NULL', [site.name])
  if (holder) return 'name-taken'

  tx.write(
    'INSERT INTO sites (id, name, return_to, checks, rights, policies, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [
      bytes(site.id),
      site.name,
      JSON.stringify(site.returnTo),
      JSON.stringify(site.checks),
      JSON.stringify(site.rights),
      JSON.stringify(site.policies),
      site.createdAt,
    ],
  )
  ledger.emit('site', site.id, act.at)
  ledger.record({ ...act, action: 'site-added', object: site.id, detail: { name: site.name } })
  return 'added'
}

export async function removeSite(tx: Transaction, ledger: Ledger, act: Act, id: Hex): Promise<'removed' | 'unknown'> {
  const removed = await tx.one<{ name: string }>(
    'UPDATE sites SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL RETURNING name',
    [bytes(id), act.at],
  )
  if (!removed) return 'unknown'

  const standing = await tx.all<{ fingerprint: Buffer }>(
    "SELECT fingerprint FROM certificates WHERE site_id = $1 AND status <> 'revoked' ORDER BY number",
    [bytes(id)],
  )
  for (const { fingerprint } of standing) await revoke(tx, ledger, act, hex(fingerprint), 'cessation-of-operation')
  endStream(tx, id)
  tx.write('DELETE FROM push_addresses WHERE site_id = $1', [bytes(id)])
  tx.write('DELETE FROM site_logos WHERE site_id = $1', [bytes(id)])
  await endAccountsOfRemoved(tx)
  await endMeetingsOfRemoved(tx)
  ledger.emit('site', id, act.at)
  ledger.record({
    ...act,
    action: 'site-removed',
    object: id,
    detail: { name: removed.name, revoked: standing.length },
  })
  return 'removed'
}

export async function setRights(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  service: string,
  rights: readonly Right[],
): Promise<'set' | 'unknown'> {
  const row = await tx.one<SiteColumns>(`${SITE} AND id = $1`, [bytes(siteId)])
  if (!row) return 'unknown'

  const { [service]: _before, ...others } = siteOf(row).rights
  const after: ServiceRights = rights.length === 0 ? others : { ...others, [service]: rights }
  tx.write('UPDATE sites SET rights = $2 WHERE id = $1', [bytes(siteId), JSON.stringify(after)])
  ledger.emit('site', siteId, act.at)
  ledger.record({ ...act, action: 'rights-set', object: siteId, detail: { service, rights: rights.join(' ') } })
  return 'set'
}

function siteOf(row: SiteColumns): Site {
  return {
    id: hex(row.id),
    name: row.name,
    returnTo: JSON.parse(row.return_to) as string[],
    checks: JSON.parse(row.checks) as CheckName[],
    rights: JSON.parse(row.rights) as ServiceRights,
    policies: JSON.parse(row.policies) as SitePolicies,
    policyPosition: row.policy_position,
    createdAt: row.created_at,
  }
}
