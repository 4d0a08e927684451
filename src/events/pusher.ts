import { randomBytes } from 'node:crypto'
import type { Clock } from '../domain/clock.ts'
import type { Hex } from '../domain/hex.ts'
import type { Keyring } from '../domain/keyring.ts'
import type { Policy } from '../domain/policy.ts'
import { openPushTarget, type PushTarget } from '../domain/security-event/push-target.ts'
import { keyOf, type SecurityEvent, type SecurityEventTokens } from '../domain/security-event/security-event.ts'
import type { DuePush, PushTurn } from '../domain/security-event/security-stream-store.ts'
import { wantedEvents } from '../domain/security-event/security-streams.ts'
import type { Site } from '../domain/site/site.ts'
import type { Store } from '../domain/store.ts'
import { PUSH_TIMEOUT, type PushOutcome, pushToken, type Resolve } from './push-delivery.ts'

export interface PusherOptions {
  readonly store: Pick<
    Store,
    'run' | 'site' | 'securityStream' | 'securityEvents' | 'pushAddress' | 'duePushes' | 'onAudit'
  >
  readonly tokens: SecurityEventTokens
  readonly keyring: Pick<Keyring, 'push-secret'>
  readonly policy: Policy
  readonly clock: Clock
  /** told of what is given up and waits for the operator */
  readonly buried: (siteId: Hex, failure: string, count: number) => void
  /** told when the store cannot be asked; it goes on when it can */
  readonly failed: (error: unknown) => void
  /** default: the system's resolver */
  readonly resolve?: Resolve
  /** how long after so many failures the next attempt comes, ms; default {@link backOff} */
  readonly backOff?: (failures: number) => number
}

export interface Pusher {
  /** Attempts under way are given up; what they were about is pushed again by whoever comes next. */
  stop(): Promise<void>
}

/** How often the store is asked who has something to push, ms; a commit of this process is seen at once. */
const LOOK_EVERY = 1_000

/** So many receivers are served at a time. One that is slow or gone keeps nobody else waiting. */
const MOST_AT_ONCE = 200

/** For so long a process has a site's turn, ms: several pushes, and not long where it was killed. */
const TURN = 3 * PUSH_TIMEOUT

/** A token that was refused so many times is not wanted. */
const MOST_REFUSALS = 8

/** So old is an event at most that goes on being tried, ms. */
const TRIED_FOR = 24 * 60 * 60 * 1_000

/** So many events are looked through for one that the site's policy wants. */
const LOOK_AHEAD = 20

/** Events that are given up at once. */
const BURIED_AT_ONCE = 1_000

const FIRST_BACK_OFF = 1_000
const LONGEST_BACK_OFF = 15 * 60_000

/** From a second to a quarter of an hour, each time twice as long, and not in step with others. Whole ms. */
export function backOff(failures: number): number {
  const longest = Math.min(FIRST_BACK_OFF * 2 ** Math.min(failures - 1, 30), LONGEST_BACK_OFF)
  return Math.ceil(longest * (0.5 + Math.random() / 2))
}

/**
 * Pushes what streams have to tell, each site's in commit order and one at a time. What was pushed is confirmed in the
 * store before the next is: whatever is killed when, an event comes once more rather than not at all. Of many processes
 * one has the turn for a site.
 */
export function startPusher(options: PusherOptions): Pusher {
  const pushing = new Pushing(options)
  const timer = setInterval(() => void pushing.look(), LOOK_EVERY)
  options.store.onAudit(() => void pushing.look())
  return {
    async stop() {
      clearInterval(timer)
      await pushing.stop()
    },
  }
}

class Pushing {
  readonly #options: PusherOptions
  readonly #holder: Hex = randomBytes(16).toString('hex')
  readonly #served = new Map<Hex, Promise<void>>()
  /** how often what a site has to be told next was refused, one time after the other */
  readonly #refusals = new Map<Hex, number>()
  readonly #ending = new AbortController()
  #looking = false
  /** something was committed while a look was under way, which may have asked too early */
  #again = false
  #failing = false

  constructor(options: PusherOptions) {
    this.#options = options
  }

