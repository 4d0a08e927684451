import type { Ledger } from '../ledger.ts'
import type { Transaction } from '../transaction.ts'
import { endMeetingsOfRemoved } from './meetings.ts'
import { forgetSecurityEvents } from './security-events.ts'
import { endAccountsOfRemoved } from './site-accounts.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Nodes ask for the feed at every turn: whoever is further behind than this forgets all that he holds. */
const FEED_KEPT = 10 * MINUTE

/** A site whose service was away for longer asks about everybody anew. */
const SITE_EVENTS_KEPT = 24 * HOUR

/** Longer than any window in which guesses are counted: the longest is a day. */
const GUESSES_KEPT = 48 * HOUR

/** So many rows of a kind at a time, so that other commands do not wait for long; whoever tidies comes again for the rest. */
const MOST_FORGOTTEN = 10_000

/** What has an end of its own: table, key, and when it ends. */
const ENDING = [
  ['spent_tickets', 'ticket_id', 'forget_at'],
  ['sessions', 'id_hash', 'forget_at'],
  ['pairings', 'id', 'expires_at'],
  ['vouches', 'subscriber_id, site_id', 'expires_at'],
  ['intrusion_reports', 'id', 'expires_at'],
] as const

export async function tidy(tx: Transaction, _ledger: Ledger, now: number): Promise<'tidied' | 'unfinished'> {
  const forgotten = [
    await tx.run(
      `DELETE FROM guesses WHERE (key, started_at) IN (SELECT key, started_at FROM guesses WHERE started_at < $1 LIMIT $2)`,
      [now - GUESSES_KEPT, MOST_FORGOTTEN],
    ),
    // an invitation that nobody used in time; one that was used is kept, so that a second one who comes is told
    await tx.run(
      `DELETE FROM invitations WHERE token_hash IN (SELECT token_hash FROM invitations
        WHERE used_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2)`,
      [now, MOST_FORGOTTEN],
    ),
    ...(await forgetEnded(tx, now)),
    ...(await forgetTold(tx, now)),
    await forgetSecurityEvents(tx, now, MOST_FORGOTTEN),
    await endAccountsOfRemoved(tx, MOST_FORGOTTEN),
    await endMeetingsOfRemoved(tx, MOST_FORGOTTEN),
  ]
  return forgotten.some((count) => count >= MOST_FORGOTTEN) ? 'unfinished' : 'tidied'
}

/** @returns how many rows of each table */
async function forgetEnded(tx: Transaction, now: number): Promise<readonly number[]> {
  const counts: number[] = []
  for (const [table, key, end] of ENDING) {
    const ended = `SELECT ${key} FROM ${table} WHERE ${end} <= $1 ORDER BY ${end} LIMIT $2`
    counts.push(await tx.run(`DELETE FROM ${table} WHERE (${key}) IN (${ended})`, [now, MOST_FORGOTTEN]))
  }
  return counts
}

/**
 * The feed, and what sites were told: always the oldest rows, so that those which are left have no gaps.
 * @returns how many rows of each table
 */
async function forgetTold(tx: Transaction, now: number): Promise<readonly number[]> {
  const changes = await tx.run(
    `DELETE FROM changes WHERE position <= (SELECT max(position) FROM
      (SELECT position, at FROM changes ORDER BY position LIMIT $2) AS oldest WHERE at < $1)`,
    [now - FEED_KEPT, MOST_FORGOTTEN],
  )
  tx.write(
    `UPDATE ledger SET events_forgotten = COALESCE((SELECT max(position) FROM
      (SELECT position, at FROM site_events ORDER BY position LIMIT $2) AS oldest WHERE at < $1), events_forgotten)
      WHERE id = 1`,
    [now - SITE_EVENTS_KEPT, MOST_FORGOTTEN],
  )
  const told = 'DELETE FROM site_events WHERE position <= (SELECT events_forgotten FROM ledger WHERE id = 1)'
  return [changes, await tx.run(told, [])]
}
