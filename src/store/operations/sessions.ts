import type { Session } from '../../domain/account/session.ts'
import type { Act } from '../../domain/act.ts'
import type { CertificateStatus } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import type { CheckName, Proof } from '../../domain/proving/check.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { isFresh, useUp } from './proof.ts'

interface SessionColumns {
  id_hash: Buffer
  fingerprint: Buffer
  subscriber_id: Buffer
  proven_at: number
  proven_with: CheckName
  seen_at: number
  forget_at: number
}

export function session(idHash: Hex): Query<Session | undefined> {
  return query<SessionColumns, Session | undefined>(
    `SELECT id_hash, fingerprint, subscriber_id, proven_at, proven_with, seen_at, forget_at
      FROM sessions WHERE id_hash = $1`,
    [bytes(idHash)],
    ([row]) =>
      row && {
        idHash: hex(row.id_hash),
        fingerprint: hex(row.fingerprint),
        subscriberId: hex(row.subscriber_id),
        provenAt: row.proven_at,
        provenWith: row.proven_with,
        seenAt: row.seen_at,
        forgetAt: row.forget_at,
      },
  )
}

interface OpeningColumns {
  status: CertificateStatus
  not_after: number
  subscriber_id: Buffer | null
}

export async function openSession(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  session: Session,
  proof: Proof,
  replaced: Hex | null,
  isTold: boolean,
): Promise<'opened' | 'proof-used' | 'not-active'> {
  const opening = await tx.one<OpeningColumns>(
    'SELECT status, not_after, subscriber_id FROM certificates WHERE fingerprint = $1',
    [bytes(session.fingerprint)],
  )
  if (opening?.status !== 'active' || opening.not_after < act.at) return 'not-active'
  if (!opening.subscriber_id?.equals(bytes(session.subscriberId))) return 'not-active'
  if (!(await isFresh(tx, proof, opening.subscriber_id))) return 'proof-used'

  useUp(tx, act, proof)
  if (replaced !== null) tx.write('DELETE FROM sessions WHERE id_hash = $1', [bytes(replaced)])
  tx.write(
    `INSERT INTO sessions (id_hash, fingerprint, subscriber_id, proven_at, proven_with, seen_at, forget_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      bytes(session.idHash),
      bytes(session.fingerprint),
      bytes(session.subscriberId),
      session.provenAt,
      session.provenWith,
      session.seenAt,
      session.forgetAt,
    ],
  )
  if (isTold)
    ledger.record({ ...act, action: 'account-opened', object: session.fingerprint, detail: { check: proof.check } })
  return 'opened'
}

export async function seeSession(tx: Transaction, _ledger: Ledger, idHash: Hex, at: number): Promise<'seen'> {
  tx.write('UPDATE sessions SET seen_at = $2 WHERE id_hash = $1 AND seen_at < $2', [bytes(idHash), at])
  return 'seen'
}

export async function endSession(tx: Transaction, _ledger: Ledger, idHash: Hex): Promise<'ended'> {
  tx.write('DELETE FROM sessions WHERE id_hash = $1', [bytes(idHash)])
  return 'ended'
}
