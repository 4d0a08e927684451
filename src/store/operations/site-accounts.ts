import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { SealedSiteAccount } from '../../domain/site/site-account-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { tellSites } from './site-events.ts'
import { ownerOf } from './subjects.ts'

export function siteAccounts(subscriberId: Hex): Query<readonly SealedSiteAccount[]> {
  return query<{ site_id: Buffer; sealed: Buffer }, readonly SealedSiteAccount[]>(
    'SELECT site_id, sealed FROM site_accounts WHERE subscriber_id = $1 ORDER BY site_id',
    [bytes(subscriberId)],
    (rows) => rows.map(({ site_id, sealed }) => ({ siteId: hex(site_id), sealed })),
  )
}

const BIND = `INSERT INTO site_accounts (site_id, subscriber_id, sealed, bound_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (site_id, subscriber_id) DO UPDATE SET sealed = excluded.sealed, bound_at = excluded.bound_at`

export async function bindAccount(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  subject: string,
  subscriberId: Hex,
  sealed: Uint8Array,
): Promise<'bound' | 'unknown'> {
  const owner = await ownerOf(tx, siteId, subject)
  if (owner?.equals(bytes(subscriberId)) !== true) return 'unknown'
  tx.write(BIND, [bytes(siteId), owner, sealed, act.at])
  await tell(tx, ledger, act, siteId, owner)
  // Under the site's own subject: a person's history must not be what a site can fill.
  ledger.record({ ...act, action: 'site-account-bound', object: subject, detail: { site: siteId } })
  return 'bound'
}

export async function removeAccount(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
  subject: string,
): Promise<'removed' | 'none'> {
  const owner = await ownerOf(tx, siteId, subject)
  if (!owner) return 'none'
  const key = [bytes(siteId), owner]
  const removed = await tx.run('DELETE FROM site_accounts WHERE site_id = $1 AND subscriber_id = $2', key)
  if (removed === 0) return 'none'
  await tell(tx, ledger, act, siteId, owner)
  ledger.record({ ...act, action: 'site-account-removed', object: subject, detail: { site: siteId } })
  return 'removed'
}

/** So many at a time, so that other commands do not wait for long. */
const MOST_ENDED = 10_000

// SQLite takes a CROSS JOIN in the order in which it is written: the few sites that were removed, then their rows.
const END = `DELETE FROM site_accounts WHERE (site_id, subscriber_id) IN
  (SELECT a.site_id, a.subscriber_id FROM sites s CROSS JOIN site_accounts a
    WHERE a.site_id = s.id AND s.removed_at IS NOT NULL LIMIT $1)`

/**
 * With the site's removal; of a very large one the rest goes as the house is tidied.
 * @returns how many ended
 */
export function endAccountsOfRemoved(tx: Transaction, most = MOST_ENDED): Promise<number> {
  return tx.run(END, [most])
}

/** Whoever holds a valid answer about this person holds the account with it: we ourselves, and the site. */
async function tell(tx: Transaction, ledger: Ledger, { at }: Act, siteId: Hex, owner: Buffer): Promise<void> {
  const active = await tx.all<{ fingerprint: Buffer }>(
    "SELECT fingerprint FROM certificates WHERE subscriber_id = $1 AND status = 'active' ORDER BY number",
    [owner],
  )
  for (const { fingerprint } of active) ledger.emit('certificate', hex(fingerprint), at)
  const position = ledger.emit('subscriber', hex(owner), at)
  tellSites(tx, { subscriberId: owner, event: 'account-changed', position, at, siteId: bytes(siteId) })
}
