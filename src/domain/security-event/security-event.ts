import { createHmac } from 'node:crypto'
import type { Hex } from '../hex.ts'
import { keyObject } from '../key-object.ts'
import type { Site } from '../site/site.ts'
import type { SiteEventName } from '../site/site-event.ts'
import { pairwiseSubject } from '../site/subject.ts'

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/'
const RISC = 'https://schemas.openid.net/secevent/risc/event-type/'
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/'

/** What a site's stream may carry: our name for it, and the address by which the profiles name the type. */
export const SECURITY_EVENT_TYPES = {
  // https://openid.net/specs/openid-caep-1_0-final.html#section-3.1
  'session-revoked': `${CAEP}session-revoked`,
  // https://openid.net/specs/openid-caep-1_0-final.html#section-3.3
  'credential-change': `${CAEP}credential-change`,
  // https://openid.net/specs/openid-caep-1_0-final.html#section-3.4
  'assurance-level-change': `${CAEP}assurance-level-change`,
  // https://openid.net/specs/openid-risc-1_0-final.html#section-2.2
  'account-purged': `${RISC}account-purged`,
} as const
export type SecurityEventType = keyof typeof SECURITY_EVENT_TYPES

/** What a stream tells of itself, wanted or not. https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4 */
const STREAM_EVENT_TYPES = {
  verification: `${SSF}verification`,
  'stream-updated': `${SSF}stream-updated`,
} as const
type StreamEventType = keyof typeof STREAM_EVENT_TYPES

const ALL_TYPES: Readonly<Record<SecurityEventType | StreamEventType, string>> = {
  ...SECURITY_EVENT_TYPES,
  ...STREAM_EVENT_TYPES,
}

/**
 * What a site's event is in the words of CAEP and RISC. A hold and a revocation are of one certificate, not of the account
 * (RISC's account-disabled would say too much), but whoever is signed in by it has to go: that is a session revoked. Who
 * was forgotten is gone as this site's account, and for ever. What others say of somebody is no risk that we could put a
 * level on: no type fits, and the site hears of it by `GET /v1/events`.
 */
export const TOLD_AS = {
  revoked: ['session-revoked', 'credential-change'],
  held: ['session-revoked', 'credential-change'],
  released: ['credential-change'],
  'needs-revalidation': ['assurance-level-change'],
  erased: ['session-revoked', 'account-purged'],
  'trust-changed': [],
  'account-changed': [],
} as const satisfies Readonly<Record<SiteEventName, readonly SecurityEventType[]>>

/** One event that a site has not confirmed yet. It names the person and no certificate, as {@link SiteEvent} does. */
export interface SecurityEvent extends SecurityEventKey {
  /** what happened; null: the stream tells of itself */
  readonly event: SiteEventName | null
  readonly subscriberId: Hex | null
  readonly generation: number | null
  /** of a verification: what its receiver wants to read; of an updated stream: why */
  readonly state: string | null
}

/** What distinguishes it from all others of its site, for ever. */
export interface SecurityEventKey {
  /** of the change in the feed */
  readonly position: number
  readonly type: SecurityEventType | StreamEventType
  /** when it happened, epoch ms */
  readonly at: number
}

/** What of an event tells it from all others. */
export function keyOf({ position, type, at }: SecurityEvent): SecurityEventKey {
  return { position, type, at }
}

/** An event that could not be delivered, and waits for the operator. */
export interface DeadLetter extends SecurityEvent {
  /** epoch ms */
  readonly deadAt: number
  /** in a few words of ours, or a code of the receiver's */
  readonly failure: string
}

/** Why a receiver does not take a token; others say nothing to us. https://www.iana.org/assignments/secevent/secevent.xhtml */
const REFUSALS: readonly unknown[] = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
  'invalid_state',
]

/** A receiver's reason as it may be kept and shown: what he writes beside the codes that there are is nobody's business. */
export function refusalOf(code: unknown): string {
  return REFUSALS.includes(code) ? `refused: ${code}` : 'refused'
}

/** Makes tokens of events. */
export interface SecurityEventTokens {
  /** The same at each delivery, so that a receiver knows what he has already. */
  idOf(siteId: Hex, event: SecurityEventKey): string
  /** @returns a compact JWS of type `secevent+jwt` */
  sign(site: Pick<Site, 'id' | 'name'>, streamId: Hex, event: SecurityEvent): Promise<string>
}

/**
 * @param key `keyring['security-event']`
 * @returns 43 characters of base64url. The event's place in the feed does not show: two sites that were told of the same
 *   change have nothing in common by it.
 */
export function tokenId(key: Uint8Array, siteId: Hex, { position, type, at }: SecurityEventKey): string {
  return hmac(key, `id ${siteId} ${position} ${type} ${at}`)
}

/** What a token says of its event. Times are seconds. https://www.rfc-editor.org/rfc/rfc8417#section-2.2 */
export function eventClaims(
  keys: { readonly token: Uint8Array; readonly subject: Uint8Array },
  { issuer, siteId, streamId }: { issuer: string; siteId: Hex; streamId: Hex },
  event: SecurityEvent,
): Readonly<Record<string, unknown>> {
  return {
    sub_id: subjectOf(keys.subject, issuer, siteId, event) ?? { format: 'opaque', id: streamId },
    toe: seconds(event.at),
    // one change that is told as several events has one number
    txn: hmac(keys.token, `change ${siteId} ${event.position}`),
    events: { [ALL_TYPES[event.type]]: CLAIMS[event.type](event) },
  }
}

/** https://www.rfc-editor.org/rfc/rfc9493#section-3.2.3 */
function subjectOf(key: Uint8Array, issuer: string, siteId: Hex, { subscriberId, generation }: SecurityEvent) {
  if (subscriberId === null) return undefined
  return { format: 'iss_sub', iss: issuer, sub: pairwiseSubject(key, siteId, subscriberId, generation ?? 0) }
}

/** Levels of our own: whether the person has to prove himself before he is signed in again. */
const LEVELS = 'urn:countersign:assurance'

const CLAIMS: Readonly<Record<keyof typeof ALL_TYPES, (event: SecurityEvent) => object>> = {
  'session-revoked': (event) => happened(event),
  // neither issuer nor serial: two sites could find out by them that they speak of the same person
  'credential-change': (event) => ({
    ...happened(event),
    credential_type: 'x509',
    change_type: event.event === 'revoked' ? 'revoke' : 'update',
  }),
  'assurance-level-change': (event) => ({
    ...happened(event),
    namespace: LEVELS,
    current_level: 'needs-revalidation',
    change_direction: 'decrease',
  }),
  'account-purged': () => ({}),
  verification: ({ state }) => (state === null ? {} : { state }),
  'stream-updated': ({ state }) => ({ status: 'enabled', ...(state !== null && { reason: state }) }),
}

/** https://openid.net/specs/openid-caep-1_0-final.html#section-2 */
function happened({ at }: SecurityEvent): { readonly event_timestamp: number } {
  return { event_timestamp: seconds(at) }
}

function seconds(time: number): number {
  return Math.floor(time / 1_000)
}

function hmac(key: Uint8Array, text: string): string {
  return createHmac('sha256', keyObject(key)).update(text).digest('base64url')
}
