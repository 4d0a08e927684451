import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Outcome } from '../../domain/inquiry.ts'

/** What Prometheus scrapes. Counting on the verdict's path is one addition in memory; the registry reads it at a scrape. */
export class Metrics {
  readonly registry = new Registry()
  readonly #answers = new Map<string, number>()

  /** @param held how many certificates' states are in memory */
  constructor(held: () => number) {
    collectDefaultMetrics({ register: this.registry })
    const answers = this.#answers
    new Counter({
      name: 'countersign_verdicts_total',
      help: 'Verdicts given, by verdict and reason',
      labelNames: ['verdict', 'reason'],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const [key, count] of answers) {
          const [verdict = '', reason = ''] = key.split('/')
          this.inc({ verdict, reason }, count)
        }
      },
    })
    new Gauge({
      name: 'countersign_states_in_memory',
      help: 'Certificates whose state is held in memory',
      registers: [this.registry],
      collect() {
        this.set(held())
      },
    })
  }

  count(outcome: Outcome): void {
    const key = keyOf(outcome)
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1)
  }
}

function keyOf(outcome: Outcome): string {
  if (outcome instanceof Error) return `refused/${outcome.code}`
  const { verdict } = outcome
  return verdict.verdict === 'valid' ? 'valid/' : KEYS[verdict.verdict] + verdict.reason
}

/** Concatenation with a constant, not a template, since this runs at every answer. */
const KEYS = { 'needs-revalidation': 'needs-revalidation/', revoked: 'revoked/', missing: 'missing/' } as const