  /** Serves each site that has something to tell and is not being served. */
  async look(): Promise<void> {
    if (this.#ending.signal.aborted) return
    this.#again = this.#looking
    if (this.#looking) return
    this.#looking = true
    try {
      const { store, clock } = this.#options
      const due = await store.duePushes(clock.now(), MOST_AT_ONCE + this.#served.size)
      for (const push of due) if (!this.#served.has(push.siteId) && this.#served.size < MOST_AT_ONCE) this.#begin(push)
      this.#failing = false
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#looking = false
    }
    if (this.#again) await this.look()
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#served.values())
  }

  #begin(push: DuePush): void {
    if (this.#ending.signal.aborted) return
    const serving = this.#serve(push)
      .catch((error) => this.#fail(error))
      .finally(() => this.#served.delete(push.siteId))
    this.#served.set(push.siteId, serving)
  }

  #fail(error: unknown): void {
    if (!this.#failing) this.#options.failed(error)
    this.#failing = true
  }

  async #serve({ siteId, failures }: DuePush): Promise<void> {
    const { store, clock } = this.#options
    const turn: PushTurn = { siteId, holder: this.#holder }
    const until = clock.now() + TURN
    if ((await store.run('takePushTurn', turn, clock.now(), until)) !== 'taken') return
    let state: State = { failures, pause: 0 }
    while (state.pause === 0 && clock.now() + PUSH_TIMEOUT < until && !this.#ending.signal.aborted) {
      const next = await this.#next(siteId)
      if (!next) break
      state = await this.#settle(siteId, next.event, await this.#push(next), state)
    }
    await store.run('endPushTurn', turn, state.failures, clock.now() + state.pause)
  }

  /** What is to be pushed now, to whom: asked anew for each, since operator and receiver may have changed it. */
  async #next(siteId: Hex): Promise<Push | undefined> {
    const { store } = this.#options
    const [site, stream, address] = await Promise.all([
      store.site({ id: siteId }),
      store.securityStream(siteId),
      store.pushAddress(siteId),
    ])
    if (!site || !address || stream?.delivery !== 'push' || stream.status !== 'enabled') return undefined
    const [event] = await wantedEvents(this.#options, site, LOOK_AHEAD)
    if (!event) return undefined
    return { site, streamId: stream.id, event, target: openPushTarget(this.#options.keyring['push-secret'], address) }
  }

  async #push({ site, streamId, event, target }: Push): Promise<PushOutcome> {
    const token = await this.#options.tokens.sign(site, streamId, event)
    return pushToken(target, token, this.#ending.signal, this.#options.resolve)
  }

  async #settle(siteId: Hex, event: SecurityEvent, outcome: PushOutcome, { failures }: State): Promise<State> {
    const { store, backOff: pauseAfter = backOff } = this.#options
    const refusals = outcome.kind === 'refused' ? (this.#refusals.get(siteId) ?? 0) + 1 : 0
    this.#refusals.delete(siteId)
    if (outcome.kind === 'taken') {
      await store.run('confirmSecurityEvents', siteId, [keyOf(event)])
      return { failures: 0, pause: 0 }
    }
    if (this.#ending.signal.aborted) return { failures, pause: 0 }
    if (refusals === MOST_REFUSALS) {
      await this.#bury(siteId, [event], outcome.failure)
      return { failures: 0, pause: 0 }
    }
    if (refusals > 0) this.#refusals.set(siteId, refusals)
    await this.#buryOld(siteId, outcome.failure)
    return { failures: failures + 1, pause: pauseAfter(failures + 1) }
  }

  async #buryOld(siteId: Hex, failure: string): Promise<void> {
    const { store, clock } = this.#options
    const waiting = await store.securityEvents(siteId, BURIED_AT_ONCE)
    const old = waiting.filter(({ at }) => at < clock.now() - TRIED_FOR)
    if (old.length > 0) await this.#bury(siteId, old, failure)
  }

  async #bury(siteId: Hex, events: readonly SecurityEvent[], failure: string): Promise<void> {
    const { store, clock, buried } = this.#options
    const letters = events.map((event) => ({ ...keyOf(event), failure }))
    await store.run('burySecurityEvents', clock.now(), siteId, letters)
    buried(siteId, failure, events.length)
  }
}

/** Attempts that failed one after the other, and how long to wait for the next, ms. */
interface State {
  readonly failures: number
  readonly pause: number
}

interface Push {
  readonly site: Site
  readonly streamId: Hex
  readonly event: SecurityEvent
  readonly target: PushTarget
}
