import type { Act } from '../../domain/act.ts'
import type { CertificateStatus } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Walk } from '../../domain/store.ts'
import { bytes } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { meet } from './meetings.ts'
import { isFresh, useUp } from './proof.ts'

const SPENT_AT = 'SELECT spent_at FROM spent_tickets WHERE ticket_id = $1'

export function ticketSpentAt(ticketId: Hex): Query<number | undefined> {
  return query<{ spent_at: number }, number | undefined>(SPENT_AT, [bytes(ticketId)], ([row]) => row?.spent_at)
}

export function walksSince(fingerprint: Hex, siteId: Hex, since: number): Query<number> {
  return query<{ count: number }, number>(
    'SELECT count(*) AS count FROM spent_tickets WHERE fingerprint = $1 AND site_id = $2 AND spent_at > $3',
    [bytes(fingerprint), bytes(siteId), since],
    ([row]) => row?.count ?? 0,
  )
}

interface WalkingColumns {
  status: CertificateStatus
  not_after: number
  subscriber_id: Buffer | null
}

export async function walk(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  walk: Walk,
): Promise<'passed' | 'ticket-spent' | 'proof-used' | 'not-active'> {
  const walking = await tx.one<WalkingColumns>(
    'SELECT status, not_after, subscriber_id FROM certificates WHERE fingerprint = $1',
    [bytes(walk.fingerprint)],
  )
  if (walking?.status !== 'active' || walking.not_after < act.at) return 'not-active'
  if (await tx.one(SPENT_AT, [bytes(walk.ticketId)])) return 'ticket-spent'
  const owner = walking.subscriber_id
  if (owner === null || !(await isFresh(tx, walk.proof, owner))) return 'proof-used'

  spend(tx, act, walk)
  validate(tx, act, walk)
  ledger.emit('certificate', walk.fingerprint, act.at)
  ledger.record({
    ...act,
    action: 'revalidation-passed',
    object: walk.fingerprint,
    detail: { site: walk.siteId, check: walk.proof.check, ticket: walk.ticketId },
  })
  await meet(tx, ledger, act, walk.siteId, owner)
  return 'passed'
}

function spend(tx: Transaction, act: Act, { ticketId, fingerprint, siteId, forgetAt, proof }: Walk): void {
  tx.write(
    'INSERT INTO spent_tickets (ticket_id, fingerprint, site_id, spent_at, forget_at) VALUES ($1, $2, $3, $4, $5)',
    [bytes(ticketId), bytes(fingerprint), bytes(siteId), act.at, forgetAt],
  )
  useUp(tx, act, proof)
}

const VALIDATE = `UPDATE certificates SET validated_at = $2, validated_with = $3,
    expires_at = CASE WHEN expires_at >= $4 THEN expires_at WHEN not_after < $4 THEN not_after ELSE $4 END
  WHERE fingerprint = $1`

function validate(tx: Transaction, act: Act, { fingerprint, proof, extendTo }: Walk): void {
  tx.write(VALIDATE, [bytes(fingerprint), act.at, proof.check, extendTo])
}
