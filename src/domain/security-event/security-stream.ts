import type { Hex } from '../hex.ts'
import type { SecurityEventType } from './security-event.ts'

/** `push`: sent to the site (RFC 8935); `poll`: fetched by it (RFC 8936). */
export const DELIVERY_METHODS = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const
export type Delivery = keyof typeof DELIVERY_METHODS

/**
 * `paused`: what happens is kept for later; `disabled`: it is not.
 * https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.2
 */
export const STREAM_STATUSES = ['enabled', 'paused', 'disabled'] as const
export type StreamStatus = (typeof STREAM_STATUSES)[number]

/** A site's stream of security events. Each site has one at most. */
export interface SecurityStream {
  readonly siteId: Hex
  readonly id: Hex
  readonly delivery: Delivery
  /** where it is pushed to: the address that the operator has registered; null where it is polled */
  readonly pushUrl: string | null
  /** the types that the receiver asked for, as he spelled them; null: whatever there is */
  readonly requested: readonly string[] | null
  /** those of them that it carries */
  readonly types: readonly SecurityEventType[]
  readonly description: string | null
  readonly status: StreamStatus
  readonly statusReason: string | null
}

/** Where the operator lets a site's events be pushed. */
export interface PushAddress {
  readonly siteId: Hex
  /** https, without credentials */
  readonly url: string
  /** addresses of private networks may be reached by it */
  readonly allowPrivate: boolean
  /** whom to believe who the receiver is, PEM; null: the public authorities */
  readonly anchors: string | null
  /** all of this once more, with what the `Authorization` header says: what is dialed follows from it alone */
  readonly sealed: Uint8Array
}
