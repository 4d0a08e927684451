import { cpuSeconds } from './process-tree.ts'

export const ROUNDS = 5
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

/**
 * Runs both sides in turn. What a server does in the background while the other one is measured (writing last uses) is
 * charged to its own last round.
 */
export async function compare(first: Side, second: Side, rounds = ROUNDS): Promise<Comparison> {
  const meters = [new Meter(first), new Meter(second)] as const
  const alone = first.pid !== second.pid
  for (let round = 0; round < rounds; round += 1) {
    for (const meter of meters) await meter.run(alone)
  }
  const [ours, theirs] = meters.map((meter) => meter.rates()) as [number[], number[]]
  const ratios = ours.map((rate, round) => rate / theirs[round]!)
  return {
    rates: [median(ours), median(theirs)],
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  }
}

/** One side's rounds: what was done, and the CPU time that it took. */
class Meter {
  readonly #side: Side
  readonly #rounds: { done: number; began: number; ended: number }[] = []

  constructor(side: Side) {
    this.#side = side
  }

  /** @param alone the other side has processes of its own, so what these did since the last round counts for it */
  async run(alone: boolean): Promise<void> {
    const began = cpuSeconds(this.#side.pid)
    const last = this.#rounds.at(-1)
    if (alone && last) last.ended = began
    const done = await this.#side.run()
    this.#rounds.push({ done, began, ended: cpuSeconds(this.#side.pid) })
  }

  rates(): number[] {
    return this.#rounds.map(({ done, began, ended }) => done / (ended - began))
  }
}

export function median(values: readonly number[]): number {
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
