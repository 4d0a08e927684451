import type { CertificateStatus } from '../domain/certificate.ts'
import type { CheckName, Proof } from '../domain/check.ts'
import type { Hex } from '../domain/hex.ts'
import type { Act, Walk } from '../domain/store.ts'
import { bytes } from './columns.ts'
import type { Ledger } from './ledger.ts'
import { type Query, query, type Transaction } from './transaction.ts'

const SPENT_AT = 'SELECT spent_at FROM spent_tickets WHERE ticket_id = $1'

export function ticketSpentAt(ticketId: Hex): Query<number | undefined> {
  return query<{ spent_at: number }, number | undefined>(SPENT_AT, [bytes(ticketId)], ([row]) => row?.spent_at)
}

export function guesses(key: string, window: number): Query<number> {
  return query<{ count: number }, number>(
    'SELECT count FROM guesses WHERE key = $1 AND started_at = $2',
    [key, window],
    ([row]) => row?.count ?? 0,
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
  if (!(await isFresh(tx, walk.proof, walking.subscriber_id))) return 'proof-used'

  spend(tx, act, walk)
  validate(tx, act, walk)
  ledger.emit('certificate', walk.fingerprint, act.at)
  ledger.record({
    ...act,
    action: 'revalidation-passed',
    object: walk.fingerprint,
    detail: { site: walk.siteId, check: walk.proof.check, ticket: walk.ticketId },
  })
  return 'passed'
}

interface ProofColumns {
  subscriber_id: Buffer
  check_name: CheckName
  last_step: number | null
  used_at: number | null
}

/** Whether the proof is the certificate's owner's, and was not used before: a step counts once, and never backwards. */
export async function isFresh(tx: Transaction, proof: Proof, owner: Buffer | null): Promise<boolean> {
  const credential = await tx.one<ProofColumns>(
    'SELECT subscriber_id, check_name, last_step, used_at FROM credentials WHERE id = $1',
    [bytes(proof.credentialId)],
  )
  if (!credential || !owner?.equals(credential.subscriber_id) || credential.check_name !== proof.check) return false
  if (credential.used_at !== null) return false
  return proof.step === null || credential.last_step === null || proof.step > credential.last_step
}

function spend(tx: Transaction, act: Act, { ticketId, fingerprint, siteId, forgetAt, proof }: Walk): void {
  tx.write(
    'INSERT INTO spent_tickets (ticket_id, fingerprint, site_id, spent_at, forget_at) VALUES ($1, $2, $3, $4, $5)',
    [bytes(ticketId), bytes(fingerprint), bytes(siteId), act.at, forgetAt],
  )
  useUp(tx, act, proof)
}

/** What was honored once is not honored again. */
export function useUp(tx: Transaction, act: Act, proof: Proof): void {
  if (proof.step === null) {
    tx.write('UPDATE credentials SET used_at = $2 WHERE id = $1', [bytes(proof.credentialId), act.at])
  } else {
    tx.write('UPDATE credentials SET last_step = $2 WHERE id = $1', [bytes(proof.credentialId), proof.step])
  }
}

const VALIDATE = `UPDATE certificates SET validated_at = $2, validated_with = $3,
    expires_at = CASE WHEN expires_at >= $4 THEN expires_at WHEN not_after < $4 THEN not_after ELSE $4 END
  WHERE fingerprint = $1`

function validate(tx: Transaction, act: Act, { fingerprint, proof, extendTo }: Walk): void {
  tx.write(VALIDATE, [bytes(fingerprint), act.at, proof.check, extendTo])
}
