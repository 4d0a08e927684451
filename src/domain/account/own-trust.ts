import { IdentityError } from '../../errors.ts'
import { cleanText } from '../clean-text.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import { countTry } from '../proving/guesses.ts'
import type { Store } from '../store.ts'
import { textRefused } from '../trust/site-statements.ts'
import { type IntrusionReport, MOST_MESSAGE, type Vouch } from '../trust/trust.ts'
import type { AccountSession } from './account-session.ts'

/** All that sites say of a person, with their names: it is his to know. */
export interface OwnTrustView {
  /** other sites are told nothing */
  readonly hidden: boolean
  readonly vouches: readonly (Vouch & { readonly site: string })[]
  readonly reports: readonly (IntrusionReport & { readonly site: string })[]
}

/** What sites say of a person, in his hands. All throw store-unavailable. */
export interface OwnTrust {
  view(session: Pick<AccountSession, 'subscriberId'>): Promise<OwnTrustView>
  /** Other sites are told nothing of it any more, neither what speaks for him nor what speaks against him; or all of it again. */
  hide(session: AccountSession, hidden: boolean): Promise<void>
  /**
   * Says that a report is wrong: until its site says it again it weighs nothing.
   * @throws IdentityError text-invalid, report-unknown, report-settled: this report was appealed before
   */
  appeal(session: AccountSession, reportId: string, words: string): Promise<void>
}

const REPORT_ID = /^[0-9a-f]{32}$/
const DAY = 86_400_000

/** Each is told to sites: a switch must not become a signal. */
const MOST_A_DAY = 20

export function createOwnTrust({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'run' | 'vouchesFor' | 'reportsOn' | 'isTrustHidden'>
  readonly clock: Clock
}): OwnTrust {
  const count = (subscriberId: Hex, at: number): Promise<void> =>
    countTry(store, { key: `own-trust:${subscriberId}`, period: DAY, most: MOST_A_DAY }, at, TOO_OFTEN)
  return {
    view: ({ subscriberId }) => ownTrust(store, subscriberId, clock.now()),

    async hide({ subscriberId, actor }, hidden) {
      const at = clock.now()
      await count(subscriberId, at)
      await store.run('hideTrust', { at, actor }, subscriberId, hidden)
    },

    async appeal({ subscriberId, actor }, reportId, words) {
      const appeal = cleanText(words.replace(/[\r\n\t]+/g, ' '), MOST_MESSAGE, textRefused)
      if (!REPORT_ID.test(reportId)) throw reportUnknown()
      const at = clock.now()
      await count(subscriberId, at)
      const outcome = await store.run('appealReport', { at, actor }, subscriberId, reportId, appeal)
      if (outcome === 'unknown') throw reportUnknown()
      if (outcome === 'settled')
        throw new IdentityError(
          'report-settled',
          'You have answered this report before. If its site said it again, only the site can take it back: ask there.',
        )
    },
  }
}

/** What stands for and against a person at `now`. @throws IdentityError store-unavailable */
export async function ownTrust(
  store: Pick<Store, 'vouchesFor' | 'reportsOn' | 'isTrustHidden'>,
  subscriberId: Hex,
  now: number,
): Promise<OwnTrustView> {
  return {
    hidden: await store.isTrustHidden(subscriberId),
    vouches: await store.vouchesFor(subscriberId, now),
    reports: await store.reportsOn(subscriberId, now),
  }
}

const TOO_OFTEN = 'You have changed this very often today. Try again tomorrow.'

function reportUnknown(): IdentityError {
  return new IdentityError('report-unknown', 'There is no such report about you any more. Look at the page again.')
}
