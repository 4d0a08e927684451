import { randomBytes } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Act } from '../act.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import type { Policy } from '../policy.ts'
import { countTry } from '../proving/guesses.ts'
import type { Asker } from '../site/asker.ts'
import type { Site } from '../site/site.ts'
import { effectivePolicy } from '../site/site-policy.ts'
import type { Store } from '../store.ts'
import { keyOf, SECURITY_EVENT_TYPES, type SecurityEvent, type SecurityEventType, tokenId } from './security-event.ts'
import type { Delivery, SecurityStream, StreamStatus } from './security-stream.ts'
import type { StreamWish } from './security-stream-store.ts'

/** A receiver's verifications are this far apart at least, ms. */
export const VERIFICATION_INTERVAL = 60_000

/** So many events are handed out at once. What was handed out is always among the oldest, and so are those that are confirmed. */
export const MOST_AT_ONCE = 100

/** What a receiver asks for; what is not there is ours to choose. */
export interface WishedStream {
  readonly delivery?: { readonly method: Delivery; readonly url?: string }
  readonly requested?: readonly string[]
  readonly description?: string
}

/** What a receiver says of the events that it was handed, by the ids of their tokens. */
export interface Receipt {
  readonly confirmed: readonly string[]
  /** not believed or not understood, and why: a code */
  readonly refused: readonly { readonly id: string; readonly failure: string }[]
}

/**
 * A site's own stream of security events. The site is the one whose certificate calls; there is no way to name another.
 * What opens, changes or closes it throws IdentityError rate-limited where that is done again and again.
 */
export interface SecurityStreams {
  ofSite(asker: Asker): Promise<SecurityStream | undefined>
  /** @throws IdentityError stream-unknown, also where it is another site's */
  named(asker: Asker, id: string): Promise<SecurityStream>
  /** @throws IdentityError stream-exists, push-address-refused */
  open(asker: Asker, wish: WishedStream): Promise<SecurityStream>
  /**
   * @param how `alter`: what is not there stays; `replace`: it is ours to choose
   * @throws IdentityError stream-unknown, push-address-refused
   */
  change(asker: Asker, id: string, how: 'alter' | 'replace', wish: WishedStream): Promise<SecurityStream>
  /** @throws IdentityError stream-unknown */
  close(asker: Asker, id: string): Promise<void>
  /** @throws IdentityError stream-unknown */
  setStatus(asker: Asker, id: string, status: StreamStatus, reason: string | undefined): Promise<SecurityStream>
  /** Has the stream carry a verification. @throws IdentityError stream-unknown, verification-too-soon */
  verify(asker: Asker, id: string, state: string | undefined): Promise<void>
  /** Takes a receipt. What it names and is not there any more was confirmed before. */
  settle(asker: Asker, receipt: Receipt): Promise<void>
  /** What waits for the site, the oldest first. @throws IdentityError stream-unknown: there is none, or it is pushed */
  waiting(asker: Asker): Promise<{ readonly stream: SecurityStream; readonly events: readonly SecurityEvent[] }>
}

interface Parts {
  readonly store: Pick<Store, 'run' | 'securityStream' | 'securityEvents' | 'pushAddress'>
  readonly keyring: Pick<Keyring, 'security-event'>
  readonly policy: Policy
  readonly clock: Clock
}

/** So often a site changes its stream within an hour: each time stays in the audit. */
const CHANGES_PER_HOUR = 60
const HOUR = 3_600_000
const CHANGED_TOO_OFTEN = `A stream is changed ${CHANGES_PER_HOUR} times in an hour at most. Wait, and change it once.`

export function createSecurityStreams(parts: Parts): SecurityStreams {
  const { store, clock } = parts
  const act = ({ site }: Asker): Act => ({ at: clock.now(), actor: `site:${site.name}` })
  const ofSite = async ({ site }: Asker) => store.securityStream(site.id)
  const named = async (asker: Asker, id: string): Promise<SecurityStream> => {
    const stream = await ofSite(asker)
    if (stream?.id !== id) throw streamUnknown()
    return stream
  }
  /** Changing it is counted, but only for whose it is. */
  const toChange = async (asker: Asker, id: string): Promise<SecurityStream> => {
    const stream = await named(asker, id)
    await countChange(parts, asker)
    return stream
  }
  return {
    ofSite,
    named,

    async open(asker, wished) {
      await countChange(parts, asker)
      const id = randomBytes(16).toString('hex')
      const wish = await readWish(parts, asker.site.id, wished)
      const outcome = await store.run('openSecurityStream', act(asker), asker.site.id, id, wish)
      if (outcome === 'exists') throw streamExists()
      if (outcome === 'no-address') throw pushRefused()
      return named(asker, id)
    },

    async change(asker, id, how, wished) {
      const before = await toChange(asker, id)
      const wish = await readWish(parts, asker.site.id, how === 'alter' ? { ...asWished(before), ...wished } : wished)
      const outcome = await store.run('changeSecurityStream', act(asker), asker.site.id, id, wish)
      if (outcome === 'unknown') throw streamUnknown()
      if (outcome === 'no-address') throw pushRefused()
      return named(asker, id)
    },

    async close(asker, id) {
      await toChange(asker, id)
      const outcome = await store.run('closeSecurityStream', act(asker), asker.site.id, id)
      if (outcome === 'unknown') throw streamUnknown()
    },

    async setStatus(asker, id, status, reason) {
      await toChange(asker, id)
      const outcome = await store.run('setStreamStatus', act(asker), asker.site.id, id, status, reason ?? null)
      if (outcome === 'unknown') throw streamUnknown()
      return named(asker, id)
    },

    async verify(asker, id, state) {
      await named(asker, id)
      const notSince = clock.now() - VERIFICATION_INTERVAL
      const outcome = await store.run('verifyStream', act(asker), asker.site.id, id, state ?? null, notSince)
      if (outcome === 'unknown') throw streamUnknown()
      if (outcome === 'too-soon') throw verificationTooSoon()
    },

    settle: (asker, receipt) => settle(parts, asker, receipt),

    async waiting(asker) {
      const stream = await ofSite(asker)
      if (stream?.delivery !== 'poll') throw streamUnknown()
      return { stream, events: stream.status === 'enabled' ? await wantedEvents(parts, asker.site, MOST_AT_ONCE) : [] }
    },
  }
}

