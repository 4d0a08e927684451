import type { Act } from '../../domain/act.ts'
import type { CertificateRecord, CertificateStatus, Reservation } from '../../domain/certificate/certificate.ts'
import type { Hex } from '../../domain/hex.ts'
import type { ServiceRenewalCommands } from '../../domain/site/service-renewal-store.ts'
import { bytes, bytesOrNull } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import type { Transaction } from '../transaction.ts'
import { insertReservation, isCompromised } from './issuance.ts'
import { addToLine } from './lines.ts'

interface PredecessorColumns {
  profile: CertificateRecord['profile']
  status: CertificateStatus
  expires_at: number
  site_id: Buffer | null
  service: string | null
  renewals: number
}

/** What came to nothing does not count: a signer that is away must not use up a service's renewals. */
const PREDECESSOR = `SELECT c.profile, c.status, c.expires_at, c.site_id, c.service,
    (SELECT count(*) FROM renewals n JOIN certificates s ON s.serial = n.serial
      WHERE n.renewed_from = c.fingerprint) AS renewals
  FROM certificates c WHERE c.fingerprint = $1`

export async function reserveRenewal(
  tx: Transaction,
  ledger: Ledger,
  act: Act,
  predecessor: Hex,
  reservation: Reservation,
  most: number,
): Promise<ReturnType<ServiceRenewalCommands['reserveRenewal']>> {
  const standing = await tx.one<PredecessorColumns>(PREDECESSOR, [bytes(predecessor)])
  if (!standing || !mayRenew(standing, act, reservation)) return 'not-active'
  if (standing.renewals >= most) return 'too-many'
  if (await isCompromised(tx, reservation.keyHash)) return 'compromised-key'
  if (await isUsed(tx, reservation.keyHash)) return 'key-used'

  insertReservation(tx, ledger, act, reservation)
  addToLine(tx, act, reservation.serial, predecessor)
  ledger.record({
    ...act,
    action: 'certificate-renewed',
    object: predecessor,
    detail: { serial: reservation.serial, service: reservation.service },
  })
  return 'reserved'
}

/** A site that was removed has no certificate that is active. */
function mayRenew(standing: PredecessorColumns, { at }: Act, { siteId, service }: Reservation): boolean {
  const sameSite = standing.site_id !== null && bytesOrNull(siteId)?.equals(standing.site_id) === true
  return (
    standing.profile === 'api' &&
    standing.status === 'active' &&
    at <= standing.expires_at &&
    sameSite &&
    standing.service === service
  )
}

/** A key that is certified again and again is the one that its thief has, too. */
async function isUsed(tx: Transaction, keyHash: Hex): Promise<boolean> {
  const found = await tx.one(
    'SELECT serial FROM certificates WHERE key_hash = $1 UNION ALL SELECT serial FROM reservations WHERE key_hash = $1',
    [bytes(keyHash)],
  )
  return found !== undefined
}
