import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Device, Subscriber } from '../../domain/subscriber.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { tellSites } from './site-events.ts'

export function subscriber(id: Hex): Query<Subscriber | undefined> {
  return query<{ id: Buffer; name: string | null; created_at: number }, Subscriber | undefined>(
    'SELECT id, name, created_at FROM subscribers WHERE id = $1',
    [bytes(id)],
    ([row]) => row && { id: hex(row.id), name: row.name, createdAt: row.created_at },
  )
}

export async function nameAccount(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
  name: string,
): Promise<'changed' | 'unknown'> {
  // Whoever names his account has a certificate. Behind an erasure, which ends them all, no name stands again.
  const changed = await tx.run(
    `UPDATE subscribers SET name = $2 WHERE id = $1
      AND EXISTS (SELECT number FROM certificates WHERE subscriber_id = $1 AND status <> 'revoked')`,
    [bytes(subscriberId), name],
  )
  if (changed === 0) return 'unknown'
  ledger.record({ ...act, action: 'account-named', object: subscriberId, detail: {} })
  return 'changed'
}

interface DeviceColumns {
  id: Buffer
  subscriber_id: Buffer
  label: string
  platform: string | null
  ask_every_time: number
  created_at: number
}

export function device(id: Hex): Query<Device | undefined> {
  return query<DeviceColumns, Device | undefined>(
    'SELECT id, subscriber_id, label, platform, ask_every_time, created_at FROM devices WHERE id = $1',
    [bytes(id)],
    ([row]) =>
      row && {
        id: hex(row.id),
        subscriberId: hex(row.subscriber_id),
        label: row.label,
        platform: row.platform,
        askEveryTime: row.ask_every_time === 1,
        createdAt: row.created_at,
      },
  )
}

export async function setAskEveryTime(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  deviceId: Hex,
  wish: boolean,
): Promise<'changed' | 'unknown'> {
  const found = await tx.one<{ subscriber_id: Buffer; ask_every_time: number }>(
    'SELECT subscriber_id, ask_every_time FROM devices WHERE id = $1',
    [bytes(deviceId)],
  )
  if (!found) return 'unknown'
  if ((found.ask_every_time === 1) === wish) return 'changed'

  tx.write('UPDATE devices SET ask_every_time = $2 WHERE id = $1', [bytes(deviceId), wish ? 1 : 0])
  const held = await tx.all<{ fingerprint: Buffer }>(
    'UPDATE certificates SET ask_every_time = $3 WHERE subscriber_id = $1 AND device_id = $2 RETURNING fingerprint',
    [found.subscriber_id, bytes(deviceId), wish ? 1 : 0],
  )
  for (const { fingerprint } of held) {
    const position = ledger.emit('certificate', hex(fingerprint), act.at)
    if (wish) tellSites(tx, { subscriberId: found.subscriber_id, event: 'needs-revalidation', position, at: act.at })
  }
  ledger.record({ ...act, action: 'device-changed', object: deviceId, detail: { askEveryTime: wish } })
  return 'changed'
}
