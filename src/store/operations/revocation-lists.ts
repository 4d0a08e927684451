import type { IssuerName } from '../../domain/certificate/certificate.ts'
import type { RevocationList } from '../../domain/store.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

interface ListColumns {
  issuer: IssuerName
  number: number
  this_update: number
  next_update: number
  der: Buffer
}

export function revocationList(issuer: IssuerName): Query<RevocationList | undefined> {
  return query<ListColumns, RevocationList | undefined>(
    'SELECT issuer, number, this_update, next_update, der FROM revocation_lists WHERE issuer = $1',
    [issuer],
    ([row]) =>
      row && {
        issuer: row.issuer,
        number: row.number,
        thisUpdate: row.this_update,
        nextUpdate: row.next_update,
        der: row.der,
      },
  )
}

export function revocationListNumber(issuer: IssuerName): Query<number | undefined> {
  return query<Pick<ListColumns, 'number'>, number | undefined>(
    'SELECT number FROM revocation_lists WHERE issuer = $1',
    [issuer],
    ([row]) => row?.number,
  )
}

const NEXT_NUMBER = `INSERT INTO crl_numbers (issuer, number) VALUES ($1, $2)
  ON CONFLICT (issuer) DO UPDATE SET number =
    CASE WHEN crl_numbers.number >= excluded.number THEN crl_numbers.number + 1 ELSE excluded.number END
  RETURNING number`

export async function nextCrlNumber(
  tx: Transaction,
  _ledger: Ledger,
  issuer: IssuerName,
  atLeast: number,
): Promise<number> {
  const row = await tx.one<{ number: number }>(NEXT_NUMBER, [issuer, atLeast])
  if (!row) throw new Error('no CRL number was given out')
  return row.number
}

const PUBLISH = `INSERT INTO revocation_lists (issuer, number, this_update, next_update, der) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (issuer) DO UPDATE SET number = excluded.number, this_update = excluded.this_update,
    next_update = excluded.next_update, der = excluded.der
  WHERE revocation_lists.number <= excluded.number`

export async function publishCrl(
  tx: Transaction,
  ledger: Ledger,
  list: RevocationList,
): Promise<'published' | 'outdated'> {
  const { issuer, number, thisUpdate, nextUpdate, der } = list
  const kept = await tx.run(PUBLISH, [issuer, number, thisUpdate, nextUpdate, der])
  if (kept === 0) return 'outdated'
  ledger.emit('crl', issuer, thisUpdate)
  return 'published'
}
