import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { PushAddress } from '../../domain/security-event/security-stream.ts'
import type { DuePush, PushTurn } from '../../domain/security-event/security-stream-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { endStream } from './security-streams.ts'

interface AddressColumns {
  url: string
  allow_private: number
  anchors: string | null
  sealed: Buffer
}

export function pushAddress(siteId: Hex): Query<PushAddress | undefined> {
  return query<AddressColumns, PushAddress | undefined>(
    'SELECT url, allow_private, anchors, sealed FROM push_addresses WHERE site_id = $1',
    [bytes(siteId)],
    ([row]) =>
      row && {
        siteId,
        url: row.url,
        allowPrivate: row.allow_private === 1,
        anchors: row.anchors,
        sealed: row.sealed,
      },
  )
}

export async function setPushAddress(tx: Transaction, ledger: Ledger, act: Act, address: PushAddress): Promise<'set'> {
  tx.write(
    `INSERT INTO push_addresses (site_id, url, allow_private, anchors, sealed) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (site_id) DO UPDATE SET url = excluded.url, allow_private = excluded.allow_private,
        anchors = excluded.anchors, sealed = excluded.sealed`,
    [bytes(address.siteId), address.url, address.allowPrivate ? 1 : 0, address.anchors, address.sealed],
  )
  tx.write('UPDATE security_streams SET failures = 0, push_at = 0 WHERE site_id = $1', [bytes(address.siteId)])
  ledger.record({
    ...act,
    action: 'push-address-set',
    object: address.siteId,
    detail: { host: new URL(address.url).host, private: address.allowPrivate },
  })
  return 'set'
}

export async function removePushAddress(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  siteId: Hex,
): Promise<'removed' | 'unknown'> {
  const removed = await tx.run('DELETE FROM push_addresses WHERE site_id = $1', [bytes(siteId)])
  if (removed === 0) return 'unknown'
  const pushed = await tx.one("SELECT id FROM security_streams WHERE site_id = $1 AND delivery = 'push'", [
    bytes(siteId),
  ])
  if (pushed) endStream(tx, siteId)
  ledger.record({ ...act, action: 'push-address-removed', object: siteId, detail: { stream: pushed !== undefined } })
  return 'removed'
}

/** A site that was removed is told nothing more. */
const DUE = `s.delivery = 'push' AND s.status = 'enabled' AND s.push_at <= $1 AND s.pushed_until <= $1
  AND EXISTS (SELECT 1 FROM security_events e WHERE e.site_id = s.site_id AND e.dead_at IS NULL)
  AND EXISTS (SELECT 1 FROM sites t WHERE t.id = s.site_id AND t.removed_at IS NULL)`

export function duePushes(now: number, limit: number): Query<readonly DuePush[]> {
  return query<{ site_id: Buffer; failures: number }, readonly DuePush[]>(
    `SELECT s.site_id, s.failures FROM security_streams s WHERE ${DUE} ORDER BY s.push_at LIMIT $2`,
    [now, limit],
    (rows) => rows.map((row) => ({ siteId: hex(row.site_id), failures: row.failures })),
  )
}

export async function takePushTurn(
  tx: Transaction,
  _ledger: Ledger,
  { siteId, holder }: PushTurn,
  now: number,
  until: number,
): Promise<'taken' | 'not-due'> {
  const taken = await tx.run(
    `UPDATE security_streams AS s SET pushed_by = $3, pushed_until = $4 WHERE s.site_id = $2 AND ${DUE}`,
    [now, bytes(siteId), bytes(holder), until],
  )
  return taken === 0 ? 'not-due' : 'taken'
}

/** Whoever has lost his turn meanwhile changes nothing. */
export async function endPushTurn(
  tx: Transaction,
  _ledger: Ledger,
  { siteId, holder }: PushTurn,
  failures: number,
  pushAt: number,
): Promise<'ended'> {
  tx.write(
    'UPDATE security_streams SET failures = $3, push_at = $4, pushed_until = 0 WHERE site_id = $1 AND pushed_by = $2',
    [bytes(siteId), bytes(holder), failures, pushAt],
  )
  return 'ended'
}
