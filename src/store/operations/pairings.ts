import type { Pairing, PairingKey, PairingState } from '../../domain/account/pairing.ts'
import type { Act } from '../../domain/act.ts'
import type { Invitation } from '../../domain/enrollment/invitation.ts'
import type { Hex } from '../../domain/hex.ts'
import { bytes, bytesOrNull, hex, hexOrNull } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'
import { invite } from './enrollment.ts'

interface PairingColumns {
  id: Buffer
  selector: string
  subscriber_id: Buffer
  fingerprint: Buffer
  state: PairingState
  claimant_hash: Buffer | null
  created_at: number
  expires_at: number
}

export function pairing(key: PairingKey): Query<Pairing | undefined> {
  const [column, value] = columnOf(key)
  return query<PairingColumns, Pairing | undefined>(
    `SELECT id, selector, subscriber_id, fingerprint, state, claimant_hash, created_at, expires_at
      FROM pairings WHERE ${column} = $1 ORDER BY created_at DESC, state = 'confirmed' LIMIT 1`,
    [value],
    ([row]) => row && pairingOf(row),
  )
}

function columnOf(key: PairingKey): [column: string, value: string | Buffer] {
  if ('selector' in key) return ['selector', key.selector]
  if ('claimantHash' in key) return ['claimant_hash', bytes(key.claimantHash)]
  return ['fingerprint', bytes(key.fingerprint)]
}

/**
 * A device shows one code at a time. What was confirmed stays beside it: through that row the invitation ends with the
 * device.
 */
export async function offerPairing(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  pairing: Pairing,
): Promise<'offered' | 'selector-taken'> {
  if (await tx.one('SELECT id FROM pairings WHERE selector = $1', [pairing.selector])) return 'selector-taken'
  tx.write("DELETE FROM pairings WHERE fingerprint = $1 AND state <> 'confirmed'", [bytes(pairing.fingerprint)])
  tx.write(
    `INSERT INTO pairings
      (id, selector, subscriber_id, fingerprint, state, claimant_hash, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      bytes(pairing.id),
      pairing.selector,
      bytes(pairing.subscriberId),
      bytes(pairing.fingerprint),
      pairing.state,
      bytesOrNull(pairing.claimantHash),
      pairing.createdAt,
      pairing.expiresAt,
    ],
  )
  ledger.record({ ...act, action: 'pairing-offered', object: pairing.subscriberId, detail: { pairing: pairing.id } })
  return 'offered'
}

export async function claimPairing(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  id: Hex,
  claimantHash: Hex,
): Promise<'claimed' | 'unusable'> {
  const claimed = await tx.one<{ subscriber_id: Buffer }>(
    `UPDATE pairings SET state = 'claimed', claimant_hash = $3
      WHERE id = $1 AND state = 'offered' AND expires_at > $2
        AND EXISTS (SELECT 1 FROM certificates c WHERE c.fingerprint = pairings.fingerprint AND c.status = 'active')
      RETURNING subscriber_id`,
    [bytes(id), act.at, bytes(claimantHash)],
  )
  if (!claimed) return 'unusable'
  ledger.record({ ...act, action: 'pairing-claimed', object: hex(claimed.subscriber_id), detail: { pairing: id } })
  return 'claimed'
}

/** @param invitation what the waiting device may enroll by, and for as long as it is good the pairing is; null: it is refused */
export async function decidePairing(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  id: Hex,
  invitation: Invitation | null,
): Promise<'decided' | 'unusable'> {
  const decided = await tx.one<{ subscriber_id: Buffer }>(
    `UPDATE pairings SET state = $3, expires_at = COALESCE($4, expires_at)
      WHERE id = $1 AND state = 'claimed' AND expires_at > $2 RETURNING subscriber_id`,
    [bytes(id), act.at, invitation ? 'confirmed' : 'refused', invitation?.expiresAt ?? null],
  )
  if (!decided) return 'unusable'
  const action = invitation ? 'pairing-confirmed' : 'pairing-refused'
  ledger.record({ ...act, action, object: hex(decided.subscriber_id), detail: { pairing: id } })
  if (invitation) await invite(tx, ledger, act, invitation)
  return 'decided'
}

export async function endPairing(tx: Transaction, _ledger: Ledger, id: Hex): Promise<'ended'> {
  tx.write("DELETE FROM pairings WHERE id = $1 AND state IN ('offered', 'claimed')", [bytes(id)])
  return 'ended'
}

function pairingOf(row: PairingColumns): Pairing {
  return {
    id: hex(row.id),
    selector: row.selector,
    subscriberId: hex(row.subscriber_id),
    fingerprint: hex(row.fingerprint),
    state: row.state,
    claimantHash: hexOrNull(row.claimant_hash),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
