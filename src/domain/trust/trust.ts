import type { Hex } from '../hex.ts'

/** What a site may vouch for, and how much that weighs. Adding a row: a sentence in the texts of the account, too. */
export const VOUCH_KINDS = {
  /** comes back, and has kept to the rules there */
  'good-standing': 1,
  /** has paid there by a means that names its owner */
  paid: 1,
  /** was reached at an address or telephone number */
  'address-checked': 2,
  /** somebody there knows the person face to face */
  'known-person': 3,
  /** has shown an identity document */
  'identity-document-checked': 3,
} as const satisfies Readonly<Record<string, number>>
export type VouchKind = keyof typeof VOUCH_KINDS

/** How bad what a site reports is, and how much it weighs against the person. */
export const SEVERITIES = {
  /** something was odd */
  suspicious: 1,
  /** rules were broken: spam, harassment, unpaid goods */
  abuse: 2,
  /** the account is used by somebody else, or to break in */
  intrusion: 3,
} as const satisfies Readonly<Record<string, number>>
export type Severity = keyof typeof SEVERITIES

/** What one site vouches for: it has one standing vouch for a person at most. */
export interface Vouch {
  readonly siteId: Hex
  readonly kind: VouchKind
  /** the first of those that followed each other without a gap, epoch ms */
  readonly since: number
  readonly expiresAt: number
}

/**
 * `standing`; `appealed`: its owner says that it is wrong, and it weighs nothing until the site says it again;
 * `confirmed`: it has, and there is no second appeal against the same report.
 */
export type ReportState = 'standing' | 'appealed' | 'confirmed'

/** What one site reports against somebody. */
export interface IntrusionReport {
  readonly id: Hex
  readonly siteId: Hex
  readonly severity: Severity
  /** what happened, in the site's words; cleaned, at most {@link MOST_MESSAGE} characters */
  readonly message: string
  readonly reportedAt: number
  readonly expiresAt: number
  readonly state: ReportState
  /** the owner's words, cleaned */
  readonly appeal: string | null
}

const DAY = 86_400_000

/** How long a vouch stands unless the site says otherwise, and at most. */
export const VOUCH_PERIOD = 180 * DAY
export const LONGEST_VOUCH = 365 * DAY
/** How long a report stands; to confirm it does not prolong it. */
export const REPORT_PERIOD = 90 * DAY

/** Characters of a report's message and of an appeal. */
export const MOST_MESSAGE = 500
