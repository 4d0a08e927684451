import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import type { Policy } from '../policy.ts'
import { type Asker, askerOf, callerRefused, judgeCaller } from '../site/asker.ts'
import { EffectivePolicies } from '../site/site-policy.ts'
import { pairwiseSubject } from '../site/subject.ts'
import type { Store } from '../store.ts'
import { monthOf } from '../usage/month.ts'
import type { VerdictState } from '../verdict-state.ts'
import { type Inquiry, isIdle, type Outcome, type Query, refuseAll, withDeadline } from './inquiry.ts'
import { Judge } from './judge.ts'
import { type KnownState, KnownStates } from './known-states.ts'
import { RateLimited, RateLimits } from './rate-limits.ts'
import { Uses } from './uses.ts'

export interface VerdictsOptions {
  readonly store: Store
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  /** where tickets are redeemed: `<signon>/revalidate/<ticket>` */
  readonly signonUrl: string
  /** certificates held in memory at most */
  readonly capacity: number
  /** request processes, among which the questions of a bounded service are spread; default 1 */
  readonly processes?: number
}

/**
 * Answers sites' questions from the store as it is at that moment.
 *
 * Questions that arrive in one turn of the event loop wait for its end; then one question to the store proves what
 * changed since the states in memory were read, and all of them are decided on what still stands.
 */
export class Verdicts {
  readonly #options: VerdictsOptions
  #known: KnownStates
  readonly #judge: Judge
  readonly #policies: EffectivePolicies
  readonly #limits: RateLimits
  readonly uses: Uses
  #arrived: Inquiry[] = []

  constructor(options: VerdictsOptions) {
    this.#options = options
    this.#known = new KnownStates(options.capacity)
    this.uses = new Uses(options.store)
    this.#judge = new Judge(options, this.uses)
    this.#policies = new EffectivePolicies(options.policy)
    this.#limits = new RateLimits(options.processes ?? 1)
  }

  /** certificates held in memory, for the metrics */
  get held(): number {
    return this.#known.size
  }

  /**
   * Asks. Exactly one of the inquiry's two ends is called, later than this turn: `settle` with one outcome for each query,
   * in order, or `refuse` with IdentityError caller-refused (the calling service's certificate is not valid at this
   * moment), rate-limited (RateLimited; a moment later, so that asking again at once gains nothing) or store-unavailable
   * (within 2 s).
   */
  ask(inquiry: Inquiry): void {
    if (this.#arrived.push(inquiry) === 1) setImmediate(() => this.#turn())
  }

  /** Counts questions that a request turned out to hold beyond its cost: those that follow pay for them. */
  owe(asker: Asker, questions: number): void {
    this.#limits.owe(asker, questions, this.#options.clock.now())
  }

  /** Proves what is in memory, then settles all that had arrived before the proof began. */
  #turn(): void {
    const arrived = this.#arrived
    this.#arrived = []
    try {
      const known = this.#known
      const proof = this.#options.store.changes(known.position, 'verdicts')
      if (!(proof instanceof Promise)) {
        this.#settleAll(arrived, this.#proven(known, proof))
        return
      }
      const bounded = arrived.map(withDeadline)
      proof.then(
        (news) => this.#settleAll(bounded, this.#proven(known, news)),
        (error) => refuseAll(bounded, error),
      )
    } catch (error) {
      refuseAll(arrived, error)
    }
  }

  /**
   * What may be used of the memory after a proof. When the store cannot tell what changed, or was set back, a new memory
   * begins; proofs and reads that were under way for the old one then serve their own questions alone and keep nothing.
   */
  #proven(known: KnownStates, { position, changes }: News): KnownStates {
    const { capacity } = this.#options
    if (known !== this.#known) return new KnownStates(capacity)
    if (changes === 'everything') this.#known = new KnownStates(capacity, position)
    else known.apply(position, changes)
    return this.#known
  }

  /** First all are decided, then all are told: a processor's caches hold either work, but not both in turns. */
  #settleAll(inquiries: readonly Inquiry[], known: KnownStates): void {
    const now = this.#options.clock.now()
    const moment: Moment = { now, month: monthOf(now), known, askers: new Map() }
    const tellings = inquiries.map((inquiry) => this.#decide(inquiry, moment))
    for (const tell of tellings) tell()
  }

