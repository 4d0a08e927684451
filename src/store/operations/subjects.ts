import type { Hex } from '../../domain/hex.ts'
import type { SignIn } from '../../domain/site/relation.ts'
import { bytes, hex } from '../columns.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

const OWNER = 'SELECT subscriber_id FROM subjects WHERE site_id = $1 AND subject = $2'

export function subscriberOf(siteId: Hex, subject: string): Query<Hex | undefined> {
  return query<{ subscriber_id: Buffer }, Hex | undefined>(
    OWNER,
    [bytes(siteId), subjectBytes(subject)],
    ([row]) => row && hex(row.subscriber_id),
  )
}

/** The same inside a transaction: nobody can be forgotten between the question and what is done with its answer. */
export async function ownerOf(tx: Transaction, siteId: Hex, subject: string): Promise<Buffer | undefined> {
  const row = await tx.one<{ subscriber_id: Buffer }>(OWNER, [bytes(siteId), subjectBytes(subject)])
  return row?.subscriber_id
}

/** As whom a site ($2) knows somebody ($1): how often he was forgotten there. */
export const GENERATION = `COALESCE((SELECT generation FROM subject_generations g
  WHERE g.subscriber_id = $1 AND g.site_id = $2), 0)`

/** Whether somebody has a certificate that could be signed in with. Who was erased since it was decided has none. */
export const STANDS = "EXISTS (SELECT 1 FROM certificates WHERE subscriber_id = $2 AND status <> 'revoked')"

/** Whether the subject that a sign-in was decided with is still the person's there. Who was forgotten meanwhile has another. */
export const STILL_SO = `COALESCE((SELECT generation FROM subject_generations WHERE site_id = $1 AND subscriber_id = $2), 0) = $3
  AND ${STANDS}`

// Since when somebody is known is what his sign-ins say: a row that is made good does not make him new there.
const KEEP = `INSERT INTO subjects (site_id, subscriber_id, subject, since)
  SELECT $1, $2, $4, COALESCE((SELECT min(first_at) FROM sign_ins
    WHERE site_id = $1 AND subscriber_id = $2 AND forgotten_at IS NULL), $5) WHERE ${STILL_SO}
  ON CONFLICT (subscriber_id, site_id) DO UPDATE SET subject = excluded.subject WHERE subjects.subject <> excluded.subject`

export function keepSubject(tx: Transaction, { siteId, subscriberId, generation, subject, at }: SignIn): void {
  tx.write(KEEP, [bytes(siteId), bytes(subscriberId), generation, subjectBytes(subject), at])
}

function subjectBytes(subject: string): Buffer {
  return Buffer.from(subject, 'base64url')
}
