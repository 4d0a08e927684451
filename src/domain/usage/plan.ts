import { IdentityError } from '../../errors.ts'
import type { Amount } from './money.ts'
import type { SiteUsage } from './usage-store.ts'

/** What a site owes for the people whom it signs in. */
export interface Plan {
  readonly pricePerPerson: Amount
  /** ISO 4217; null: the plan costs nothing */
  readonly currency: string | null
  /** so many people a month cost nothing */
  readonly included: number
}

/** By name, as the operator's configuration has them. */
export type Plans = Readonly<Record<string, Plan>>

/** A site's month, with what it costs. */
export interface StatementLine extends SiteUsage {
  /** null: the site has no plan, and nothing is asked for */
  readonly terms: Plan | null
  /** people beyond those that are included */
  readonly billed: number
  readonly amount: Amount
}

/**
 * Turns counts into what is owed. Nothing else depends on plans: no verdict is ever refused for one.
 * @throws IdentityError plan-unknown: a site has a plan that the configuration does not name any more
 */
export function statementOf(usage: readonly SiteUsage[], plans: Plans): readonly StatementLine[] {
  return usage.map((line) => {
    const terms = line.plan === null ? null : planNamed(plans, line.plan)
    const billed = terms === null ? 0 : Math.max(0, line.people - terms.included)
    return { ...line, terms, billed, amount: terms === null ? 0n : BigInt(billed) * terms.pricePerPerson }
  })
}

/** What is owed in each currency. */
export function totalsOf(lines: readonly StatementLine[]): ReadonlyMap<string, Amount> {
  const totals = new Map<string, Amount>()
  for (const { terms, amount } of lines)
    if (terms?.currency != null) totals.set(terms.currency, (totals.get(terms.currency) ?? 0n) + amount)
  return totals
}

/** Names come from outside, so what every object has is no plan. @throws IdentityError plan-unknown */
export function planNamed(plans: Plans, name: string): Plan {
  if (Object.hasOwn(plans, name)) return plans[name]!
  const known = Object.keys(plans)
  throw new IdentityError(
    'plan-unknown',
    `The configuration has no plan ${JSON.stringify(name)}. ${known.length === 0 ? 'Name plans in the configuration file (docs/OPERATORS.md).' : `There are ${known.join(', ')}.`}`,
  )
}
