import { IdentityError } from '../../errors.ts'
import type { Asker } from '../site/asker.ts'

/** A service asked more than its bound allows. */
export class RateLimited extends IdentityError {
  /** questions in a second */
  readonly limit: number

  /** @param retryAfter whole seconds until the next question is answered, at least 1 */
  constructor(limit: number, retryAfter: number) {
    super(
      'rate-limited',
      `Your service may ask ${limit} questions in a second here. Wait ${retryAfter} s; ask the operator if that is not enough.`,
      { wait: retryAfter * 1_000 },
    )
    this.limit = limit
  }
}

/** What is saved up while a service asks less, in seconds of its bound. */
const BURST = 2

/** What a service may still ask, and when that was reckoned (epoch ms). */
interface Bucket {
  tokens: number
  at: number
}

/**
 * A token bucket for each service whose questions are bounded, in this process. Services that are not bounded have none,
 * and cost nothing.
 */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>()
  readonly #processes: number

  /** @param processes among which the questions of a service are spread: each allows its share */
  constructor(processes: number) {
    this.#processes = processes
  }

  /**
   * Takes what a request costs, or refuses it. One that costs more than can be saved up passes when all is saved up, and
   * what it lacks is paid by those that follow.
   * @param cost questions; 0 is never refused
   * @param now epoch ms
   * @throws RateLimited
   */
  take({ key, policy }: Asker, cost: number, now: number): void {
    if (policy.verdictsPerSecond === 0 || cost === 0) return
    const rate = policy.verdictsPerSecond / this.#processes
    const most = Math.max(rate * BURST, 1)
    const bucket = this.#fill(key, rate, most, now)
    const needed = Math.min(cost, most)
    if (bucket.tokens < needed)
      throw new RateLimited(policy.verdictsPerSecond, Math.max(1, Math.ceil((needed - bucket.tokens) / rate)))
    bucket.tokens -= cost
  }

  /** Takes what turned out to be asked beyond what was taken before: it is never refused, and paid by those that follow. */
  owe({ key, policy }: Asker, more: number, now: number): void {
    if (policy.verdictsPerSecond === 0 || more <= 0) return
    const rate = policy.verdictsPerSecond / this.#processes
    this.#fill(key, rate, Math.max(rate * BURST, 1), now).tokens -= more
  }

  #fill(key: string, rate: number, most: number, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { tokens: most, at: now }
    // a clock that is set back gives nothing
    const passed = Math.max(0, now - bucket.at) / 1_000
    bucket.tokens = Math.min(most, bucket.tokens + passed * rate)
    bucket.at = now
    this.#buckets.set(key, bucket)
    return bucket
  }
}
