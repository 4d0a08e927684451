import type { Misses } from '../../domain/store.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

export function guesses(key: string, window: number): Query<number> {
  return query<{ count: number }, number>(
    'SELECT count FROM guesses WHERE key = $1 AND started_at = $2',
    [key, window],
    ([row]) => row?.count ?? 0,
  )
}

export function misses(key: string, window: number): Query<Misses> {
  return query<{ count: number; last_at: number | null }, Misses>(
    'SELECT count, last_at FROM guesses WHERE key = $1 AND started_at = $2',
    [key, window],
    ([row]) => ({ count: row?.count ?? 0, lastAt: row?.last_at ?? 0 }),
  )
}

const GUESS = `INSERT INTO guesses (key, started_at, count) VALUES ($1, $2, 1)
  ON CONFLICT (key, started_at) DO UPDATE SET count = guesses.count + 1 WHERE guesses.count < $3`

export async function guess(
  tx: Transaction,
  _ledger: Ledger,
  key: string,
  window: number,
  limit: number,
): Promise<'allowed' | 'exhausted'> {
  if (limit < 1) return 'exhausted'
  return (await tx.run(GUESS, [key, window, limit])) > 0 ? 'allowed' : 'exhausted'
}

const MISS = `INSERT INTO guesses (key, started_at, count, last_at) VALUES ($1, $2, 1, $3)
  ON CONFLICT (key, started_at) DO UPDATE SET count = guesses.count + 1, last_at = $3`

export async function miss(
  tx: Transaction,
  _ledger: Ledger,
  keys: readonly string[],
  window: number,
  at: number,
): Promise<'counted'> {
  for (const key of keys) tx.write(MISS, [key, window, at])
  return 'counted'
}
