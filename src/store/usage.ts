import type { Hex } from '../domain/hex.ts'
import { bytes } from './columns.ts'
import type { Ledger } from './ledger.ts'
import type { Transaction } from './transaction.ts'

export async function signIn(
  tx: Transaction,
  _ledger: Ledger,
  row: { siteId: Hex; service: string; subscriberId: Hex; month: number; at: number },
): Promise<'recorded'> {
  tx.write(
    `INSERT INTO sign_ins (site_id, service, subscriber_id, month, first_at) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT DO NOTHING`,
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
