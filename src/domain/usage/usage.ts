import { IdentityError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import { monthOf, monthText } from './month.ts'
import type { ServiceUsage, UsageReads } from './usage-store.ts'

/** How many people one site signed in during one month. */
export interface MonthlyUsage {
  /** yyyymm, in UTC */
  readonly month: number
  /** false: the month is still running, or has ended so lately that answers of its last moment may still be counted */
  readonly complete: boolean
  /** all services together, each person once */
  readonly people: number
  /** in order of name; each person once at each */
  readonly services: readonly ServiceUsage[]
}

/** Read off counts that are kept with the sign-ins themselves: exact, and as quick for a million people as for one. */
export interface Usage {
  /**
   * @param siteId of the calling service, proven by its certificate
   * @param month yyyymm
   * @throws IdentityError query-invalid: a month to come; store-unavailable
   */
  of(siteId: Hex, month: number): Promise<MonthlyUsage>
}

export function createUsage({ store, clock }: { readonly store: UsageReads; readonly clock: Clock }): Usage {
  return {
    async of(siteId, month) {
      const complete = isComplete(month, clock.now())
      const [usage] = await store.usage(month, siteId)
      return { month, complete, people: usage?.people ?? 0, services: usage?.services ?? [] }
    },
  }
}

/** Nodes' clocks differ, and an answer that was decided in the month is written a moment later. */
const SETTLING = 10 * 60_000

/**
 * @param now epoch ms
 * @throws IdentityError query-invalid: a month to come
 */
export function isComplete(month: number, now: number): boolean {
  if (month <= monthOf(now)) return month < monthOf(now - SETTLING)
  throw new IdentityError(
    'query-invalid',
    `The month ${monthText(month)} has not begun. Ask for this one, or one before it.`,
  )
}
