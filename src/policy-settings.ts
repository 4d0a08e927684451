import { type Ceilings, DEFAULT_POLICY, type Policy, policyFaults } from './domain/policy.ts'
import { CHECKS, type CheckName } from './domain/proving/check.ts'
import { nearest } from './nearest.ts'

/** Reads one policy's value; a fault and undefined where it cannot be taken. */
type Reader<V> = (name: string, value: unknown, faults: string[]) => V | undefined

const MOST = 1_000
const MOST_FROM_AN_ADDRESS = 100_000
const MOST_VERDICTS = 999_999

/** What is no period. */
const READERS: { readonly [N in keyof Policy]?: Reader<Policy[N]> } = {
  guessesPerMinute: readCount(MOST),
  guessesPerDay: readCount(MOST),
  guessesPerAddress: readCount(MOST_FROM_AN_ADDRESS),
  walksPerMinute: readCount(MOST),
  verdictsPerSecond: readCount(MOST_VERDICTS, 0),
  enrollmentsPerHour: readCount(MOST_FROM_AN_ADDRESS),
  enrollment: readWho,
  enrollWith: readChecks,
  deviceWith: readChecks,
  revalidateWith: readChecks,
  changeWith: readChecks,
}

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
 * @param ceilings of the certificates, which no policy passes
 * @param faults gets a sentence for each that cannot be taken
 */
export function readPolicy(wishes: Readonly<Record<string, unknown>>, ceilings: Ceilings, faults: string[]): Policy {
  const policy: Record<string, unknown> = { ...DEFAULT_POLICY }
  const before = faults.length
  for (const [written, value] of Object.entries(wishes)) {
    const name = NAMES.get(written)
    if (!name) {
      faults.push(`policy.${written} is not a policy; the nearest is policy.${nearest(written, [...NAMES.keys()])}`)
      continue
    }
    const read: Reader<unknown> = READERS[name] ?? readPeriod
    policy[name] = read(written, value, faults) ?? policy[name]
  }
  // Each name has been given a value of its own kind, by its reader or by default.
  const whole = policy as unknown as Policy
  if (faults.length === before) faults.push(...policyFaults(whole, ceilings))
  return whole
}

function readCount(most: number, least = 1): Reader<number> {
  return (name, value, faults) => {
    const count = Number(value)
    if (/^\d{1,6}$/.test(String(value)) && count >= least && count <= most) return count
    faults.push(`policy.${name} must be a whole number from ${least} to ${most}`)
    return undefined
  }
}

/** @returns ms; undefined: it is no period like 30s, 15m, 24h or 90d */
export function periodOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  return unit !== undefined && Number(count) > 0 ? Number(count) * UNITS[unit]! : undefined
}

function readPeriod(name: string, value: unknown, faults: string[]): number | undefined {
  const period = periodOf(String(value))
  if (period !== undefined) return period
  faults.push(`policy.${name} must be a period like 30s, 15m, 24h or 90d`)
  return undefined
}

function readWho(name: string, value: unknown, faults: string[]): Policy['enrollment'] | undefined {
  if (value === 'invited' || value === 'open') return value
  faults.push(`policy.${name} must be invited (only with an invitation) or open (everybody who comes)`)
  return undefined
}

/** In the order of the house, each once. */
function readChecks(name: string, value: unknown, faults: string[]): readonly CheckName[] | undefined {
  const named: readonly unknown[] = Array.isArray(value) ? value : []
  const known = CHECKS.filter((check) => named.includes(check))
  if (Array.isArray(value) && known.length === named.length) return known
  faults.push(`policy.${name} must be a list, each once, of ${CHECKS.join(', ')}`)
  return undefined
}
