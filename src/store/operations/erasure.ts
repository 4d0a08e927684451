import type { Act } from '../../domain/act.ts'
import type { OnlineIssuer } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import type { Transaction } from '../transaction.ts'
import { giveUp } from './issuance.ts'
import { revoke } from './revocation.ts'
import { tellSites } from './site-events.ts'

/**
 * Ends a person's certificates and forgets what can be forgotten. Serial, fingerprint and times stay: lists of revoked
 * certificates and the audit speak of them. What is signed holds the label, so the bytes go too.
 */
export async function eraseSubscriber(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  subscriberId: Hex,
): Promise<'erased' | 'unknown'> {
  const id = bytes(subscriberId)
  if (!(await tx.one('SELECT id FROM subscribers WHERE id = $1', [id]))) return 'unknown'
  const revoked = await endCertificates(tx, ledger, act, id)
  const position = ledger.emit('subscriber', subscriberId, act.at)
  tellSites(tx, { subscriberId: id, event: 'erased', position, at: act.at })
  for (const statement of FORGETTING) tx.write(statement, [id])
  for (const statement of EMPTYING) tx.write(statement, [id, NOTHING])
  tx.write('UPDATE sign_ins SET forgotten_at = $2 WHERE subscriber_id = $1 AND forgotten_at IS NULL', [id, act.at])
  ledger.record({ ...act, action: 'subscriber-erased', object: subscriberId, detail: { revoked } })
  return 'erased'
}

async function endCertificates(tx: Transaction, ledger: Ledger, act: Act, subscriberId: Buffer): Promise<number> {
  const standing = await tx.all<{ fingerprint: Buffer }>(
    // the newest first: with an older one the later ones of its device would end for another reason
    "SELECT fingerprint FROM certificates WHERE subscriber_id = $1 AND status <> 'revoked' ORDER BY number DESC",
    [subscriberId],
  )
  for (const { fingerprint } of standing) await revoke(tx, ledger, act, hex(fingerprint), 'cessation-of-operation')
  const open = await tx.all<{ serial: Buffer; issuer: OnlineIssuer }>(
    'SELECT serial, issuer FROM reservations WHERE subscriber_id = $1 AND revoked_at IS NULL ORDER BY serial',
    [subscriberId],
  )
  for (const { serial, issuer } of open) giveUp(tx, ledger, act, hex(serial), issuer, 'cessation-of-operation')
  return standing.length
}

const FORGETTING = [
  "UPDATE certificates SET label = '', supersede_at = NULL WHERE subscriber_id = $1",
  "UPDATE devices SET label = '', platform = NULL WHERE subscriber_id = $1",
  'UPDATE subscribers SET name = NULL, trust_hidden = 0 WHERE id = $1',
  'DELETE FROM credentials WHERE subscriber_id = $1',
  'DELETE FROM sessions WHERE subscriber_id = $1',
  'DELETE FROM pairings WHERE subscriber_id = $1',
  'DELETE FROM invitations WHERE subscriber_id = $1',
  'DELETE FROM subjects WHERE subscriber_id = $1',
  'DELETE FROM site_accounts WHERE subscriber_id = $1',
  'DELETE FROM meetings WHERE subscriber_id = $1',
  'DELETE FROM vouches WHERE subscriber_id = $1',
  'DELETE FROM intrusion_reports WHERE subscriber_id = $1',
] as const

const NOTHING = new Uint8Array()
const EMPTYING = [
  'UPDATE certificate_bytes SET der = $2 WHERE number IN (SELECT number FROM certificates WHERE subscriber_id = $1)',
  "UPDATE reservations SET label = '', tbs = $2 WHERE subscriber_id = $1",
] as const
