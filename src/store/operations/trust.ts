import type { Act } from '../../domain/act.ts'
import type { AuditAction } from '../../domain/audit/audit.ts'
import type { Hex } from '../../domain/hex.ts'
import type { IntrusionReport, VouchKind } from '../../domain/trust/trust.ts'
import type { Speaker } from '../../domain/trust/trust-store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import type { Transaction } from '../transaction.ts'
import { hasMet } from './meetings.ts'
import { tellSites } from './site-events.ts'
import { GENERATION, ownerOf } from './subjects.ts'
import { tellOfFigure, tellOthers } from './trust-told.ts'

export async function vouch(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  speaker: Speaker,
  subject: string,
  { kind, expiresAt }: { readonly kind: VouchKind; readonly expiresAt: number },
): Promise<'vouched' | 'unknown'> {
  const owner = await ownerOf(tx, speaker.siteId, subject)
  if (!owner) return 'unknown'
  const before = await tx.one<{ kind: VouchKind }>(VOUCH_OF, [owner, bytes(speaker.siteId), act.at])
  const met = await hasMet(tx, speaker.siteId, owner)
  tx.write(VOUCH, [owner, bytes(speaker.siteId), kind, act.at, expiresAt, met ? 1 : 0])
  if (before?.kind !== kind) await tellOthers(tx, ledger, act, { ...speaker, met }, owner)
  record(ledger, act, 'trust-vouched', subject, { ...said(speaker), kind, expires_at: expiresAt })
  return 'vouched'
}

const VOUCH_OF = 'SELECT kind FROM vouches WHERE subscriber_id = $1 AND site_id = $2 AND expires_at > $3'

const VOUCH = `INSERT INTO vouches (subscriber_id, site_id, kind, since, expires_at, met) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (subscriber_id, site_id) DO UPDATE SET kind = excluded.kind, expires_at = excluded.expires_at,
    met = excluded.met, since = CASE WHEN vouches.expires_at > excluded.since THEN vouches.since ELSE excluded.since END`

export async function reportIntrusion(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  speaker: Speaker,
  subject: string,
  report: Pick<IntrusionReport, 'id' | 'severity' | 'message' | 'expiresAt'>,
): Promise<'reported' | 'unknown'> {
  const owner = await ownerOf(tx, speaker.siteId, subject)
  if (!owner) return 'unknown'
  const about = [owner, bytes(speaker.siteId)] as const
  const standing = await tx.one<{ appealed_at: number | null }>(
    `SELECT appealed_at FROM intrusion_reports WHERE ${ABOUT} AND expires_at > $3`,
    [...about, act.at],
  )
  const { severity, message, expiresAt } = report
  const met = await hasMet(tx, speaker.siteId, owner)
  if (!standing) {
    tx.write(`DELETE FROM intrusion_reports WHERE ${ABOUT}`, about)
    tx.write(REPORT, [...about, bytes(report.id), severity, message, act.at, expiresAt, met ? 1 : 0])
  } else if (standing.appealed_at === null) tx.write(REPEAT, [...about, severity, message, act.at, expiresAt])
  else tx.write(CONFIRM, [...about, severity, message, act.at])
  await tellOthers(tx, ledger, act, { ...speaker, met }, owner)
  const confirms = standing !== undefined && standing.appealed_at !== null
  record(ledger, act, 'intrusion-reported', subject, { ...said(speaker), severity, confirms })
  return 'reported'
}

const ABOUT = `subscriber_id = $1 AND site_id = $2 AND generation = ${GENERATION}`

const REPORT = `INSERT INTO intrusion_reports
    (subscriber_id, site_id, generation, id, severity, message, reported_at, expires_at, met)
  VALUES ($1, $2, ${GENERATION}, $3, $4, $5, $6, $7, $8)`
const REPEAT = `UPDATE intrusion_reports SET severity = $3, message = $4, reported_at = $5, expires_at = $6 WHERE ${ABOUT}`
// It ends when it would have ended: what an appeal took away for a while is not made up for.
const CONFIRM = `UPDATE intrusion_reports
  SET severity = $3, message = $4, confirmed_at = COALESCE(confirmed_at, $5) WHERE ${ABOUT}`

