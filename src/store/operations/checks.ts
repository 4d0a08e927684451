import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import type { CheckName, Credential, NewCredential } from '../../domain/proving/check.ts'
import type { CheckAddition } from '../../domain/store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { isUnanswered, rememberAnswered } from './proof.ts'

interface CredentialColumns {
  id: Buffer
  subscriber_id: Buffer
  check_name: CheckName
  secret: Buffer
  last_step: number | null
  used_at: number | null
  label: string | null
  created_at: number | null
  last_used_at: number | null
}

export function credentials(subscriberId: Hex): Query<readonly Credential[]> {
  return query<CredentialColumns, readonly Credential[]>(
    `SELECT id, subscriber_id, check_name, secret, last_step, used_at, label, created_at, last_used_at FROM credentials
      WHERE subscriber_id = $1 ORDER BY id`,
    [bytes(subscriberId)],
    (rows) =>
      rows.map((row) => ({
        id: hex(row.id),
        subscriberId: hex(row.subscriber_id),
        check: row.check_name,
        secret: row.secret,
        lastStep: row.last_step,
        usedAt: row.used_at,
        label: row.label,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
      })),
  )
}

// Who adds something has a certificate in his hand. Behind an erasure nothing may stand again.
const STANDING = "SELECT number FROM certificates WHERE subscriber_id = $1 AND status <> 'revoked' LIMIT 1"

export async function addChecks(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  { subscriberId, label, credentials, replace, once }: CheckAddition,
  most: number,
): Promise<'added' | 'taken' | 'too-many' | 'gone'> {
  const check = credentials[0]!.check
  if (!(await tx.one(STANDING, [bytes(subscriberId)]))) return 'gone'
  if (once && !(await isUnanswered(tx, once))) return 'taken'
  if (await areTaken(tx, credentials)) return 'taken'
  const held = await tx.all('SELECT id FROM credentials WHERE subscriber_id = $1 AND check_name = $2', [
    bytes(subscriberId),
    check,
  ])
  if (!replace && held.length + credentials.length > most) return 'too-many'

  if (once) rememberAnswered(tx, once)
  if (replace) removeAll(tx, subscriberId, check)
  insertCredentials(tx, act, subscriberId, credentials, label)
  ledger.record({
    ...act,
    action: 'check-added',
    object: subscriberId,
    detail: {
      check,
      replaced: replace ? held.length : 0,
      ...(credentials.length === 1 && { credential: credentials[0]!.id }),
    },
  })
  return 'added'
}

/** Whether one of them is somebody's already: a passkey's row has the passkey's own name. */
export async function areTaken(tx: Transaction, credentials: readonly NewCredential[]): Promise<boolean> {
  for (const { id } of credentials) {
    if (await tx.one('SELECT id FROM credentials WHERE id = $1', [bytes(id)])) return true
  }
  return false
}

export function insertCredentials(
  tx: Transaction,
  act: Act,
  subscriberId: Hex,
  credentials: readonly NewCredential[],
  label: string | null,
): void {
  for (const { id, check, secret, lastStep } of credentials) {
    tx.write(
      `INSERT INTO credentials (id, subscriber_id, check_name, secret, last_step, label, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [bytes(id), bytes(subscriberId), check, secret, lastStep, label, act.at],
    )
  }
}

/** A new set makes the old one void. */
export function removeAll(tx: Transaction, subscriberId: Hex, check: CheckName): void {
  tx.write('DELETE FROM credentials WHERE subscriber_id = $1 AND check_name = $2', [bytes(subscriberId), check])
}

export async function renameCheck(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
  id: Hex,
  label: string,
): Promise<'renamed' | 'unknown'> {
  const renamed = await tx.run('UPDATE credentials SET label = $3 WHERE id = $1 AND subscriber_id = $2', [
    bytes(id),
    bytes(subscriberId),
    label,
  ])
  if (renamed === 0) return 'unknown'
  ledger.record({ ...act, action: 'check-renamed', object: subscriberId, detail: { credential: id } })
  return 'renamed'
}

/** Decided in the transaction: of the last two, two tabs cannot remove one each. */
export async function removeCheck(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
  id: Hex,
  lists: readonly (readonly CheckName[])[],
): Promise<'removed' | 'unknown' | 'needed'> {
  const held = await tx.all<{ id: Buffer; check_name: CheckName; used_at: number | null }>(
    'SELECT id, check_name, used_at FROM credentials WHERE subscriber_id = $1',
    [bytes(subscriberId)],
  )
  const chosen = held.find((row) => hex(row.id) === id)
  if (!chosen) return 'unknown'
  const check = chosen.check_name
  const isGoing = (row: (typeof held)[number]): boolean =>
    check === 'recovery-code' ? row.check_name === check : row === chosen
  const usable = held.filter(({ used_at }) => used_at === null)
  const left = usable.filter((row) => !isGoing(row))
  const isMet = (list: readonly CheckName[], by: typeof held): boolean =>
    by.some(({ check_name }) => list.includes(check_name))
  if (lists.some((list) => isMet(list, usable) && !isMet(list, left))) return 'needed'

  for (const row of held.filter(isGoing)) tx.write('DELETE FROM credentials WHERE id = $1', [row.id])
  ledger.record({ ...act, action: 'check-removed', object: subscriberId, detail: { check, credential: id } })
  return 'removed'
}
