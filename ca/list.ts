import { setImmediate } from 'node:timers/promises'
import { type OnlineIssuer, REVOCATION_REASONS } from '../src/domain/certificate/certificate.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { Hex } from '../src/domain/hex.ts'
import type { RevocationList, RevokedEntry, Store } from '../src/domain/store.ts'
import { parseCertList } from '../src/x509/crl.ts'
import { encodeRevokedSerials } from '../src/x509/revoked-serial.ts'
import type { Authority, IssuerCertificate } from './authority.ts'
import { openPress } from './list-press.ts'
import type { Signer } from './signer-process.ts'
import { SIGNATURE_ALGORITHM } from './tbs.ts'

const SECOND = 1_000

/** How long a list may be used. Relying parties that cannot fetch a new one refuse everybody then. */
export const LIST_LIFETIME = 24 * 3_600 * SECOND

/** So many entries are read and encoded in one turn of the event loop: a few milliseconds. */
const PAGE = 500
/** Before every serial of ours. */
const BEFORE_ALL: Hex = '0'.repeat(32)

/** What a list is made with. */
export interface ListParts {
  readonly store: Pick<Store, 'revoked' | 'run'>
  readonly authority: Pick<Authority, 'issuers'>
  readonly signer: Pick<Signer, 'signList'>
  readonly clock: Clock
}

/** A list that was published, or found outdated by a newer one. */
export interface PublishedList {
  readonly number: number
  readonly thisUpdate: number
  readonly entries: number
  /** serials that are on it by a hold: they may leave it again */
  readonly held: ReadonlySet<Hex>
}

/**
 * Makes a full CRL of what is held or revoked now, has it signed and publishes it.
 * https://www.rfc-editor.org/rfc/rfc5280#section-5
 * @throws IdentityError store-unavailable, signer-unavailable, signer-refused, profile-violation
 */
export async function publishList(parts: ListParts, issuer: OnlineIssuer, stop: AbortSignal): Promise<PublishedList> {
  const { store, authority, clock } = parts
  const thisUpdate = Math.floor(clock.now() / SECOND) * SECOND
  // Taken before the entries are read, a higher number never knows less. It starts from the time, so that a store that
  // was restored from a backup goes on above the numbers it has forgotten.
  const number = await store.run('nextCrlNumber', issuer, thisUpdate / SECOND)
  const { pieces, entries, held } = await readEntries(store, issuer, thisUpdate, stop)
  const header = { thisUpdate, nextUpdate: thisUpdate + LIST_LIFETIME, number }
  const der = await signList(parts, authority.issuers[issuer], header, pieces)
  await store.run('publishCrl', { issuer, ...header, der })
  return { number, thisUpdate, entries, held }
}

/**
 * Publishes the root's list, which a ceremony made, unless a newer one is published already.
 * @throws IdentityError store-unavailable
 */
export async function publishRootList(
  store: Pick<Store, 'run'>,
  { rootList }: Pick<Authority, 'rootList'>,
): Promise<void> {
  const { number, thisUpdate, nextUpdate } = parseCertList(rootList)
  await store.run('publishCrl', { issuer: 'root', number, thisUpdate, nextUpdate, der: rootList })
}

interface Entries {
  readonly pieces: readonly Uint8Array[]
  readonly entries: number
  readonly held: ReadonlySet<Hex>
}

/** Reads and encodes page by page, and lets others go on in between. */
async function readEntries(
  store: ListParts['store'],
  issuer: OnlineIssuer,
  now: number,
  stop: AbortSignal,
): Promise<Entries> {
  const pieces: Uint8Array[] = []
  const held = new Set<Hex>()
  let entries = 0
  let page: readonly RevokedEntry[]
  let after = BEFORE_ALL
  do {
    page = await store.revoked(issuer, after, PAGE, now)
    pieces.push(encodeRevokedSerials(page.map(toListEntry)))
    for (const { serial, reason } of page) if (reason === 'certificate-hold') held.add(serial)
    entries += page.length
    after = page.at(-1)?.serial ?? after
    await setImmediate(undefined, { signal: stop })
  } while (page.length === PAGE)
  return { pieces, entries, held }
}

function toListEntry({ serial, revokedAt, reason }: RevokedEntry) {
  return { serial: Buffer.from(serial, 'hex'), revokedAt, reason: REVOCATION_REASONS[reason] }
}

async function signList(
  { signer }: ListParts,
  issuer: IssuerCertificate,
  header: Pick<RevocationList, 'thisUpdate' | 'nextUpdate' | 'number'>,
  entries: readonly Uint8Array[],
): Promise<Uint8Array> {
  const press = openPress(entries.reduce((sum, { length }) => sum + length, 0))
  try {
    const tbs = await press.encode({
      ...header,
      signatureAlgorithm: SIGNATURE_ALGORITHM,
      issuer: issuer.subject,
      authorityKeyIdentifier: issuer.keyIdentifier,
      entries,
    })
    const signature = await signer.signList(issuer.issuer, tbs)
    return await press.finish(tbs, signature, issuer.spki)
  } finally {
    await press.close()
  }
}
