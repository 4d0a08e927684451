import type { Act, Awaitable } from '../act.ts'
import type { Hex } from '../hex.ts'
import type { IntrusionReport, Vouch, VouchKind } from './trust.ts'
import type { Statement } from './trust-rule.ts'

/** A site's service that says something, proven by its certificate in the handshake of this request. */
export interface Speaker {
  readonly siteId: Hex
  readonly service: string
  /** of its API certificate: what it says is told in the audit with it */
  readonly fingerprint: Hex
}

/** A site, and what its word weighed when that was reckoned last; 0: never. */
export interface SiteStanding {
  readonly siteId: Hex
  readonly createdAt: number
  readonly weight: number
}

/** Which of a site's people are looked at, and who must know them. */
export interface PeopleQuestion {
  readonly siteId: Hex
  readonly most: number
  /** those whose subjects lie behind the one, up to the other; bytes of any length, compared as subjects are */
  readonly after: Hex
  readonly upTo: Hex
  /** other sites that were registered before this time, and have known the person since before that one, epoch ms */
  readonly registeredBefore: number
  readonly knownBefore: number
}

/** One of a site's people. */
export interface WeighedPerson {
  readonly subject: Hex
  /** by this site itself; who was not does not count */
  readonly met: boolean
  /** the weight of the heaviest of those other sites that knows him; 0: none does, or he was not met by this site */
  readonly known: number
}

/**
 * That somebody came from a site, proved himself, and was sent back there. The house has seen that itself; of a question
 * about a fingerprint it cannot tell where the site has it from.
 */
export interface Meeting {
  readonly siteId: Hex
  readonly site: string
  /** epoch ms */
  readonly firstAt: number
}

export interface TrustReads {
  /**
   * What other sites say of the person behind a subject at `now`: a vouch that is not heard with the weight 0, such a report
   * not at all. Nothing, where the owner hides it. At most 1,000.
   */
  statementsAbout(siteId: Hex, subject: string, now: number): Awaitable<readonly Statement[]>
  /** What a site says itself of whom it knows by this subject. */
  ownVouch(siteId: Hex, subject: string, now: number): Awaitable<Vouch | undefined>
  ownReport(siteId: Hex, subject: string, now: number): Awaitable<IntrusionReport | undefined>
  /** All that stands for and against a person, whatever it weighs, with the sites' names; newest first, at most 1,000. */
  vouchesFor(subscriberId: Hex, now: number): Awaitable<readonly (Vouch & { readonly site: string })[]>
  reportsOn(subscriberId: Hex, now: number): Awaitable<readonly (IntrusionReport & { readonly site: string })[]>
  isTrustHidden(subscriberId: Hex): Awaitable<boolean>
  /** The sites that are registered, oldest first. */
  siteStandings(): Awaitable<readonly SiteStanding[]>
  /** In order of subject. */
  peopleOf(question: PeopleQuestion): Awaitable<readonly WeighedPerson[]>
  /** Whether the site has met whom it knows by this subject; false for nobody. */
  isMet(siteId: Hex, subject: string): Awaitable<boolean>
  /** The sites that have met a person, the first one first. */
  meetings(subscriberId: Hex): Awaitable<readonly Meeting[]>
}

/** `unknown`: this site knows nobody by this subject at that moment. */
export interface TrustCommands {
  /** Replaces what the site vouched for before. Told to the other sites where it changes something. */
  vouch(
    act: Act,
    speaker: Speaker,
    subject: string,
    vouch: { readonly kind: VouchKind; readonly expiresAt: number },
  ): 'vouched' | 'unknown'
  withdrawVouch(act: Act, speaker: Speaker, subject: string): 'withdrawn' | 'unknown'
  /** Replaces a standing report; confirms one that was appealed, which then ends when it would have ended. */
  reportIntrusion(
    act: Act,
    speaker: Speaker,
    subject: string,
    report: Pick<IntrusionReport, 'id' | 'severity' | 'message' | 'expiresAt'>,
  ): 'reported' | 'unknown'
  withdrawReport(act: Act, speaker: Speaker, subject: string): 'withdrawn' | 'unknown'
  /** `settled`: it was appealed before. */
  appealReport(act: Act, subscriberId: Hex, reportId: Hex, appeal: string): 'appealed' | 'settled' | 'unknown'
  hideTrust(act: Act, subscriberId: Hex, hidden: boolean): 'changed' | 'unknown'
  weighSite(siteId: Hex, standing: { weight: number; people: number; shared: number; at: number }): 'weighed'
}