async function countChange({ store, clock }: Parts, { site }: Asker): Promise<void> {
  const tries = { key: `stream:${site.id}`, period: HOUR, most: CHANGES_PER_HOUR }
  await countTry(store, tries, clock.now(), CHANGED_TOO_OFTEN, 'rate-limited')
}

/** The oldest of what waits for a site, without what its policy does not want to hear any more: that is forgotten. */
export async function wantedEvents(
  { store, policy }: { readonly store: Pick<Store, 'run' | 'securityEvents'>; readonly policy: Policy },
  site: Site,
  limit: number,
): Promise<readonly SecurityEvent[]> {
  const events = await store.securityEvents(site.id, limit)
  if (events.length === 0) return events
  const { events: wanted } = effectivePolicy(policy, site)
  const unwanted = events.filter(({ event }) => event !== null && !wanted.includes(event))
  if (unwanted.length === 0) return events
  await store.run('confirmSecurityEvents', site.id, unwanted.map(keyOf))
  return wantedEvents({ store, policy }, site, limit)
}

/** The types that a receiver can ask for, by their addresses; he may ask for others, which nothing of ours is. */
export const SUPPORTED: readonly string[] = Object.values(SECURITY_EVENT_TYPES)

async function readWish({ store }: Parts, siteId: Hex, wished: WishedStream): Promise<StreamWish> {
  const { delivery = { method: 'poll' }, requested, description } = wished
  if (delivery.method === 'push' && (await store.pushAddress(siteId))?.url !== delivery.url) throw pushRefused()
  const types = Object.keys(SECURITY_EVENT_TYPES) as SecurityEventType[]
  return {
    delivery: delivery.method,
    requested: requested ?? null,
    types: types.filter((type) => requested === undefined || requested.includes(SECURITY_EVENT_TYPES[type])),
    description: description ?? null,
  }
}

function asWished({ delivery, pushUrl, requested, description }: SecurityStream): WishedStream {
  return {
    delivery: { method: delivery, ...(pushUrl !== null && { url: pushUrl }) },
    ...(requested !== null && { requested }),
    ...(description !== null && { description }),
  }
}

async function settle({ store, keyring, clock }: Parts, { site }: Asker, receipt: Receipt): Promise<void> {
  if (receipt.confirmed.length + receipt.refused.length === 0) return
  const handedOut = await store.securityEvents(site.id, MOST_AT_ONCE)
  const byId = new Map(handedOut.map((event) => [tokenId(keyring['security-event'], site.id, event), event]))
  const confirmed = receipt.confirmed.flatMap((id) => byId.get(id) ?? [])
  const refused = receipt.refused.flatMap(({ id, failure }) => {
    const event = byId.get(id)
    return event ? [{ ...keyOf(event), failure }] : []
  })
  if (confirmed.length > 0) await store.run('confirmSecurityEvents', site.id, confirmed.map(keyOf))
  if (refused.length > 0) await store.run('burySecurityEvents', clock.now(), site.id, refused)
}

function streamUnknown(): IdentityError {
  return new IdentityError(
    'stream-unknown',
    'Your site has no such stream. `GET /v1/ssf/streams` shows the one it has; a stream that is pushed cannot be polled.',
  )
}

function streamExists(): IdentityError {
  return new IdentityError(
    'stream-exists',
    'Your site has a stream already, and each has one. Change it (PATCH), or delete it first.',
  )
}

function pushRefused(): IdentityError {
  return new IdentityError(
    'push-address-refused',
    'Events are pushed to the address alone that the operator has registered for your site (`countersign site push`). Name that one, or poll.',
  )
}

function verificationTooSoon(): IdentityError {
  return new IdentityError(
    'verification-too-soon',
    'A verification was sent a moment ago. Wait for min_verification_interval.',
    { wait: VERIFICATION_INTERVAL },
  )
}