  /** At once where everything is in memory or the store answers at once; else as soon as the store has answered. */
  #decide(inquiry: Inquiry, moment: Moment): () => void {
    let asker: Asker | undefined
    try {
      asker = this.#askerInMemory(inquiry.caller, moment)
      if (asker) this.#limits.take(asker, costOf(inquiry), moment.now)
      const judged = asker
      const outcomes = judged && this.#answersInMemory(judged, inquiry.queries, moment)
      if (outcomes) return () => settle(inquiry, judged, outcomes)
    } catch (error) {
      return () => refuse(inquiry, error)
    }
    return () => {
      const bounded = withDeadline(inquiry)
      this.#settleFromStore(bounded, moment.known, asker).catch((error) => refuse(bounded, error))
    }
  }

  /** @param judged the asker, where it was in memory: then the request is counted already */
  async #settleFromStore(inquiry: Inquiry, known: KnownStates, judged: Asker | undefined): Promise<void> {
    const asker = judged ?? (await this.#asker(inquiry.caller, known))
    if (!judged) this.#limits.take(asker, costOf(inquiry), this.#options.clock.now())
    const outcomes = await Promise.all(inquiry.queries.map((query) => this.#answer(asker, query, known)))
    inquiry.settle(asker, outcomes)
  }

  #askerInMemory(caller: Hex | undefined, { now, known, askers }: Moment): Asker | undefined {
    if (caller === undefined) throw callerRefused()
    const judged = askers.get(caller)
    if (judged) return judged
    const held = known.state(caller, '')
    if (!held) return undefined
    const { siteId, service } = judgeCaller(held.state, now)
    const site = known.site(siteId)
    if (!site) return undefined
    const asker = askerOf(site, service, caller, this.#policies.of(site, service))
    askers.set(caller, asker)
    return asker
  }

  async #asker(caller: Hex | undefined, known: KnownStates): Promise<Asker> {
    if (caller === undefined) throw callerRefused()
    const readAt = known.position
    const state =
      known.state(caller, '')?.state ??
      (await this.#options.store.verdictState(caller, { siteId: NOBODY, service: '' }))
    if (!state) throw callerRefused()
    const { siteId, service } = judgeCaller(state, this.#options.clock.now())
    const site = known.site(siteId) ?? (await this.#options.store.site({ id: siteId }))
    if (!site) throw callerRefused()
    known.keepState('', { state, subject: null, signedInMonth: null, valid: undefined, usedAt: null }, readAt)
    known.keepSite(site, readAt)
    return askerOf(site, service, caller, this.#policies.of(site, service))
  }

  /** All or nothing: a batch with a single miss goes to the store as a whole. */
  #answersInMemory(asker: Asker, queries: readonly Query[], moment: Moment): readonly Outcome[] | undefined {
    const outcomes: Outcome[] = []
    for (const query of queries) {
      const outcome = this.#answerInMemory(asker, query, moment)
      if (!outcome) return undefined
      outcomes.push(outcome)
    }
    return outcomes
  }

  #answerInMemory(asker: Asker, query: Query, { now, month, known }: Moment): Outcome | undefined {
    if (query.fingerprint === null) return this.#judge.withoutCertificate(asker, query)
    const held = known.state(query.fingerprint, asker.key)
    if (!held) return undefined
    const outcome = this.#judge.decide(asker, query, held, now)
    // Uses that other nodes saw are not in the feed: before somebody is called idle, the store is asked.
    if (isIdle(outcome) || firstOfMonth(outcome, held, month)) return undefined
    return outcome
  }

  async #answer(asker: Asker, query: Query, memory: KnownStates): Promise<Outcome> {
    if (query.fingerprint === null) return this.#judge.withoutCertificate(asker, query)
    const readAt = memory.position
    const known = await this.#read(asker, query.fingerprint)
    const now = this.#options.clock.now()
    if (!known) return this.#judge.unknown(asker, query, now)
    memory.keepState(asker.key, known, readAt)
    const outcome = this.#judge.decide(asker, query, known, now)
    if (!firstOfMonth(outcome, known, monthOf(now))) return outcome
    await this.#recordSignIn(asker, known, now)
    // Of what came before that row was there the site is told nothing, so its first answer must know it.
    const settled = (await this.#read(asker, query.fingerprint)) ?? known
    return this.#judge.decide(asker, query, { ...settled, usedAt: known.usedAt }, now)
  }

  async #read(asker: Asker, fingerprint: Hex): Promise<KnownState | undefined> {
    const asking = { siteId: asker.site.id, service: asker.service }
    const state = await this.#options.store.verdictState(fingerprint, asking)
    return state && this.#knownFrom(asker, state)
  }

  #knownFrom(asker: Asker, state: VerdictState): KnownState {
    const { subscriberId, generation } = state
    const subject =
      subscriberId && pairwiseSubject(this.#options.keyring.subject, asker.site.id, subscriberId, generation)
    return { state, subject, signedInMonth: state.signedInMonth, valid: undefined, usedAt: state.lastUsedAt }
  }

  /** The relation of site and subscriber is stored before the first valid answer of a month is given. */
  async #recordSignIn(asker: Asker, known: KnownState, now: number): Promise<void> {
    const { subject, state } = known
    const { subscriberId, generation } = state
    if (subscriberId === null || subject === null) throw new TypeError('a valid certificate has a subscriber')
    const month = monthOf(now)
    await this.#options.store.run('signIn', {
      siteId: asker.site.id,
      service: asker.service,
      subscriberId,
      generation,
      subject,
      month,
      at: now,
    })
    known.signedInMonth = month
  }
}

type News = Awaited<ReturnType<Store['changes']>>

/** What the inquiries of one turn share: the time, the memory that was proven for them, the callers judged so far. */
interface Moment {
  readonly now: number
  /** yyyymm */
  readonly month: number
  readonly known: KnownStates
  readonly askers: Map<Hex, Asker>
}

function settle(inquiry: Inquiry, asker: Asker, outcomes: readonly Outcome[]): void {
  try {
    inquiry.settle(asker, outcomes)
  } catch (error) {
    inquiry.refuse(error)
  }
}

function costOf({ cost, queries }: Inquiry): number {
  return cost ?? queries.length
}

/**
 * How long a service that asks too much waits for being told so, ms. A refusal costs nearly as much as an answer: told at
 * once, those who ask again at once would keep the others waiting all the same. And each waits for another time: all
 * connections of one service, told in the same moment, would come again in the same moment.
 */
const HELD_BACK = { least: 250, most: 500 } as const

function refuse(inquiry: Inquiry, error: unknown): void {
  if (error instanceof RateLimited) setTimeout(() => inquiry.refuse(error), randomInt(HELD_BACK.least, HELD_BACK.most))
  else inquiry.refuse(error)
}

function firstOfMonth(outcome: Outcome, known: KnownState, month: number): boolean {
  return outcome === known.valid && known.signedInMonth !== month
}

/** The store wants an asking site in every look-up; nobody's id matches no relation. */
const NOBODY: Hex = '0'.repeat(32)
