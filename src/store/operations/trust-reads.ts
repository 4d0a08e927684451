import type { Hex } from '../../domain/hex.ts'
import type { IntrusionReport, ReportState, Severity, Vouch, VouchKind } from '../../domain/trust/trust.ts'
import type { Statement } from '../../domain/trust/trust-rule.ts'
import { bytes, hex } from '../columns.ts'
import { type Query, query } from '../transaction.ts'

/** Bounds the work of one answer, and of one page. */
const MOST = 1_000

/** The other registered sites, in their relation to whoever is behind a subject. One that was never weighed weighs nothing. */
const OTHERS = `JOIN sites i ON i.id = x.site_id AND i.removed_at IS NULL
    LEFT JOIN site_standings t ON t.site_id = x.site_id
    WHERE x.site_id <> $1 AND x.expires_at > $3`

const WHO = `SELECT s.subscriber_id FROM subjects s JOIN subscribers p ON p.id = s.subscriber_id
  WHERE s.site_id = $1 AND s.subject = $2 AND p.trust_hidden = 0`

/**
 * A site that has not met the person weighs nothing about him. What speaks against somebody is heard only of whose word
 * weighs something: else a name would be a minute's work to spoil.
 */
const STATEMENTS = `SELECT x.site_id, CASE WHEN x.met = 1 THEN COALESCE(t.weight, 0) ELSE 0 END AS weight, x.kind, x.since, NULL AS severity, 0 AS appealed
    FROM (${WHO}) who JOIN vouches x ON x.subscriber_id = who.subscriber_id ${OTHERS}
  UNION ALL
  SELECT x.site_id, t.weight, NULL, 0, x.severity, CASE WHEN x.appealed_at IS NOT NULL AND x.confirmed_at IS NULL THEN 1 ELSE 0 END
    FROM (${WHO}) who JOIN intrusion_reports x ON x.subscriber_id = who.subscriber_id ${OTHERS} AND x.met = 1 AND t.weight > 0
  ORDER BY weight DESC LIMIT $4`

interface StatementColumns {
  site_id: Buffer
  weight: number
  kind: VouchKind | null
  since: number
  severity: Severity | null
  appealed: number
}

export function statementsAbout(siteId: Hex, subject: string, now: number): Query<readonly Statement[]> {
  return query<StatementColumns, readonly Statement[]>(
    STATEMENTS,
    [bytes(siteId), Buffer.from(subject, 'base64url'), now, MOST],
    (rows) =>
      rows.map(({ site_id, weight, kind, since, severity, appealed }) => {
        const voice = { siteId: hex(site_id), weight }
        return kind === null ? { ...voice, severity: severity!, appealed: appealed === 1 } : { ...voice, kind, since }
      }),
  )
}

interface VouchColumns {
  site_id: Buffer
  site: string
  kind: VouchKind
  since: number
  expires_at: number
}

const VOUCH = `SELECT v.site_id, i.name AS site, v.kind, v.since, v.expires_at
  FROM vouches v JOIN sites i ON i.id = v.site_id`

export function ownVouch(siteId: Hex, subject: string, now: number): Query<Vouch | undefined> {
  return query<VouchColumns, Vouch | undefined>(
    `${VOUCH} JOIN subjects s ON s.subscriber_id = v.subscriber_id AND s.site_id = v.site_id
      WHERE s.site_id = $1 AND s.subject = $2 AND v.expires_at > $3`,
    [bytes(siteId), Buffer.from(subject, 'base64url'), now],
    ([row]) => row && vouchOf(row),
  )
}

export function vouchesFor(subscriberId: Hex, now: number): Query<readonly (Vouch & { readonly site: string })[]> {
  return query<VouchColumns, readonly (Vouch & { readonly site: string })[]>(
    `${VOUCH} WHERE v.subscriber_id = $1 AND v.expires_at > $2 ORDER BY v.since DESC, v.site_id LIMIT $3`,
    [bytes(subscriberId), now, MOST],
    (rows) => rows.map((row) => ({ ...vouchOf(row), site: row.site })),
  )
}

interface ReportColumns {
  id: Buffer
  site_id: Buffer
  site: string
  severity: Severity
  message: string
  reported_at: number
  expires_at: number
  appeal: string | null
  state: ReportState
}

const REPORT = `SELECT r.id, r.site_id, i.name AS site, r.severity, r.message, r.reported_at, r.expires_at, r.appeal,
    CASE WHEN r.appealed_at IS NULL THEN 'standing' WHEN r.confirmed_at IS NULL THEN 'appealed' ELSE 'confirmed' END AS state
  FROM intrusion_reports r JOIN sites i ON i.id = r.site_id`

/** Of the person as the site knows him now: what it reported of whom it was told to forget is no longer its own. */
export function ownReport(siteId: Hex, subject: string, now: number): Query<IntrusionReport | undefined> {
  return query<ReportColumns, IntrusionReport | undefined>(
    `${REPORT} JOIN subjects s ON s.subscriber_id = r.subscriber_id AND s.site_id = r.site_id
      LEFT JOIN subject_generations g ON g.subscriber_id = r.subscriber_id AND g.site_id = r.site_id
      WHERE s.site_id = $1 AND s.subject = $2 AND r.expires_at > $3 AND r.generation = COALESCE(g.generation, 0)`,
    [bytes(siteId), Buffer.from(subject, 'base64url'), now],
    ([row]) => row && reportOf(row),
  )
}

export function reportsOn(
  subscriberId: Hex,
  now: number,
): Query<readonly (IntrusionReport & { readonly site: string })[]> {
  return query<ReportColumns, readonly (IntrusionReport & { readonly site: string })[]>(
    `${REPORT} WHERE r.subscriber_id = $1 AND r.expires_at > $2 ORDER BY r.reported_at DESC, r.id LIMIT $3`,
    [bytes(subscriberId), now, MOST],
    (rows) => rows.map((row) => ({ ...reportOf(row), site: row.site })),
  )
}

export function isTrustHidden(subscriberId: Hex): Query<boolean> {
  return query<{ trust_hidden: number }, boolean>(
    'SELECT trust_hidden FROM subscribers WHERE id = $1',
    [bytes(subscriberId)],
    ([row]) => row?.trust_hidden === 1,
  )
}

function vouchOf(row: VouchColumns): Vouch {
  return { siteId: hex(row.site_id), kind: row.kind, since: row.since, expiresAt: row.expires_at }
}

function reportOf(row: ReportColumns): IntrusionReport {
  return {
    id: hex(row.id),
    siteId: hex(row.site_id),
    severity: row.severity,
    message: row.message,
    reportedAt: row.reported_at,
    expiresAt: row.expires_at,
    state: row.state,
    appeal: row.appeal,
  }
}
