import type { Change } from '../feed.ts'
import type { Hex } from '../hex.ts'
import type { Site } from '../site/site.ts'
import type { VerdictState } from '../verdict-state.ts'
import type { Verdict } from './verdict.ts'

/** An answer in the domain's terms; what is sent is rendered from it. */
export interface Answer {
  readonly verdict: Verdict
  /** the pairwise id, wherever the owner is known */
  readonly subject: string | null
  /** needs-revalidation: where to send the browser */
  readonly redirect: string | null
  /** valid, and the site has bound one: what it calls the owner */
  readonly account?: string
}

/** What is kept in memory of one certificate for one asking service. */
export interface KnownState {
  readonly state: VerdictState
  readonly subject: string | null
  /** yyyymm of the newest relation row that is known to be stored */
  signedInMonth: number | null
  /** the valid answer, made once: it is the same until the state changes */
  valid: Answer | undefined
  /** the last use that is stored or on its way there, epoch ms */
  usedAt: number | null
}

/** A certificate's states for all that ask about it: a list, since mostly it has one element, and is kept by the million. */
interface Held {
  readonly asker: string
  known: KnownState
  readonly others: Held | undefined
}

/**
 * States and sites held in memory: a bounded cache, never the source. What it holds may only be used after the store
 * has proven, later than the question's arrival, which changes came since (see `verdicts.ts`).
 */
export class KnownStates {
  /** the feed's position up to which everything held here is true */
  #position: number
  readonly #capacity: number
  #young = new Map<Hex, Held>()
  #old = new Map<Hex, Held>()
  readonly #sites = new Map<Hex, Site>()

  /**
   * @param capacity certificates held at most
   * @param position of the feed at which this memory begins, empty
   */
  constructor(capacity: number, position = 0) {
    this.#capacity = capacity
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Drops what changed. Proofs may overlap: an older one never moves the position back. */
  apply(position: number, changes: readonly Change[]): void {
    for (const change of changes) this.#forget(change)
    if (position > this.#position) this.#position = position
  }

  /** @param asker the asking service; an empty text for the asker's own certificate */
  state(fingerprint: Hex, asker: string): KnownState | undefined {
    const young = this.#young.get(fingerprint)
    if (young) return find(young, asker)?.known
    const old = this.#old.get(fingerprint)
    if (!old) return undefined
    this.#old.delete(fingerprint)
    this.#admit(fingerprint, old)
    return find(old, asker)?.known
  }

  /** @param readAt the position before the state was read: a state that may have been overtaken is not kept */
  keepState(asker: string, known: KnownState, readAt: number): void {
    if (readAt !== this.#position) return
    const { fingerprint } = known.state
    const generation = this.#old.has(fingerprint) ? this.#old : this.#young
    const others = generation.get(fingerprint)
    const own = others && find(others, asker)
    if (own) own.known = known
    else if (others) generation.set(fingerprint, { asker, known, others })
    else this.#admit(fingerprint, { asker, known, others })
  }

  site(id: Hex): Site | undefined {
    return this.#sites.get(id)
  }

  keepSite(site: Site, readAt: number): void {
    if (readAt === this.#position) this.#sites.set(site.id, site)
  }

  /** Two generations: what was not asked for during a whole generation goes, without a list to reorder at each hit. */
  #admit(fingerprint: Hex, held: Held): void {
    if (this.#young.size >= this.#capacity / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(fingerprint, held)
  }

  #forget(change: Change): void {
    if (change.kind === 'certificate') {
      this.#young.delete(change.key)
      this.#old.delete(change.key)
    }
    if (change.kind === 'site') this.#sites.delete(change.key)
  }
}

function find(first: Held, asker: string): Held | undefined {
  for (let held: Held | undefined = first; held; held = held.others) if (held.asker === asker) return held
  return undefined
}
