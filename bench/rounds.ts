import { cpuSeconds } from './process-tree.ts'

const ROUNDS = 5
/** Shorter rounds scatter by more than a tenth. */
export const ROUND_SECONDS = 2

/** One side of a comparison. */
export interface Side {
  /** the root of the processes whose CPU time counts */
  readonly pid: number
  /** One round. @returns what was done in it */
  run(): Promise<number>
}

/** Rates of both sides, per CPU-second of each side's processes, and of one to the other. Medians over the rounds. */
export interface Comparison {
  readonly rates: readonly [number, number]
  readonly ratio: number
  /** the least and the greatest ratio of a round */
  readonly spread: readonly [number, number]
}

/** Runs both sides in turn; each begins every other time, so that a machine that becomes slower favors neither. */
export async function compare(first: Side, second: Side, rounds = ROUNDS): Promise<Comparison> {
  const one = new Meter(first)
  const other = new Meter(second)
  for (let round = 0; round < rounds; round += 1) {
    for (const meter of round % 2 === 0 ? [one, other] : [other, one]) await meter.run()
  }
  const ratios = one.rates.map((rate, round) => rate / other.rates[round]!)
  return {
    rates: [median(one.rates), median(other.rates)],
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  }
}

/** One side, and what came of its rounds. */
class Meter {
  readonly #side: Side
  readonly #rates: number[] = []

  constructor(side: Side) {
    this.#side = side
  }

  get rates(): readonly number[] {
    return this.#rates
  }

  async run(): Promise<void> {
    const began = cpuSeconds(this.#side.pid)
    const done = await this.#side.run()
    this.#rates.push(done / (cpuSeconds(this.#side.pid) - began))
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** One line for a comparison: both sides and the ratio. */
export function describe(title: string, [first, second]: readonly [string, string], result: Comparison): string {
  const rate = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(9)
  const [low, high] = result.spread.map((value) => value.toFixed(2))
  const sides = `${first} ${rate(result.rates[0])}  ${second} ${rate(result.rates[1])}`
  return `${title.padEnd(44)} ${sides}  ratio ${result.ratio.toFixed(3)} (${low} to ${high})`
}

/** Three digits are all that a shared machine gives. */
export function figure(value: number): number {
  return Number(value.toPrecision(3))
}
