import { readAmount } from './domain/usage/money.ts'
import type { Plan, Plans } from './domain/usage/plan.ts'

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** https://www.iso.org/iso-4217-currency-codes.html */
const CURRENCY = /^[A-Z]{3}$/

const PARTS = ['price_per_person', 'currency', 'included']

/**
 * The plans of the configuration file: `standard: { price_per_person: "0.05", currency: EUR, included: 100 }`.
 * @param faults gets a sentence for each thing that cannot be taken
 */
export function readPlans(written: Readonly<Record<string, unknown>>, faults: string[]): Plans {
  const plans = Object.entries(written).map(([name, wish]) => [name, readPlan(name, wish, faults)] as const)
  return Object.freeze(Object.fromEntries(plans))
}

function readPlan(name: string, wish: unknown, faults: string[]): Plan {
  const terms = isObject(wish) ? wish : {}
  if (!NAME.test(name)) faults.push(`plans.${name} must be named by lower-case letters, digits and hyphens`)
  if (!isObject(wish)) faults.push(`plans.${name} must hold its terms by their names, or {} where it costs nothing`)
  for (const part of Object.keys(terms).filter((part) => !PARTS.includes(part)))
    faults.push(`plans.${name}.${part} is no part of a plan; there are ${PARTS.join(', ')}`)
  const { price_per_person: price = '0', currency = null, included = 0 } = terms
  // Of a number, the text is what was written: sixteen digits are told apart by it, and no price has as many.
  const pricePerPerson = readAmount(String(price))
  if (pricePerPerson === undefined)
    faults.push(`plans.${name}.price_per_person must be an amount like "0.05", six digits behind the point at most`)
  if (currency === null ? pricePerPerson !== 0n : !CURRENCY.test(String(currency)))
    faults.push(`plans.${name}.currency must be three letters like EUR, where there is a price`)
  if (!Number.isSafeInteger(included) || Number(included) < 0)
    faults.push(`plans.${name}.included must be a whole number of people`)
  return Object.freeze({
    pricePerPerson: pricePerPerson ?? 0n,
    currency: currency === null ? null : String(currency),
    included: Number(included),
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
