import type { Act } from '../../domain/act.ts'
import type {
  CertificateRecord,
  CertificateStatus,
  HeldBy,
  IssuerName,
  OnlineIssuer,
  RevocationReason,
} from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import type { RevokedEntry } from '../../domain/store.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { giveUp } from './issuance.ts'
import { openBelow, standingBelow, standingLater } from './lines.ts'
import { tellSites } from './site-events.ts'

interface RevokedColumns {
  serial: Buffer
  revoked_at: number
  reason: RevocationReason
}

const REVOKED = `SELECT serial, revoked_at, reason FROM certificates
    WHERE issuer = $1 AND status <> 'active' AND serial > $2 AND not_after >= $3
  UNION ALL SELECT serial, revoked_at, reason FROM reservations
    WHERE issuer = $1 AND revoked_at IS NOT NULL AND serial > $2 AND not_after >= $3
  ORDER BY serial LIMIT $4`

/** In order of serial: held and revoked certificates, and reservations that were given up. */
export function revoked(
  issuer: IssuerName,
  afterSerial: Hex,
  limit: number,
  now: number,
): Query<readonly RevokedEntry[]> {
  return query<RevokedColumns, readonly RevokedEntry[]>(REVOKED, [issuer, bytes(afterSerial), now, limit], (rows) =>
    rows.map((row) => ({ serial: hex(row.serial), revokedAt: row.revoked_at, reason: row.reason })),
  )
}

interface Standing {
  profile: CertificateRecord['profile']
  status: CertificateStatus
  reason: RevocationReason | null
  held_by: HeldBy | null
  key_hash: Buffer
  subscriber_id: Buffer | null
}

async function standingOf(tx: Transaction, fingerprint: Hex): Promise<Standing | undefined> {
  return tx.one(
    'SELECT profile, status, reason, held_by, key_hash, subscriber_id FROM certificates WHERE fingerprint = $1',
    [bytes(fingerprint)],
  )
}

export async function revoke(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
  reason: RevocationReason,
): Promise<'revoked' | 'already' | 'unknown'> {
  if (reason === 'certificate-hold') throw new TypeError('a hold is the command `hold`, not a reason to revoke')
  const standing = await standingOf(tx, fingerprint)
  if (!standing) return 'unknown'
  // also of one that was superseded long ago: what is learned of it later concerns what came of it
  if (reason !== 'superseded') await endWhatCame(tx, ledger, act, fingerprint, standing)
  if (standing.status === 'revoked') {
    if (reason === 'key-compromise' && standing.reason !== reason)
      await reportCompromise(tx, ledger, act, fingerprint, standing)
    return 'already'
  }

  end(tx, ledger, act, fingerprint, reason, standing.subscriber_id)
  if (reason === 'key-compromise') await banKey(tx, ledger, act, standing.key_hash)
  return 'revoked'
}

function end(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
  reason: RevocationReason,
  subscriberId: Buffer | null,
): void {
  setStanding(tx, fingerprint, 'revoked', reason, act.at)
  const position = ledger.emit('certificate', fingerprint, act.at)
  tellSites(tx, { subscriberId, event: 'revoked', position, at: act.at })
  ledger.record({ ...act, action: 'certificate-revoked', object: fingerprint, detail: { reason } })
}

async function endWhatCame(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
  { profile, subscriber_id }: Pick<Standing, 'profile' | 'subscriber_id'>,
): Promise<void> {
  if (profile === 'api') await endLine(tx, ledger, act, fingerprint)
  else await endDevice(tx, ledger, act, fingerprint, subscriber_id)
}

/**
 * Whoever was not the service, and had its key, may have renewed its certificate with a key of his own: what was given on
 * the word of a certificate that is not believed any more ends with it.
 */
async function endLine(tx: Transaction, ledger: Ledger, act: Act, fingerprint: Hex): Promise<void> {
  for (const below of await standingBelow(tx, fingerprint)) end(tx, ledger, act, below, 'privilege-withdrawn', null)
  await endRenewals(tx, ledger, act, fingerprint)
}

/** The same of a person's device: whoever had its certificate may have renewed it, or be about to. */
async function endDevice(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
  subscriberId: Buffer | null,
): Promise<void> {
  for (const later of await standingLater(tx, fingerprint))
    end(tx, ledger, act, later, 'privilege-withdrawn', subscriberId)
  forgetRenewals(tx, act, fingerprint)
}

function forgetRenewals(tx: Transaction, act: Act, fingerprint: Hex): void {
  tx.write(
    `DELETE FROM invitations WHERE used_at IS NULL AND expires_at > $2
      AND device_id = (SELECT device_id FROM certificates WHERE fingerprint = $1)`,
    [bytes(fingerprint), act.at],
  )
}

async function endRenewals(tx: Transaction, ledger: Ledger, act: Act, fingerprint: Hex): Promise<void> {
  for (const { serial, issuer } of await openBelow(tx, fingerprint))
    giveUp(tx, ledger, act, serial, issuer, 'privilege-withdrawn')
}

/** The first revocation stands, yet its key must be certified no longer and never again. */
async function reportCompromise(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
  standing: Standing,
): Promise<void> {
  await banKey(tx, ledger, act, standing.key_hash)
  ledger.record({
    ...act,
    action: 'certificate-revoked',
    object: fingerprint,
    detail: { reason: standing.reason, reported: 'key-compromise' },
  })
}

