import type { ServerResponse } from 'node:http'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome } from '../../domain/verdict/inquiry.ts'

export interface MetricsOptions {
  /** how many certificates' states are in memory */
  readonly held: () => number
  /** how many streams of events are open */
  readonly streams: () => number
}

/** Seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]
/** Sites that have a figure of their own; what is asked by more is counted under no name. */
const MOST_SITES = 1_000
/** So many answers are measured in each period, ms: a measurement costs as much as a part of the answer. */
const MOST_TIMED = 10
const TIMED_EVERY = 200

type SiteCounts = Record<'valid' | 'needs-revalidation' | 'revoked' | 'missing', number>

/** What Prometheus scrapes. Counting on the verdict's path is two additions in memory; the registry reads them at a scrape. */
export class Metrics {
  readonly registry = new Registry()
  readonly #answers = new Map<string, number>()
  readonly #sites = new Map<string, SiteCounts>()
  readonly #seconds: Histogram
  /** how many more answers are measured in this period */
  #untimed = MOST_TIMED

  constructor({ held, streams }: MetricsOptions) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    this.#addCounters()
    this.#seconds = new Histogram({
      name: 'countersign_verdict_seconds',
      help: 'From a question to its answer, of the first of each fifth of a second',
      buckets: BUCKETS,
      registers,
    })
    addGauge(registers, 'countersign_states_in_memory', 'Certificates whose state is held in memory', held)
    addGauge(registers, 'countersign_event_streams', 'Streams of events that are open', streams)
    setInterval(() => {
      this.#untimed = MOST_TIMED
    }, TIMED_EVERY).unref()
  }

  /** @param site its name */
  count(outcome: Outcome, site: string): void {
    const key = keyOf(outcome)
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1)
    if (!(outcome instanceof Error)) this.#countsOf(site)[outcome.verdict.verdict] += 1
  }

  /** Measures how long this answer takes from now on, if its turn has come. */
  time(res: ServerResponse): void {
    if (this.#untimed === 0) return
    this.#untimed -= 1
    const began = performance.now()
    res.once('finish', () => this.#seconds.observe((performance.now() - began) / 1_000))
  }

  #countsOf(site: string): SiteCounts {
    const known = this.#sites.get(site)
    if (known) return known
    if (this.#sites.size >= MOST_SITES && site !== '') return this.#countsOf('')
    const counts = { valid: 0, 'needs-revalidation': 0, revoked: 0, missing: 0 }
    this.#sites.set(site, counts)
    return counts
  }

  #addCounters(): void {
    const [answers, sites] = [this.#answers, this.#sites]
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
    new Counter({
      name: 'countersign_site_verdicts_total',
      help: 'Verdicts given, by site and verdict',
      labelNames: ['site', 'verdict'],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const [site, counts] of sites)
          for (const [verdict, count] of Object.entries(counts)) this.inc({ site, verdict }, count)
      },
    })
  }
}

function addGauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}

function keyOf(outcome: Outcome): string {
  if (outcome instanceof Error) return `refused/${outcome.code}`
  const { verdict } = outcome
  return verdict.verdict === 'valid' ? 'valid/' : KEYS[verdict.verdict] + verdict.reason
}

/** Concatenation with a constant, not a template, since this runs at every answer. */
const KEYS = { 'needs-revalidation': 'needs-revalidation/', revoked: 'revoked/', missing: 'missing/' } as const
