import type { Hex } from '../hex.ts'
import { SEVERITIES, type Severity, VOUCH_KINDS, type VouchKind } from './trust.ts'

/** What a site's weight follows from. docs/TRUST.md tells the rule and what was tried against it. */
export interface SiteMerit {
  /** since the operator registered it, ms */
  readonly age: number
  /** of those whom it has met, about {@link AUDIENCE} at most, drawn by lot */
  readonly people: number
  /** what of these counts: each as much as the heaviest older site that has known him for a while, the heaviest of all as 1 */
  readonly shared: number
  /** what the heaviest older site weighs; {@link HEAVIEST}, where none is a root */
  readonly ceiling: number
}

/** How many of a site's people are looked at: so many reach as far as a site's reach goes. */
export const AUDIENCE = 1_000

const DAY = 86_400_000
/** Nobody's word weighs anything before; it weighs in full after a year. */
const PROBATION = 30 * DAY
const FULL_AGE = 365 * DAY
/** How long an older site must have known somebody before he counts. */
export const ACQUAINTANCE = 60 * DAY

export const HEAVIEST = 10
/** Until a site weighs so much none is a root, and each counts by its own people. */
export const ESTABLISHED = 3

/**
 * Without the ceiling a root of little weight would count as a whole one below, and a ring would grow beyond it: what is gained
 * must stay less than what it was gained from.
 * @returns 0 to 10: how much one site's word counts
 */
export function weightOf({ age, people, shared, ceiling }: SiteMerit): number {
  if (age < PROBATION || people === 0) return 0
  const maturity = Math.min(1, age / FULL_AGE)
  const reach = Math.min(1, Math.log10(1 + shared) / Math.log10(AUDIENCE))
  return Math.floor(Math.min(HEAVIEST * maturity * reach, ceiling) * (shared / people))
}

/** What one site says of somebody, with the weight of that site, 0 if it has not met him; a report's is 1 at least. */
export type Statement = { readonly siteId: Hex; readonly weight: number } & (
  | { readonly kind: VouchKind; readonly since: number }
  | { readonly severity: Severity; readonly appealed: boolean }
)

/** Numbers of sites are told in steps: an exact one would be a mark to know somebody again by. */
export type Count = '0' | '1-2' | '3-5' | '6-10' | '11+'

/** What sites say of somebody, as another site is told it. */
export interface TrustFigure {
  /** rounded towards zero to one of {@link SCORES} */
  readonly score: number
  /** that vouch, and whose word weighs something */
  readonly sites: Count
  /** that vouch beside them, and whose word weighs nothing about him yet: they are in no other part of the figure */
  readonly unproven: Count
  /** the month of the oldest standing vouch, `yyyy-mm`; null: there is none */
  readonly since: string | null
  /** how many sites vouch for what; those that none vouches for are left out */
  readonly kinds: Readonly<Partial<Record<VouchKind, Count>>>
  readonly reports: { readonly standing: Count; readonly appealed: Count }
}

const SCORES = [0, 10, 20, 50, 100, 200, 500] as const

/**
 * The figure of one person: each site counts once, by the heaviest that it says.
 * @returns null: nobody says anything; the same for whoever hides it
 */
export function figureOf(statements: readonly Statement[]): TrustFigure | null {
  if (statements.length === 0) return null
  const voices = oneOfEachSite(statements)
  const said = voices.flatMap((voice) => ('kind' in voice ? voice : []))
  const vouches = said.filter(({ weight }) => weight > 0)
  const reports = voices.flatMap((voice) => ('severity' in voice ? voice : []))
  const appealed = reports.filter((report) => report.appealed).length
  return {
    score: rounded(voices.reduce((sum, voice) => sum + voice.weight * gravity(voice), 0)),
    sites: countOf(vouches.length),
    unproven: countOf(said.length - vouches.length),
    since: vouches.length === 0 ? null : monthName(Math.min(...vouches.map(({ since }) => since))),
    kinds: kindsOf(vouches),
    reports: { standing: countOf(reports.length - appealed), appealed: countOf(appealed) },
  }
}

function gravity(statement: Statement): number {
  if ('kind' in statement) return VOUCH_KINDS[statement.kind]
  return statement.appealed ? 0 : -SEVERITIES[statement.severity]
}

/** A report that weighs goes before the site's own vouch, and the worst before the others; one that was appealed last. */
function oneOfEachSite(statements: readonly Statement[]): readonly Statement[] {
  const heard = new Map<Hex, Statement>()
  for (const statement of [...statements].sort((a, b) => rank(a) - rank(b))) {
    if (!heard.has(statement.siteId)) heard.set(statement.siteId, statement)
  }
  return [...heard.values()]
}

function rank(statement: Statement): number {
  if ('kind' in statement) return 0
  return statement.appealed ? 1 : gravity(statement)
}

function kindsOf(vouches: readonly { readonly kind: VouchKind }[]): TrustFigure['kinds'] {
  const kinds = Object.keys(VOUCH_KINDS) as VouchKind[]
  const counted = kinds.map((kind) => [kind, vouches.filter((vouch) => vouch.kind === kind).length] as const)
  return Object.fromEntries(counted.filter(([, count]) => count > 0).map(([kind, count]) => [kind, countOf(count)]))
}

function rounded(sum: number): number {
  const size = SCORES.findLast((step) => step <= Math.abs(sum))!
  return sum < 0 ? -size : size
}

export function countOf(count: number): Count {
  if (count === 0) return '0'
  if (count <= 2) return '1-2'
  if (count <= 5) return '3-5'
  return count <= 10 ? '6-10' : '11+'
}

function monthName(time: number): string {
  return new Date(time).toISOString().slice(0, 7)
}
