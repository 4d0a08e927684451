/** One of ten questions may be asked twice: a service that is slow because it has much to do must not get twice as much. */
const SHARE = 0.1
/** What was not used is saved up to so many, so that a stall is met at once. */
const MOST_SAVED = 5
/** Nearly all answers come sooner. Before any is known, ms. */
const FIRST_PATIENCE = 100
/** Below it the clock of the event loop is as coarse as what would be measured, ms. */
const LEAST_PATIENCE = 10
const QUANTILE = 0.95
const REMEMBERED = 100
/** so seldom is looked at what is remembered */
const LOOK_EVERY = 20

/** Knows how long answers take, and when a question may be asked a second time. */
export class Hedging {
  readonly #times: number[] = []
  #seen = 0
  #allowance = 1
  #patience = FIRST_PATIENCE

  /** how long an answer is waited for before it is asked for again, ms: the slowest in twenty take longer */
  get patience(): number {
    return this.#patience
  }

  /** A question is asked for the first time. */
  asked(): void {
    this.#allowance = Math.min(this.#allowance + SHARE, MOST_SAVED)
  }

  /** An answer took so long, ms. */
  saw(time: number): void {
    this.#times[this.#seen % REMEMBERED] = time
    this.#seen += 1
    if (this.#seen % LOOK_EVERY !== 0) return
    const sorted = this.#times.toSorted((a, b) => a - b)
    this.#patience = Math.max(sorted[Math.floor(sorted.length * QUANTILE)]!, LEAST_PATIENCE)
  }

  /** Whether one more may be asked twice; if so, it was. */
  take(): boolean {
    if (this.#allowance < 1) return false
    this.#allowance -= 1
    return true
  }
}

/**
 * Attempts it once more where the first attempt fails, or is slower than nearly all are; the first success counts.
 * @param isFinal whether a failure is an answer, so that no second attempt is worth its while
 * @throws what the last attempt rejects with
 */
export function attemptTwice<T>(
  attempt: () => Promise<T>,
  hedging: Hedging,
  isFinal: (error: unknown) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let underWay = 0
    let isSecond = false
    const begin = (): void => {
      underWay += 1
      attempt().then(succeed, fail)
    }
    const again = (): void => {
      clearTimeout(timer)
      isSecond = true
      begin()
    }
    const succeed = (value: T): void => {
      clearTimeout(timer)
      resolve(value)
    }
    const fail = (error: unknown): void => {
      underWay -= 1
      if (!isSecond && !isFinal(error)) again()
      else if (underWay === 0) {
        clearTimeout(timer)
        reject(error)
      }
    }
    const timer = setTimeout(() => {
      if (hedging.take()) again()
    }, hedging.patience).unref()
    hedging.asked()
    begin()
  })
}
