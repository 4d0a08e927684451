import type { CertificateRecord, CertificateStatus, RevocationReason } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import type { CheckName } from '../../domain/proving/check.ts'
import type { CertificateFilter } from '../../domain/store.ts'
import type { VerdictState } from '../../domain/verdict-state.ts'
import { bytes, hex, hexOrNull } from '../columns.ts'
import { type Query, query, type Value } from '../transaction.ts'

interface StateColumns {
  fingerprint: Buffer
  profile: CertificateRecord['profile']
  status: CertificateStatus
  reason: RevocationReason | null
  revoked_at: number | null
  not_before: number
  not_after: number
  expires_at: number
  validated_at: number | null
  validated_with: CheckName | null
  last_used_at: number | null
  subscriber_id: Buffer | null
  site_id: Buffer | null
  service: string | null
}

interface VerdictColumns extends StateColumns {
  ask_every_time: number
  last_walk_at: number | null
  signed_in_month: number | null
  generation: number
  site_account: Buffer | null
}

interface CertificateColumns extends StateColumns {
  serial: Buffer
  issuer: CertificateRecord['issuer']
  label: string
  device_id: Buffer | null
  created_at: number
  der: Buffer
}

const STATE = `c.fingerprint, c.profile, c.status, c.reason, c.revoked_at, c.not_before, c.not_after, c.expires_at,
  c.validated_at, c.validated_with, c.last_used_at, c.subscriber_id, c.site_id, c.service`

const VERDICT_STATE = `SELECT ${STATE}, c.ask_every_time,
  (SELECT max(t.spent_at) FROM spent_tickets t WHERE t.fingerprint = c.fingerprint AND t.site_id = $2) AS last_walk_at,
  (SELECT max(s.month) FROM sign_ins s
    WHERE s.site_id = $2 AND s.service = $3 AND s.subscriber_id = c.subscriber_id AND s.forgotten_at IS NULL
      AND s.has_subject = 1)
    AS signed_in_month,
  COALESCE((SELECT g.generation FROM subject_generations g
    WHERE g.site_id = $2 AND g.subscriber_id = c.subscriber_id), 0) AS generation,
  (SELECT a.sealed FROM site_accounts a WHERE a.site_id = $2 AND a.subscriber_id = c.subscriber_id) AS site_account
  FROM certificates c WHERE c.fingerprint = $1`

/** All that a verdict depends on, in one statement and so in one snapshot. */
export function verdictState(
  fingerprint: Hex,
  asking: { siteId: Hex; service: string },
): Query<VerdictState | undefined> {
  return query<VerdictColumns, VerdictState | undefined>(
    VERDICT_STATE,
    [bytes(fingerprint), bytes(asking.siteId), asking.service],
    ([row]) => {
      if (!row) return undefined
      return {
        ...stateOf(row),
        askEveryTime: row.ask_every_time === 1,
        lastWalkAt: row.last_walk_at,
        signedInMonth: row.signed_in_month,
        generation: row.generation,
        siteAccount: row.site_account,
      }
    },
  )
}

const CERTIFICATE = `SELECT ${STATE}, c.serial, c.issuer, c.label, c.device_id, c.created_at, b.der
  FROM certificates c JOIN certificate_bytes b ON b.number = c.number`

export function certificate(fingerprint: Hex): Query<CertificateRecord | undefined> {
  return query<CertificateColumns, CertificateRecord | undefined>(
    `${CERTIFICATE} WHERE c.fingerprint = $1`,
    [bytes(fingerprint)],
    ([row]) => row && recordOf(row),
  )
}

export function certificateBySerial(serial: Hex): Query<CertificateRecord | undefined> {
  return query<CertificateColumns, CertificateRecord | undefined>(
    `${CERTIFICATE} WHERE c.serial = $1`,
    [bytes(serial)],
    ([row]) => row && recordOf(row),
  )
}

const MOST_LISTED = 1_000
const USUALLY_LISTED = 100

/** Newest first. */
export function certificates(filter: CertificateFilter): Query<readonly CertificateRecord[]> {
  const limit = Math.min(Math.max(filter.limit ?? USUALLY_LISTED, 1), MOST_LISTED)
  const wanted: readonly (readonly [column: string, value: Value | undefined])[] = [
    ['profile', filter.profile],
    ['site_id', filter.siteId === undefined ? undefined : bytes(filter.siteId)],
    ['subscriber_id', filter.subscriberId === undefined ? undefined : bytes(filter.subscriberId)],
    ['status', filter.status],
  ]
  const given = wanted.filter((entry): entry is [string, Value] => entry[1] !== undefined)
  const where = given.map(([column], index) => `c.${column} = $${index + 1}`).join(' AND ')
  return query<CertificateColumns, readonly CertificateRecord[]>(
    `${CERTIFICATE} ${where && `WHERE ${where}`} ORDER BY c.number DESC LIMIT $${given.length + 1}`,
    [...given.map(([, value]) => value), limit],
    (rows) => rows.map(recordOf),
  )
}

function stateOf(row: StateColumns) {
  return {
    fingerprint: hex(row.fingerprint),
    profile: row.profile,
    status: row.status,
    reason: row.reason,
    revokedAt: row.revoked_at,
    notBefore: row.not_before,
    notAfter: row.not_after,
    expiresAt: row.expires_at,
    validatedAt: row.validated_at,
    validatedWith: row.validated_with,
    lastUsedAt: row.last_used_at,
    subscriberId: hexOrNull(row.subscriber_id),
    siteId: hexOrNull(row.site_id),
    service: row.service,
  }
}

function recordOf(row: CertificateColumns): CertificateRecord {
  return {
    ...stateOf(row),
    serial: hex(row.serial),
    issuer: row.issuer,
    label: row.label,
    deviceId: hexOrNull(row.device_id),
    createdAt: row.created_at,
    der: row.der,
  }
}
