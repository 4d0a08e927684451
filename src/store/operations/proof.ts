import type { Act } from '../../domain/act.ts'
import type { AnsweredChallenge, CheckName, Proof } from '../../domain/proving/check.ts'
import { bytes } from '../columns.ts'
import type { Transaction } from '../transaction.ts'

interface ProofColumns {
  subscriber_id: Buffer
  check_name: CheckName
  last_step: number | null
  used_at: number | null
}

/** Whether what was answered has not been used before, check by check. */
const IS_NEW: Readonly<Record<CheckName, (proof: Proof, held: ProofColumns) => boolean>> = {
  // Passkeys that are synchronized between devices do not count, and stay at 0.
  // https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
  passkey: ({ step, once }, { last_step }) =>
    once !== undefined && step !== null && ((step === 0 && (last_step ?? 0) === 0) || step > (last_step ?? 0)),
  totp: ({ step }, { last_step }) => step !== null && (last_step === null || step > last_step),
  password: () => true,
  'recovery-code': (_proof, { used_at }) => used_at === null,
}

/** Whether the proof is the certificate's owner's, and was not used before: a step counts once, and never backwards. */
export async function isFresh(tx: Transaction, proof: Proof, owner: Buffer | null): Promise<boolean> {
  const held = await tx.one<ProofColumns>(
    'SELECT subscriber_id, check_name, last_step, used_at FROM credentials WHERE id = $1',
    [bytes(proof.credentialId)],
  )
  if (!held || !owner?.equals(held.subscriber_id) || held.check_name !== proof.check) return false
  return IS_NEW[proof.check](proof, held) && (proof.once === undefined || (await isUnanswered(tx, proof.once)))
}

/** What was honored once is not honored again. */
export function useUp(tx: Transaction, act: Act, { check, credentialId, step, once }: Proof): void {
  const isSpent = check === 'recovery-code'
  tx.write(
    `UPDATE credentials SET last_used_at = $2, used_at = CASE WHEN $3 = 1 THEN $2 ELSE used_at END,
      last_step = COALESCE($4, last_step) WHERE id = $1`,
    [bytes(credentialId), act.at, isSpent ? 1 : 0, step],
  )
  if (once) rememberAnswered(tx, once)
}

/** Challenges are no rows until they are answered; then they stand among the guesses, which are forgotten later than they end. */
export async function isUnanswered(tx: Transaction, { id, expiresAt }: AnsweredChallenge): Promise<boolean> {
  return (
    (await tx.one('SELECT key FROM guesses WHERE key = $1 AND started_at = $2', [keyOf(id), expiresAt])) === undefined
  )
}

export function rememberAnswered(tx: Transaction, { id, expiresAt }: AnsweredChallenge): void {
  tx.write('INSERT INTO guesses (key, started_at, count) VALUES ($1, $2, 1)', [keyOf(id), expiresAt])
}

function keyOf(id: string): string {
  return `challenge:${id}`
}
