import type { AuditAction, AuditRow } from '../audit/audit.ts'
import type { Hex } from '../hex.ts'
import type { Store } from '../store.ts'
import type { AccountSession } from './account-session.ts'

/** What of the audit is a person's own to read. Adding a row means a sentence for it in the texts of the page. */
export const OWN_EVENTS = [
  'subscriber-enrolled',
  'subscriber-rejoined',
  'certificate-issued',
  'certificate-held',
  'certificate-released',
  'certificate-revoked',
  'device-changed',
  'device-renewed',
  'revalidation-passed',
  'revalidation-failed',
  'revalidation-denied',
  'passkey-counter-back',
  'check-added',
  'check-renamed',
  'check-removed',
  'account-opened',
  'account-named',
  'pairing-offered',
  'pairing-claimed',
  'pairing-confirmed',
  'pairing-refused',
  'subject-forgotten',
  'intrusion-appealed',
  'trust-hidden',
  'trust-shown',
] as const satisfies readonly AuditAction[]
export type OwnEventKind = (typeof OWN_EVENTS)[number]

/** Something that happened to a person's account. */
export interface OwnEvent {
  /** epoch ms */
  readonly at: number
  readonly kind: OwnEventKind
  /** `you`: one of the person's devices, or his invitation. `service`: what happens by itself */
  readonly by: 'you' | 'operator' | 'service'
  /** the label of the device that it happened to, or that did it; undefined: none, or no longer known */
  readonly device: string | undefined
  /** the site that it is about */
  readonly site: string | undefined
}

const MOST_SHOWN = 50
/** Of each kind so many in any case: whoever does one thing again and again does not push off what else he did. */
const OF_EACH_KIND = 10
/** Further back nothing is looked for. */
const MOST_READ = 1_000

/**
 * The newest 50 events of a person's certificates, devices and checks, and of each kind the newest 10; newest first.
 * @throws IdentityError store-unavailable
 */
export async function ownHistory(
  store: Pick<Store, 'deviceCertificates' | 'auditRowsAbout' | 'site'>,
  { subscriberId }: Pick<AccountSession, 'subscriberId'>,
): Promise<readonly OwnEvent[]> {
  const labels = new Map<Hex, string>()
  for (const { device, fingerprint } of await store.deviceCertificates(subscriberId)) {
    labels.set(fingerprint, device.label).set(device.id, device.label)
  }
  const rows = shownOf((await store.auditRowsAbout([subscriberId, ...labels.keys()], MOST_READ)).filter(isOwn))
  const sites = await sitesOf(store, rows)
  return rows.map((row) => ({
    at: row.at,
    kind: row.action,
    by: whoOf(row),
    device: labels.get(row.object) ?? labels.get(row.actor.slice('device:'.length)),
    site: typeof row.detail.site === 'string' ? sites.get(row.detail.site) : undefined,
  }))
}

type OwnRow = AuditRow & { readonly action: OwnEventKind }

function isOwn(row: AuditRow): row is OwnRow {
  return (OWN_EVENTS as readonly AuditAction[]).includes(row.action)
}

/** @param rows newest first */
function shownOf(rows: readonly OwnRow[]): readonly OwnRow[] {
  const counts = new Map<OwnEventKind, number>()
  return rows.filter(({ action }, place) => {
    const count = (counts.get(action) ?? 0) + 1
    counts.set(action, count)
    return place < MOST_SHOWN || count <= OF_EACH_KIND
  })
}

/** A site that was removed has no name here any more. */
async function sitesOf(store: Pick<Store, 'site'>, rows: readonly OwnRow[]): Promise<ReadonlyMap<Hex, string>> {
  const ids = new Set(rows.flatMap(({ detail }) => (typeof detail.site === 'string' ? detail.site : [])))
  const found = await Promise.all([...ids].map((id) => store.site({ id })))
  return new Map(found.flatMap((site) => (site ? [[site.id, site.name]] : [])))
}

function whoOf({ actor }: OwnRow): OwnEvent['by'] {
  if (actor.startsWith('device:') || actor.startsWith('invitation:')) return 'you'
  return actor.startsWith('operator:') ? 'operator' : 'service'
}
