import type { AuditHead } from '../domain/audit/audit.ts'
import { IdentityError } from '../errors.ts'
import type { Committed, DueCommand, Outcome } from './batch.ts'
import { ANSWER_WITHIN, monotonicNow } from './deadline.ts'
import type { Command } from './operations.ts'
import type { StoreLog } from './store-log.ts'
import { storeUnavailable } from './unavailable.ts'

/** So many commands share a commit: more would let the first wait for too long. */
const MOST_IN_BATCH = 256

interface Waiting extends DueCommand {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: IdentityError) => void
}

/**
 * The queue in front of the one writer. While a batch is being committed the next one gathers, so that many callers
 * share one commit; each is answered after it. No caller waits longer than {@link ANSWER_WITHIN}.
 */
export class GroupCommit {
  readonly #commit: (commands: readonly DueCommand[]) => Promise<Committed>
  readonly #onAudit: (head: AuditHead) => void
  readonly #log: StoreLog | undefined
  #queue: Waiting[] = []
  #inFlight: readonly Waiting[] = []
  #scheduled = false
  #closed = false
  #watch: NodeJS.Timeout | undefined
  #onIdle: (() => void) | undefined

  /**
   * @param commit never rejects; is not called again before it has resolved
   * @param onAudit told after each commit that made the audit chain longer
   */
  constructor(
    commit: (commands: readonly DueCommand[]) => Promise<Committed>,
    onAudit: (head: AuditHead) => void,
    log: StoreLog | undefined,
  ) {
    this.#commit = commit
    this.#onAudit = onAudit
    this.#log = log
  }

  /** @throws IdentityError store-unavailable, internal */
  submit(command: Command): Promise<unknown> {
    if (this.#closed) return Promise.reject(storeUnavailable(new Error('the store is closed')))
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...command, due: monotonicNow() + ANSWER_WITHIN, resolve, reject })
      this.#watch ??= setTimeout(() => this.#expire(), ANSWER_WITHIN)
      this.#schedule()
    })
  }

  /** Takes nothing more; resolves when all that was submitted has been answered. */
  close(): Promise<void> {
    this.#closed = true
    if (this.#queue.length + this.#inFlight.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** All commands that arrive in one turn of the event loop are in one batch. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight.length > 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#queue.length === 0) this.#rest()
      else void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#inFlight = this.#queue.splice(0, MOST_IN_BATCH)
    const { outcomes, head } = await this.#commit(this.#inFlight.map(({ name, args, due }) => ({ name, args, due })))
    const answered = this.#inFlight
    this.#inFlight = []
    if (head) this.#onAudit(head)
    const settled = answered.map((waiting, index) => this.#settle(waiting, outcomes[index]!))
    this.#queue.unshift(...answered.filter((_, index) => !settled[index]))
    this.#schedule()
  }

  /** Nobody waits, and nothing keeps the process alive. */
  #rest(): void {
    clearTimeout(this.#watch)
    this.#watch = undefined
    this.#onIdle?.()
  }

  #expire(): void {
    const now = monotonicNow()
    const isLate = ({ due }: Waiting) => due <= now
    const late = [...this.#inFlight, ...this.#queue].filter(isLate)
    // what is in flight may still be committed; what only waits here never will be
    this.#queue = this.#queue.filter((waiting) => !isLate(waiting))
    for (const { reject } of late) reject(storeUnavailable(new Error('no commit within the time for an answer')))
    const next = [...this.#inFlight, ...this.#queue].find((waiting) => !isLate(waiting))
    this.#watch = next && setTimeout(() => this.#expire(), Math.max(1, next.due - now))
  }

  /**
   * For a caller who has been told already that it took too long, this does nothing.
   * @returns whether the command needs no further batch
   */
  #settle({ name, resolve, reject }: Waiting, outcome: Outcome): boolean {
    if ('deferred' in outcome) return false
    if ('value' in outcome) {
      resolve(outcome.value)
      return true
    }
    const { refused, cause } = outcome
    this.#log?.warn({ command: name, refused, cause }, 'a command was not committed')
    reject(
      refused === 'store-unavailable'
        ? storeUnavailable(cause)
        : new IdentityError('internal', 'The store refused this change; the cause is in the log.', { cause }),
    )
    return true
  }
}
