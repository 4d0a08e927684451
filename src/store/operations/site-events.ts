import type { Hex } from '../../domain/hex.ts'
import type { SiteEvent, SiteEventName } from '../../domain/site/site-event.ts'
import type { SiteEventRange } from '../../domain/store.ts'
import { bytes, hex } from '../columns.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { tellStreams } from './security-events.ts'

const TELL = `INSERT INTO site_events (site_id, position, subscriber_id, generation, event, at)
  SELECT s.site_id, CAST($2 AS BIGINT), s.subscriber_id, COALESCE(g.generation, 0), CAST($3 AS TEXT), CAST($4 AS BIGINT)
  FROM (SELECT DISTINCT site_id, subscriber_id FROM sign_ins WHERE subscriber_id = $1 AND forgotten_at IS NULL) s
  LEFT JOIN subject_generations g ON g.site_id = s.site_id AND g.subscriber_id = s.subscriber_id`

const TELL_ONE = `${TELL} WHERE s.site_id = $5`
const TELL_OTHERS = `${TELL} WHERE s.site_id <> $5`

/** What happened to whom, at which position of the feed. */
interface Telling {
  /** null: nobody that a site could have signed in */
  readonly subscriberId: Buffer | null
  readonly event: SiteEventName
  readonly position: number
  readonly at: number
  /** default: every site that knows the person */
  readonly siteId?: Buffer
  /** or every one but this, which did it itself */
  readonly except?: Buffer
}

/** Tells the sites that know a person, as the transaction finds them: written before a relation is forgotten. */
export function tellSites(tx: Transaction, { subscriberId, event, position, at, siteId, except }: Telling): void {
  if (subscriberId === null) return
  const values = [subscriberId, position, event, at]
  if (siteId) tx.write(TELL_ONE, [...values, siteId])
  else if (except) tx.write(TELL_OTHERS, [...values, except])
  else tx.write(TELL, values)
  tellStreams(tx, event, position, at)
}

interface EventColumns {
  site_id: Buffer
  position: number
  subscriber_id: Buffer
  generation: number
  event: SiteEventName
  at: number
}

const BETWEEN = `SELECT site_id, position, subscriber_id, generation, event, at FROM site_events
  WHERE position > $1 AND position <= $2`

/** In order of position. */
export function siteEvents({ after, upTo, siteId, limit, skip = 0 }: SiteEventRange): Query<readonly SiteEvent[]> {
  return query<EventColumns, readonly SiteEvent[]>(
    `${BETWEEN} ${siteId === undefined ? '' : 'AND site_id = $5'} ORDER BY position, site_id LIMIT $3 OFFSET $4`,
    [after, upTo, limit, skip, ...(siteId === undefined ? [] : [bytes(siteId)])],
    (rows) => rows.map(eventOf),
  )
}

/** Up to this position events were forgotten. */
export function siteEventsForgotten(): Query<number> {
  return query<{ events_forgotten: number }, number>(
    'SELECT events_forgotten FROM ledger WHERE id = 1',
    [],
    (rows) => rows[0]!.events_forgotten,
  )
}

function eventOf(row: EventColumns): SiteEvent {
  return {
    position: row.position,
    siteId: hex(row.site_id) satisfies Hex,
    subscriberId: hex(row.subscriber_id),
    generation: row.generation,
    event: row.event,
    at: row.at,
  }
}