/** Whoever has the key has all of its certificates, and those that are being signed. */
async function banKey(tx: Transaction, ledger: Ledger, act: Act, keyHash: Buffer): Promise<void> {
  tx.write('INSERT INTO compromised_keys (key_hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [keyHash, act.at])
  const made = await tx.all<Pick<Standing, 'profile' | 'status' | 'subscriber_id'> & { fingerprint: Buffer }>(
    'SELECT fingerprint, profile, status, subscriber_id FROM certificates WHERE key_hash = $1 ORDER BY number',
    [keyHash],
  )
  for (const { fingerprint, profile, status, subscriber_id } of made) {
    if (status !== 'revoked') end(tx, ledger, act, hex(fingerprint), 'key-compromise', subscriber_id)
    await endWhatCame(tx, ledger, act, hex(fingerprint), { profile, subscriber_id })
  }
  const open = await tx.all<{ serial: Buffer; issuer: OnlineIssuer }>(
    'SELECT serial, issuer FROM reservations WHERE key_hash = $1 AND revoked_at IS NULL ORDER BY serial',
    [keyHash],
  )
  for (const { serial, issuer } of open) giveUp(tx, ledger, act, hex(serial), issuer, 'key-compromise')
}

export async function hold(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
): Promise<'held' | 'already' | 'revoked' | 'unknown'> {
  const standing = await standingOf(tx, fingerprint)
  if (!standing) return 'unknown'
  if (standing.status === 'revoked') return 'revoked'
  if (standing.profile === 'api') await holdLine(tx, ledger, act, fingerprint)
  else await holdDevice(tx, ledger, act, fingerprint)
  return holdOne(tx, ledger, act, fingerprint, standing)
}

/** Each of them is released on its own: the operator looks at it first. */
async function holdLine(tx: Transaction, ledger: Ledger, act: Act, fingerprint: Hex): Promise<void> {
  for (const below of await standingBelow(tx, fingerprint))
    holdOne(tx, ledger, act, below, (await standingOf(tx, below))!)
  await endRenewals(tx, ledger, act, fingerprint)
}

async function holdDevice(tx: Transaction, ledger: Ledger, act: Act, fingerprint: Hex): Promise<void> {
  for (const later of await standingLater(tx, fingerprint))
    holdOne(tx, ledger, act, later, (await standingOf(tx, later))!)
  forgetRenewals(tx, act, fingerprint)
}

function holdOne(tx: Transaction, ledger: Ledger, act: Act, fingerprint: Hex, standing: Standing): 'held' | 'already' {
  const holder = holderOf(act)
  // An operator's word stands above the owner's: from now on only he can lift it.
  const takesOver = standing.status === 'active' || (holder === 'operator' && standing.held_by !== holder)
  if (takesOver) {
    setHolder(tx, fingerprint, holder)
    ledger.record({ ...act, action: 'certificate-held', object: fingerprint, detail: {} })
  }
  if (standing.status === 'held') return 'already'

  setStanding(tx, fingerprint, 'held', 'certificate-hold', act.at)
  const position = ledger.emit('certificate', fingerprint, act.at)
  tellSites(tx, { subscriberId: standing.subscriber_id, event: 'held', position, at: act.at })
  return 'held'
}

export async function release(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  fingerprint: Hex,
): Promise<'released' | 'not-held' | 'not-yours' | 'revoked' | 'unknown'> {
  const standing = await standingOf(tx, fingerprint)
  if (!standing) return 'unknown'
  if (standing.status !== 'held') return standing.status === 'active' ? 'not-held' : 'revoked'
  if (holderOf(act) === 'owner' && standing.held_by !== 'owner') return 'not-yours'

  setHolder(tx, fingerprint, null)
  setStanding(tx, fingerprint, 'active', null, null)
  const position = ledger.emit('certificate', fingerprint, act.at)
  tellSites(tx, { subscriberId: standing.subscriber_id, event: 'released', position, at: act.at })
  ledger.record({ ...act, action: 'certificate-released', object: fingerprint, detail: {} })
  return 'released'
}

function holderOf({ actor }: Act): HeldBy {
  return actor.startsWith('device:') ? 'owner' : 'operator'
}

function setHolder(tx: Transaction, fingerprint: Hex, holder: HeldBy | null): void {
  tx.write('UPDATE certificates SET held_by = $2 WHERE fingerprint = $1', [bytes(fingerprint), holder])
}

/** What was begun with a certificate ends with it, and does not come back with it: the account, and another device. */
const ENDING_WITH_IT = [
  'DELETE FROM sessions WHERE fingerprint = $1',
  `DELETE FROM invitations WHERE used_at IS NULL AND token_hash IN
    (SELECT claimant_hash FROM pairings WHERE fingerprint = $1 AND claimant_hash IS NOT NULL)`,
  'DELETE FROM pairings WHERE fingerprint = $1',
] as const

function setStanding(
  tx: Transaction,
  fingerprint: Hex,
  status: CertificateStatus,
  reason: RevocationReason | null,
  at: number | null,
): void {
  tx.write('UPDATE certificates SET status = $2, reason = $3, revoked_at = $4 WHERE fingerprint = $1', [
    bytes(fingerprint),
    status,
    reason,
    at,
  ])
  if (status !== 'active') for (const statement of ENDING_WITH_IT) tx.write(statement, [bytes(fingerprint)])
}
