import { randomBytes } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Act } from '../act.ts'
import { cleanText } from '../clean-text.ts'
import type { Clock } from '../clock.ts'
import { countTry } from '../proving/guesses.ts'
import type { Asker } from '../site/asker.ts'
import { isSubject, subjectUnknown, subscriberOf } from '../site/subjects.ts'
import type { Store } from '../store.ts'
import {
  type IntrusionReport,
  LONGEST_VOUCH,
  MOST_MESSAGE,
  REPORT_PERIOD,
  type Severity,
  VOUCH_PERIOD,
  type Vouch,
  type VouchKind,
} from './trust.ts'
import { figureOf, type TrustFigure } from './trust-rule.ts'
import type { Speaker } from './trust-store.ts'

/**
 * What a site says of people whom it has signed in, and what it is told of what others say. All throw IdentityError
 * subject-unknown, the same for nobody and for whom it may not speak of, and store-unavailable; what says or takes back
 * something also too-many-guesses.
 */
export interface SiteStatements {
  /**
   * Vouches, in place of what the site vouched for before.
   * @param end undefined: after 180 days
   * @throws IdentityError query-invalid: it is past, or more than a year ahead
   */
  vouch(asker: Asker, subject: string, kind: VouchKind, end: VouchEnd | undefined): Promise<Vouch>
  withdrawVouch(asker: Asker, subject: string): Promise<void>
  ownVouch(asker: Asker, subject: string): Promise<Vouch | null>
  /** @throws IdentityError text-invalid: a message of 1 to 500 visible characters is wanted */
  report(asker: Asker, subject: string, severity: Severity, message: string): Promise<IntrusionReport>
  withdrawReport(asker: Asker, subject: string): Promise<void>
  ownReport(asker: Asker, subject: string): Promise<IntrusionReport | null>
  /**
   * Whether what the site says of this person is heard: only of whom it has met, since whoever has a fingerprint from
   * elsewhere can ask about it too.
   */
  isMet(asker: Pick<Asker, 'site'>, subject: string): Promise<boolean>
  /** Null: nobody else says anything that weighs, or the owner hides it. */
  figure(asker: Pick<Asker, 'site'>, subject: string): Promise<TrustFigure | null>
}

/** When a vouch ends: so many ms from now, or at a time (epoch ms). */
export type VouchEnd = { readonly in: number } | { readonly at: number }

const DAY = 86_400_000

/** Each act writes to the audit and may be told to others: so many a day, for one site in all and for one person there. */
const ACTS_OF_SITE = 5_000
const ACTS_ON_PERSON = 20

interface Parts {
  readonly store: Pick<Store, 'run' | 'subscriberOf' | 'isMet' | 'ownVouch' | 'ownReport' | 'statementsAbout'>
  readonly clock: Clock
}

export function createSiteStatements(parts: Parts): SiteStatements {
  const { store, clock } = parts
  return {
    async vouch(asker, subject, kind, end) {
      const expiresAt = requireVouchEnd(clock.now(), end)
      const { act, speaker } = await admit(parts, asker, subject)
      const vouch = { kind, expiresAt }
      if ((await store.run('vouch', act, speaker, subject, vouch)) === 'unknown') throw subjectUnknown()
      return required(await store.ownVouch(speaker.siteId, subject, act.at))
    },

    async withdrawVouch(asker, subject) {
      const { act, speaker } = await admit(parts, asker, subject)
      if ((await store.run('withdrawVouch', act, speaker, subject)) === 'unknown') throw subjectUnknown()
    },

    async ownVouch({ site }, subject) {
      await subscriberOf(store, site.id, subject)
      return (await store.ownVouch(site.id, subject, clock.now())) ?? null
    },

    async report(asker, subject, severity, message) {
      const cleaned = cleanText(message.replace(/[\r\n\t]+/g, ' '), MOST_MESSAGE, textRefused)
      const { act, speaker } = await admit(parts, asker, subject)
      const report = {
        id: randomBytes(16).toString('hex'),
        severity,
        message: cleaned,
        expiresAt: act.at + REPORT_PERIOD,
      }
      if ((await store.run('reportIntrusion', act, speaker, subject, report)) === 'unknown') throw subjectUnknown()
      return required(await store.ownReport(speaker.siteId, subject, act.at))
    },

    async withdrawReport(asker, subject) {
      const { act, speaker } = await admit(parts, asker, subject)
      if ((await store.run('withdrawReport', act, speaker, subject)) === 'unknown') throw subjectUnknown()
    },

    async ownReport({ site }, subject) {
      await subscriberOf(store, site.id, subject)
      return (await store.ownReport(site.id, subject, clock.now())) ?? null
    },

    async isMet({ site }, subject) {
      await subscriberOf(store, site.id, subject)
      return store.isMet(site.id, subject)
    },

    async figure({ site }, subject) {
      if (!isSubject(subject)) throw subjectUnknown()
      return figureOf(await store.statementsAbout(site.id, subject, clock.now()))
    },
  }
}

/** Whoever may speak at all is counted before he is heard. */
async function admit(
  { store, clock }: Parts,
  { site, service, fingerprint }: Asker,
  subject: string,
): Promise<{ readonly act: Act; readonly speaker: Speaker }> {
  const at = clock.now()
  await subscriberOf(store, site.id, subject)
  // by the subject, never by who is behind it: a full count would tell that somebody who was forgotten is back
  const bounds = [
    [`trust:${site.id}:${subject}`, ACTS_ON_PERSON],
    [`trust:${site.id}`, ACTS_OF_SITE],
  ] as const
  for (const [key, most] of bounds) await countTry(store, { key, period: DAY, most }, at, TOO_MANY)
  return { act: { at, actor: `site:${site.name}` }, speaker: { siteId: site.id, service, fingerprint } }
}

const TOO_MANY = 'Your site has said too much of people today. Go on tomorrow (UTC); what stands goes on standing.'

function requireVouchEnd(now: number, end: VouchEnd = { in: VOUCH_PERIOD }): number {
  const expiresAt = 'in' in end ? now + end.in : end.at
  if (expiresAt > now && expiresAt <= now + LONGEST_VOUCH) return expiresAt
  throw new IdentityError(
    'query-invalid',
    'A vouch ends in the future, and within 365 days. Vouch again before it does.',
  )
}

export function textRefused(what: string): IdentityError {
  return new IdentityError(
    'text-invalid',
    `This text cannot be taken. ${what} Use 1 to ${MOST_MESSAGE} visible characters.`,
  )
}

/** It was stored a moment ago; whoever was forgotten in this very moment is nobody any more. */
function required<T>(stored: T | undefined): T {
  if (stored === undefined) throw subjectUnknown()
  return stored
}
