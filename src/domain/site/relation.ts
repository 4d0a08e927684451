import type { Hex } from '../hex.ts'

/** The first valid answer of a month to one service about somebody. */
export interface SignIn {
  readonly siteId: Hex
  readonly service: string
  readonly subscriberId: Hex
  /** what the subject follows from, and the subject itself, as the answer was decided */
  readonly generation: number
  readonly subject: string
  /** yyyymm */
  readonly month: number
  /** epoch ms */
  readonly at: number
}

/** That a site knows somebody: what its sign-in rows tell, all of its services together. */
export interface Relation {
  readonly siteId: Hex
  /** the site's name; a site that was removed keeps it here */
  readonly site: string
  /** the first sign-in that still counts, epoch ms */
  readonly since: number
  /** the newest month with a sign-in, yyyymm */
  readonly lastMonth: number
  /** how often its owner wanted to be forgotten there: the subject follows from it */
  readonly generation: number
}
