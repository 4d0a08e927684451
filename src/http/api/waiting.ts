import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Hex } from '../../domain/hex.ts'
import type { Asker } from '../../domain/site/asker.ts'
import type { Inquiry, Outcome, Query } from '../../domain/verdict/inquiry.ts'
import type { Answer } from '../../domain/verdict/known-states.ts'
import { toProblem } from '../problem.ts'
import { type Complain, sendJson, sendProblem } from './exchange.ts'
import type { ReadQuery } from './query.ts'
import { renderAnswer } from './rendering.ts'

/** Who else hears of an outcome. */
export interface Ends {
  readonly complain: Complain
  /** counts the outcome of each answered query, and for which site it was, for the metrics */
  readonly count: (outcome: Outcome, site: string) => void
  /** measures for the metrics how long some of the answers take: called when one has been asked for */
  readonly time: (res: ServerResponse) => void
  /** told of a certificate (DER) that the table does not know: our own signature on it would be an alarm */
  readonly suspect: (certificate: Uint8Array) => void
}

/** A request that waits for its outcomes: one object with methods, since there are tens of thousands in a second. */
export abstract class Waiting implements Inquiry {
  readonly caller: Hex | undefined
  abstract readonly queries: readonly Query[]
  protected readonly ends: Ends
  protected readonly res: ServerResponse

  constructor(ends: Ends, res: ServerResponse, caller: Hex | undefined) {
    this.ends = ends
    this.res = res
    this.caller = caller
  }

  abstract settle(asker: Asker, outcomes: readonly Outcome[]): void

  refuse(error: unknown): void {
    sendProblem(this.res, error, this.ends.complain)
  }

  protected tell({ site }: Asker, outcome: Answer, certificate: Uint8Array | undefined): void {
    this.ends.count(outcome, site.name)
    if (certificate && outcome.verdict.verdict === 'missing' && outcome.verdict.reason === 'unknown')
      this.ends.suspect(certificate)
  }
}

/** One question. */
export class WaitingQuestion extends Waiting {
  readonly queries: readonly Query[]
  readonly #certificate: Uint8Array | undefined

  constructor(ends: Ends, res: ServerResponse, caller: Hex | undefined, read: ReadQuery) {
    super(ends, res, caller)
    this.queries = [read.query]
    this.#certificate = read.certificate
  }

  settle(asker: Asker, [outcome]: readonly Outcome[]): void {
    if (!outcome || outcome instanceof Error) {
      this.refuse(outcome)
      return
    }
    this.tell(asker, outcome, this.#certificate)
    sendJson(this.res, renderAnswer(outcome), 'latin1')
  }
}

/** Several questions in one request; one that is refused is told in its place. */
export class WaitingBatch extends Waiting {
  readonly queries: readonly Query[]
  /** paid before it was read */
  readonly cost = 0
  readonly #reads: readonly ReadQuery[]

  constructor(ends: Ends, res: ServerResponse, caller: Hex | undefined, reads: readonly ReadQuery[]) {
    super(ends, res, caller)
    this.queries = reads.map(({ query }) => query)
    this.#reads = reads
  }

  settle(asker: Asker, outcomes: readonly Outcome[]): void {
    const texts = outcomes.map((outcome, index) => {
      if (outcome instanceof Error) return JSON.stringify(toProblem(outcome, randomUUID()))
      this.tell(asker, outcome, this.#reads[index]?.certificate)
      return renderAnswer(outcome)
    })
    sendJson(this.res, `{"answers":[${texts.join(',')}]}`)
  }
}
