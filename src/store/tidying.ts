import type { Ledger } from './ledger.ts'
import type { Transaction } from './transaction.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Nodes ask for the feed at every turn: whoever is further behind than this forgets all that he holds. */
const FEED_KEPT = 10 * MINUTE

/** Longer than any window in which guesses are counted: the longest is a day. */
const GUESSES_KEPT = 48 * HOUR

/** So many rows of a kind at a time, so that other commands do not wait for long. */
const MOST_FORGOTTEN = 10_000

export async function tidy(tx: Transaction, _ledger: Ledger, now: number): Promise<'tidied'> {
  tx.write(
    `DELETE FROM spent_tickets WHERE ticket_id IN
      (SELECT ticket_id FROM spent_tickets WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2)`,
    [now, MOST_FORGOTTEN],
  )
  tx.write(
    `DELETE FROM guesses WHERE (key, started_at) IN (SELECT key, started_at FROM guesses WHERE started_at < $1 LIMIT $2)`,
    [now - GUESSES_KEPT, MOST_FORGOTTEN],
  )
  // always the oldest rows, so that those which are left have no gaps
  tx.write(
    `DELETE FROM changes WHERE position <= (SELECT max(position) FROM
      (SELECT position, at FROM changes ORDER BY position LIMIT $2) AS oldest WHERE at < $1)`,
    [now - FEED_KEPT, MOST_FORGOTTEN],
  )
  return 'tidied'
}