/** To withdraw what is not there is done already. */
function withdrawing(statement: string, action: 'trust-withdrawn' | 'intrusion-withdrawn') {
  return async (
    tx: Transaction,
    ledger: Ledger,
    act: Act,
    speaker: Speaker,
    subject: string,
  ): Promise<'withdrawn' | 'unknown'> => {
    const owner = await ownerOf(tx, speaker.siteId, subject)
    if (!owner) return 'unknown'
    const ended = await tx.one<{ met: number }>(`${statement} RETURNING met`, [owner, bytes(speaker.siteId)])
    if (!ended) return 'withdrawn'
    await tellOthers(tx, ledger, act, { ...speaker, met: ended.met === 1 }, owner)
    record(ledger, act, action, subject, said(speaker))
    return 'withdrawn'
  }
}

export const withdrawVouch = withdrawing(
  'DELETE FROM vouches WHERE subscriber_id = $1 AND site_id = $2',
  'trust-withdrawn',
)
export const withdrawReport = withdrawing(`DELETE FROM intrusion_reports WHERE ${ABOUT}`, 'intrusion-withdrawn')

export async function appealReport(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
  reportId: Hex,
  appeal: string,
): Promise<'appealed' | 'settled' | 'unknown'> {
  const owner = bytes(subscriberId)
  const report = await tx.one<AppealedColumns>(APPEALED, [bytes(reportId), owner, act.at])
  if (!report) return 'unknown'
  if (report.appealed_at !== null) return 'settled'
  tx.write('UPDATE intrusion_reports SET appeal = $2, appealed_at = $3 WHERE id = $1', [
    bytes(reportId),
    appeal,
    act.at,
  ])
  const siteId = hex(report.site_id)
  await tellOthers(tx, ledger, act, { siteId, met: report.met === 1 }, owner)
  // The site that reported has to know, whatever others are told; unless it would hear by it who somebody new has been.
  if (report.known === 1) {
    const position = ledger.emit('subscriber', subscriberId, act.at)
    tellSites(tx, { subscriberId: owner, event: 'trust-changed', position, at: act.at, siteId: report.site_id })
  }
  record(ledger, act, 'intrusion-appealed', subscriberId, { site: siteId })
  return 'appealed'
}

interface AppealedColumns {
  site_id: Buffer
  appealed_at: number | null
  met: number
  /** whether the site knows the person as whom it reported */
  known: number
}

const APPEALED = `SELECT r.site_id, r.appealed_at, r.met, CASE WHEN r.generation = COALESCE((SELECT g.generation
    FROM subject_generations g WHERE g.subscriber_id = r.subscriber_id AND g.site_id = r.site_id), 0) THEN 1 ELSE 0 END AS known
  FROM intrusion_reports r WHERE r.id = $1 AND r.subscriber_id = $2 AND r.expires_at > $3`

export async function hideTrust(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
  hidden: boolean,
): Promise<'changed' | 'unknown'> {
  const owner = bytes(subscriberId)
  const before = await tx.one<{ trust_hidden: number }>('SELECT trust_hidden FROM subscribers WHERE id = $1', [owner])
  if (!before) return 'unknown'
  if ((before.trust_hidden === 1) === hidden) return 'changed'
  tx.write('UPDATE subscribers SET trust_hidden = $2 WHERE id = $1', [owner, hidden ? 1 : 0])
  await tellOfFigure(tx, ledger, act, owner)
  record(ledger, act, hidden ? 'trust-hidden' : 'trust-shown', subscriberId, {})
  return 'changed'
}

/** Who said it: the certificate that the handshake proved stands with it in the chain. */
function said({ siteId, service, fingerprint }: Speaker): Readonly<Record<'site' | 'service' | 'certificate', string>> {
  return { site: siteId, service, certificate: fingerprint }
}

type Detail = Readonly<Record<string, string | number | boolean>>

/** What a site does stands under its own subject: a person's history must not be what a site can fill. */
function record(ledger: Ledger, act: Act, action: AuditAction, object: string, detail: Detail): void {
  ledger.record({ ...act, action, object, detail })
}
