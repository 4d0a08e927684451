import { DEFAULT_POLICY, type Policy } from './domain/policy.ts'
import { nearest } from './nearest.ts'

/** Counts among the policies; all others are periods. */
const COUNTS: readonly (keyof Policy)[] = ['guessesPerMinute', 'guessesPerDay']
const MOST_GUESSES = 1_000

/** In the file, names are written in snake case: `min_max_age: 30s`. */
const NAMES: ReadonlyMap<string, keyof Policy> = new Map(
  (Object.keys(DEFAULT_POLICY) as (keyof Policy)[]).map((name) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name,
  ]),
)

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The policies of the configuration file over the default ones.
 * @param faults gets a sentence for each that cannot be taken
 */
export function readPolicy(wishes: Readonly<Record<string, unknown>>, faults: string[]): Policy {
  const policy: Record<keyof Policy, number> = { ...DEFAULT_POLICY }
  for (const [written, value] of Object.entries(wishes)) {
    const name = NAMES.get(written)
    if (!name) {
      faults.push(`policy.${written} is not a policy; the nearest is policy.${nearest(written, [...NAMES.keys()])}`)
      continue
    }
    const read = COUNTS.includes(name) ? readGuesses(written, value, faults) : readPeriod(written, value, faults)
    policy[name] = read ?? policy[name]
  }
  return policy
}

function readGuesses(name: string, value: unknown, faults: string[]): number | undefined {
  const count = Number(value)
  if (/^\d{1,4}$/.test(String(value)) && count >= 1 && count <= MOST_GUESSES) return count
  faults.push(`policy.${name} must be a whole number from 1 to ${MOST_GUESSES}`)
  return undefined
}

function readPeriod(name: string, value: unknown, faults: string[]): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(String(value)) ?? []
  if (unit !== undefined && Number(count) > 0) return Number(count) * UNITS[unit]!
  faults.push(`policy.${name} must be a period like 30s, 15m, 24h or 90d`)
  return undefined
}
