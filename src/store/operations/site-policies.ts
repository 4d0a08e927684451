import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { SitePolicyChange } from '../../domain/site/site-store.ts'
import type { SitePolicies } from '../../domain/site/site-wishes.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

export function siteLogo(hash: Hex): Query<Uint8Array | undefined> {
  return query<{ png: Buffer }, Uint8Array | undefined>(
    'SELECT png FROM site_logos WHERE hash = $1 LIMIT 1',
    [bytes(hash)],
    ([row]) => row?.png,
  )
}

export async function setSitePolicies(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  { siteId, basedOn, returnTo, checks, policies, logo, service, values }: SitePolicyChange,
): Promise<'set' | 'unknown' | 'outdated'> {
  const id = bytes(siteId)
  const site = await tx.one<{ policy_position: number }>(
    'SELECT policy_position FROM sites WHERE id = $1 AND removed_at IS NULL',
    [id],
  )
  if (!site) return 'unknown'
  if (site.policy_position !== basedOn) return 'outdated'

  const kept = await tx.all<{ hash: Buffer }>('SELECT hash FROM site_logos WHERE site_id = $1', [id])
  const named = logosOf(policies)
  for (const { hash } of kept)
    if (!named.has(hex(hash))) tx.write('DELETE FROM site_logos WHERE site_id = $1 AND hash = $2', [id, hash])
  if (logo && !kept.some(({ hash }) => hex(hash) === logo.hash))
    tx.write('INSERT INTO site_logos (hash, site_id, png) VALUES ($1, $2, $3)', [
      bytes(logo.hash),
      id,
      Buffer.from(logo.png),
    ])

  const position = ledger.emit('site', siteId, act.at)
  tx.write('UPDATE sites SET return_to = $2, checks = $3, policies = $4, policy_position = $5 WHERE id = $1', [
    id,
    JSON.stringify(returnTo),
    JSON.stringify(checks),
    JSON.stringify(policies),
    position,
  ])
  ledger.record({ ...act, action: 'site-policy-set', object: siteId, detail: { service, values } })
  return 'set'
}

function logosOf({ site, services }: SitePolicies): ReadonlySet<Hex> {
  return new Set([site, ...Object.values(services)].flatMap(({ logo }) => logo ?? []))
}
