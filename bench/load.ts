import { Child } from './child.ts'
import type { Order } from './generator.ts'
import type { Identity } from './home.ts'
import type { Questions } from './questions.ts'
import { ROUND_SECONDS } from './rounds.ts'

/** Whom the generator asks, and as whom. */
export interface Target {
  readonly port: number
  /** PEM */
  readonly root: string
  readonly identity: Identity
  readonly connections: number
  readonly questions: Questions
}

/** Before a side is measured it is asked for so long: compilers and caches come to rest. */
const WARM_UP_SECONDS = 4
const NO_LIMIT = 1_000_000_000
const LONGEST_SECONDS = 600

/** The generator: one process, so that both sides of a comparison are asked by the same machine code. */
export class Load {
  readonly #child = Child.start(new URL('./generator.ts', import.meta.url))
  #targets = 0

  /** Connects, asks once around, and hands out what asks for one round. @returns how many answers came */
  async aim(target: Target): Promise<() => Promise<number>> {
    const name = await this.#connect(target)
    await this.#ask<number>({ kind: 'run', target: name, seconds: WARM_UP_SECONDS, answers: NO_LIMIT })
    return () => this.#ask<number>({ kind: 'run', target: name, seconds: ROUND_SECONDS, answers: NO_LIMIT })
  }

  /** Asks so many requests and closes. */
  async send(target: Target, requests: number): Promise<void> {
    const name = await this.#connect(target)
    await this.#ask<number>({ kind: 'run', target: name, seconds: LONGEST_SECONDS, answers: requests })
    await this.#ask({ kind: 'close', target: name })
  }

  stop(): void {
    this.#child.stop()
  }

  async #connect(target: Target): Promise<string> {
    this.#targets += 1
    const name = String(this.#targets)
    await this.#ask({ kind: 'connect', target: name, ...target })
    return name
  }

  #ask<Answer>(order: Order): Promise<Answer> {
    return this.#child.ask<Answer>(order)
  }
}
