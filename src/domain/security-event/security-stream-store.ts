import type { Act, Awaitable } from '../act.ts'
import type { Hex } from '../hex.ts'
import type { DeadLetter, SecurityEvent, SecurityEventKey, SecurityEventType } from './security-event.ts'
import type { Delivery, PushAddress, SecurityStream, StreamStatus } from './security-stream.ts'

/** What a receiver decides about his stream. */
export interface StreamWish {
  readonly delivery: Delivery
  readonly requested: readonly string[] | null
  readonly types: readonly SecurityEventType[]
  readonly description: string | null
}

/** A stream that has something to push. */
export interface DuePush {
  readonly siteId: Hex
  /** attempts that failed since the last that did not */
  readonly failures: number
}

/** Who pushes for a site, and until when nobody else does. */
export interface PushTurn {
  readonly siteId: Hex
  /** distinguishes the processes that push */
  readonly holder: Hex
}

/** Questions about streams of security events. */
export interface SecurityStreamReads {
  securityStream(siteId: Hex): Awaitable<SecurityStream | undefined>
  /** What a site has not confirmed yet, in commit order, without dead letters. */
  securityEvents(siteId: Hex, limit: number): Awaitable<readonly SecurityEvent[]>
  pushAddress(siteId: Hex): Awaitable<PushAddress | undefined>
  /** Streams that are pushed, have something to tell, and that nobody has the turn for at this time. */
  duePushes(now: number, limit: number): Awaitable<readonly DuePush[]>
  /** The oldest first. */
  deadLetters(siteId: Hex, limit: number): Awaitable<readonly DeadLetter[]>
}

/** Commands about streams of security events. */
export interface SecurityStreamCommands {
  /** `no-address`: it is to be pushed, and the operator has registered no address. */
  openSecurityStream(act: Act, siteId: Hex, id: Hex, wish: StreamWish): 'opened' | 'exists' | 'no-address'
  changeSecurityStream(act: Act, siteId: Hex, id: Hex, wish: StreamWish): 'changed' | 'unknown' | 'no-address'
  /** What was not confirmed goes with it. */
  closeSecurityStream(act: Act, siteId: Hex, id: Hex): 'closed' | 'unknown'
  /** What waits is forgotten where it becomes `disabled`. */
  setStreamStatus(act: Act, siteId: Hex, id: Hex, status: StreamStatus, reason: string | null): 'set' | 'unknown'
  /**
   * Puts a verification into the stream, in place of one that still waits there.
   * @param notSince `too-soon` when another was put there after this time (epoch ms)
   */
  verifyStream(act: Act, siteId: Hex, id: Hex, state: string | null, notSince: number): 'sent' | 'unknown' | 'too-soon'
  confirmSecurityEvents(siteId: Hex, keys: readonly SecurityEventKey[]): 'confirmed'
  /** They could not be delivered: from now on they wait for the operator. */
  burySecurityEvents(
    at: number,
    siteId: Hex,
    letters: readonly (SecurityEventKey & { readonly failure: string })[],
  ): 'buried'
  /** Dead letters go back into the stream, to be tried at once. Returns how many. */
  retryDeadLetters(act: Act, siteId: Hex): number

  setPushAddress(act: Act, address: PushAddress): 'set'
  /** A stream that was pushed there ends with it. */
  removePushAddress(act: Act, siteId: Hex): 'removed' | 'unknown'
  /** Of many processes one has the turn, until `until` or until it gives it back. */
  takePushTurn(turn: PushTurn, now: number, until: number): 'taken' | 'not-due'
  /** @param pushAt not to be tried before (epoch ms) */
  endPushTurn(turn: PushTurn, failures: number, pushAt: number): 'ended'
}
