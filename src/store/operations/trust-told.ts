import type { Act } from '../../domain/act.ts'
import type { Hex } from '../../domain/hex.ts'
import { bytes, hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import type { Transaction } from '../transaction.ts'
import { tellSites } from './site-events.ts'

/** Tells those who see another figure of what weighs. Who sees none either way would learn by it that there is something to hide. */
export async function tellOfFigure(tx: Transaction, ledger: Ledger, { at }: Act, owner: Buffer): Promise<void> {
  const [speaker, ...others] = await tx.all<{ site_id: Buffer }>(SPEAKERS, [owner, at])
  if (!speaker) return
  const position = ledger.emit('subscriber', hex(owner), at)
  const alone = others.length === 0 && { except: speaker.site_id }
  tellSites(tx, { subscriberId: owner, event: 'trust-changed', position, at, ...alone })
}

const SPEAKS = `JOIN site_standings t ON t.site_id = x.site_id AND t.weight > 0
  JOIN sites i ON i.id = x.site_id AND i.removed_at IS NULL WHERE x.subscriber_id = $1 AND x.met = 1 AND x.expires_at > $2`

/** Sites that say something that weighs: two at most, since what one says is a figure for all but itself. */
const SPEAKERS = `SELECT x.site_id FROM vouches x ${SPEAKS}
  UNION SELECT x.site_id FROM intrusion_reports x ${SPEAKS} LIMIT 2`

const HEARD = `SELECT 1 AS heard FROM site_standings t, subscribers p
  WHERE t.site_id = $1 AND t.weight > 0 AND p.id = $2 AND p.trust_hidden = 0`

/**
 * What weighs nothing, comes from who has not met the person, or is hidden, changes nothing for the other sites: of that
 * they are told nothing.
 */
export async function tellOthers(
  tx: Transaction,
  ledger: Ledger,
  { at }: Act,
  { siteId, met }: { readonly siteId: Hex; readonly met: boolean },
  owner: Buffer,
): Promise<void> {
  const except = bytes(siteId)
  if (!met || !(await tx.one(HEARD, [except, owner]))) return
  const position = ledger.emit('subscriber', hex(owner), at)
  tellSites(tx, { subscriberId: owner, event: 'trust-changed', position, at, except })
}
