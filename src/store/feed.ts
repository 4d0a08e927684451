import type { Change } from '../domain/feed.ts'
import { type Query, query } from './transaction.ts'

/** More changes than this are not told one by one: whoever is so far behind forgets all that he holds. */
const MOST_CHANGES = 1_000

export interface News {
  readonly position: number
  readonly changes: readonly Change[] | 'everything'
}

/** The feed's newest position. */
export const NEWEST_POSITION: Query<number> = query<{ position: number }, number>(
  'SELECT position FROM ledger WHERE id = 1',
  [],
  (rows) => rows[0]!.position,
)

/**
 * What of the feed has to be read to come from `since` to `position`, or the answer itself when nothing has.
 * A `since` from the future is a store that was set back: nothing that is held of it can be believed.
 */
export function newsBetween(since: number, position: number): News | Query<News> {
  if (since === position) return { position, changes: [] }
  if (since > position || position - since > MOST_CHANGES) return { position, changes: 'everything' }
  return query<Change, News>(
    'SELECT position, kind, key FROM changes WHERE position > $1 AND position <= $2 ORDER BY position',
    [since, position],
    (rows) => ({ position, changes: rows.length === position - since ? rows : 'everything' }),
  )
}
