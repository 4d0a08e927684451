import { IdentityError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { countTry } from '../proving/guesses.ts'
import { openSecret, sealSecret } from '../sealed.ts'
import type { Store } from '../store.ts'
import type { Asker } from './asker.ts'
import type { SiteAccountReads } from './site-account-store.ts'
import { type SubjectReads, subjectUnknown, subscriberOf } from './subjects.ts'

/** What a site calls the people whom it signs in, so that it needs no table of its own. */
export interface SiteAccounts {
  /**
   * From the next question on, valid answers about this person tell the account, to this site alone.
   * @param asker the calling service, proven by its certificate
   * @throws IdentityError account-invalid; subject-unknown; too-many-guesses; store-unavailable
   */
  bind(asker: Asker, subject: string, account: string): Promise<void>
  /** Where there is none already, nothing happens. @throws IdentityError subject-unknown; store-unavailable */
  remove(asker: Asker, subject: string): Promise<void>
}

const DAY = 86_400_000

/**
 * Each is told to every node and stands in the audit: so many a day, for one person and for a site in all. What is
 * removed was bound before, and is counted with that.
 */
const CHANGES_OF_PERSON = 20
const CHANGES_OF_SITE = 5_000
const TOO_MANY = 'Your site has called this person too many names today. The last one stands; change it tomorrow (UTC).'
const TOO_MANY_OF_SITE =
  'Your site has changed too many accounts today. Go on tomorrow (UTC); what stands goes on standing.'

export function createSiteAccounts(parts: {
  readonly store: Pick<Store, 'run' | 'guesses'> & SubjectReads & SiteAccountReads
  readonly clock: Clock
  readonly keyring: Pick<Keyring, 'site-account'>
}): SiteAccounts {
  const { store, clock } = parts
  const key = parts.keyring['site-account']
  const actOf = ({ site }: Asker) => ({ at: clock.now(), actor: `site:${site.name}` }) as const
  return {
    async bind(asker, subject, account) {
      const { id: siteId } = asker.site
      requireAccount(account)
      const subscriberId = await subscriberOf(store, siteId, subject)
      const bound = (await store.siteAccounts(subscriberId)).find((one) => one.siteId === siteId)
      if (bound && isOpenedTo(account, key, bound.sealed, siteId, subscriberId)) return
      await countChange(store, siteId, subject, bound !== undefined, clock.now())
      const sealed = sealSecret(key, Buffer.from(account), ownerOf(siteId, subscriberId))
      const outcome = await store.run('bindAccount', actOf(asker), siteId, subject, subscriberId, sealed)
      if (outcome === 'unknown') throw subjectUnknown()
    },

    async remove(asker, subject) {
      await subscriberOf(store, asker.site.id, subject)
      await store.run('removeAccount', actOf(asker), asker.site.id, subject)
    },
  }
}

/**
 * The first account of a person costs the site nothing, or one with many people could not begin; it is free once a day,
 * or whoever removes each account before the next would never pay.
 * @param now epoch ms
 */
async function countChange(
  store: Pick<Store, 'run' | 'guesses'>,
  siteId: Hex,
  subject: string,
  isBound: boolean,
  now: number,
): Promise<void> {
  // by the subject, never by who is behind it: a full count would tell that somebody who was forgotten is back
  const ofPerson = { key: `account:${siteId}:${subject}`, period: DAY, most: CHANGES_OF_PERSON }
  await countTry(store, ofPerson, now, TOO_MANY)
  if (!isBound && (await store.guesses(ofPerson.key, now - (now % DAY))) <= 1) return
  await countTry(store, { key: `account:${siteId}`, period: DAY, most: CHANGES_OF_SITE }, now, TOO_MANY_OF_SITE)
}

/**
 * @param key `keyring['site-account']`
 * @throws IdentityError internal: altered, moved here from another row, or sealed under another key
 */
export function openAccount(key: Uint8Array, sealed: Uint8Array, siteId: Hex, subscriberId: Hex): string {
  return openSecret(key, sealed, ownerOf(siteId, subscriberId)).toString()
}

/** A row that somebody has moved to another site or person does not open there. */
function ownerOf(siteId: Hex, subscriberId: Hex): string {
  return `site-account ${siteId} ${subscriberId}`
}

/** What cannot be opened any more is no reason to refuse what takes its place. */
function isOpenedTo(account: string, ...sealed: Parameters<typeof openAccount>): boolean {
  try {
    return openAccount(...sealed) === account
  } catch {
    return false
  }
}

const MOST_BYTES = 256

/** It goes into headers and logs of sites: what would end a line, or is no text at all, is not taken. */
function requireAccount(account: string): void {
  const bytes = Buffer.byteLength(account)
  if (bytes > 0 && bytes <= MOST_BYTES && account.isWellFormed() && !/\p{Cc}/u.test(account)) return
  throw new IdentityError(
    'account-invalid',
    `An account is a text of 1 to ${MOST_BYTES} bytes of UTF-8, without control characters.`,
  )
}
