import type { Hex } from '../hex.ts'

/** What a site is told of a person that it has signed in. It asks again then: an event says that, never what, the verdict is. */
export const SITE_EVENTS = [
  'revoked',
  'held',
  'released',
  'needs-revalidation',
  'erased',
  'trust-changed',
  'account-changed',
] as const
export type SiteEventName = (typeof SITE_EVENTS)[number]

/** Those after which somebody may no longer be signed in, or not as who he was: no site can want not to hear them. */
export const ESSENTIAL_EVENTS: readonly SiteEventName[] = [
  'revoked',
  'held',
  'needs-revalidation',
  'erased',
  'account-changed',
]

/**
 * A row of what one site is told, written in the transaction of the change. It names the person and no certificate: two
 * sites that were told of the same certificate could find out by it that they speak of the same person.
 */
export interface SiteEvent {
  /** of the change in the feed; each site has one event at it at most */
  readonly position: number
  readonly siteId: Hex
  readonly subscriberId: Hex
  /** part of the subject, as it was before the change */
  readonly generation: number
  readonly event: SiteEventName
  /** epoch ms */
  readonly at: number
}

/** Somebody who follows what one site is told. */
export interface EventReader {
  /** One site's, in commit order. */
  tell(events: readonly SiteEvent[]): void
  /**
   * The store was asked: all up to this position has been told.
   * @param at when the question was sent, ms of a clock that only runs forward
   */
  prove(position: number, at: number): void
  /** Events may have been lost: whatever was heard before is void, and the telling goes on from this position. */
  reset(position: number): void
  /** The telling ends. */
  end(): void
}

/** Tells sites what changed, for as long as they listen. */
export interface SiteEvents {
  /**
   * @param since the position up to which the reader knows everything; undefined: it begins now
   * @returns stops the telling
   */
  follow(siteId: Hex, since: number | undefined, reader: EventReader): () => void
  /** Ends all readers. */
  close(): void
}
