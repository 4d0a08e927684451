import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { Hex } from '../../domain/hex.ts'
import type { Asker } from '../../domain/site/asker.ts'
import type { SiteStatements } from '../../domain/trust/site-statements.ts'
import type { Outcome, Query } from '../../domain/verdict/inquiry.ts'
import { toProblem } from '../problem.ts'
import { sendJson } from './exchange.ts'
import type { ReadQuery } from './query.ts'
import { renderAnswer, renderWithTrust } from './rendering.ts'
import { type Ends, Waiting } from './waiting.ts'

/** Figures are read from the store, so many in one turn of the event loop at most. */
const AT_ONCE = 10

/** One question or several, of which some want to know what other sites say of the person. */
export class WaitingForTrust extends Waiting {
  readonly queries: readonly Query[]
  /** a batch was paid before it was read */
  readonly cost: number
  readonly #reads: readonly ReadQuery[]
  readonly #figures: Pick<SiteStatements, 'figure'>
  readonly #isBatch: boolean

  constructor(
    ends: Ends,
    res: ServerResponse,
    caller: Hex | undefined,
    asked: ReadQuery | readonly ReadQuery[],
    figures: Pick<SiteStatements, 'figure'>,
  ) {
    super(ends, res, caller)
    this.#isBatch = isBatch(asked)
    this.cost = this.#isBatch ? 0 : 1
    this.#reads = isBatch(asked) ? asked : [asked]
    this.queries = this.#reads.map(({ query }) => query)
    this.#figures = figures
  }

  settle(asker: Asker, outcomes: readonly Outcome[]): void {
    const [only] = outcomes
    if (!this.#isBatch && (!only || only instanceof Error)) {
      this.refuse(only)
      return
    }
    this.#render(asker, outcomes).then(
      (texts) => sendJson(this.res, this.#isBatch ? `{"answers":[${texts.join(',')}]}` : texts[0]!),
      (error) => this.refuse(error),
    )
  }

  async #render(asker: Asker, outcomes: readonly Outcome[]): Promise<readonly string[]> {
    const texts: string[] = []
    for (let start = 0; start < outcomes.length; start += AT_ONCE) {
      if (start > 0) await setImmediate()
      const some = outcomes.slice(start, start + AT_ONCE)
      texts.push(...(await Promise.all(some.map((outcome, index) => this.#text(asker, outcome, start + index)))))
    }
    return texts
  }

  async #text(asker: Asker, outcome: Outcome, index: number): Promise<string> {
    if (outcome instanceof Error) return JSON.stringify(toProblem(outcome, randomUUID()))
    const read = this.#reads[index]
    this.tell(asker, outcome, read?.certificate)
    if (!read?.trust || outcome.verdict.verdict !== 'valid' || outcome.subject === null) return renderAnswer(outcome)
    return renderWithTrust(outcome, await this.#figures.figure(asker, outcome.subject))
  }
}

function isBatch(asked: ReadQuery | readonly ReadQuery[]): asked is readonly ReadQuery[] {
  return Array.isArray(asked)
}
