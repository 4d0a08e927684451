import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { cleanLabel } from '../label.ts'
import { openAccount } from '../site/site-account.ts'
import { pairwiseSubject } from '../site/subject.ts'
import type { Store } from '../store.ts'
import type { AccountSession } from './account-session.ts'
import { countOwn } from './own-change.ts'
import { ownHistory } from './own-history.ts'
import { ownTrust } from './own-trust.ts'

/** What a person can have of the account as a whole. All throw store-unavailable. */
export interface OwnData {
  /** what the account is called, or null */
  name(session: AccountSession): Promise<string | null>
  /** @throws IdentityError label-invalid, too-many-guesses */
  rename(session: AccountSession, name: string): Promise<void>
  /** Everything that is kept about the person and can be told: plain data, fit for JSON. No secrets, no hashes of them. */
  take(session: AccountSession): Promise<Readonly<Record<string, unknown>>>
  /** Revokes all certificates for ever, and forgets labels, checks and the account's name. */
  erase(session: AccountSession): Promise<void>
}

interface OwnDataParts {
  readonly store: Pick<
    Store,
    | 'run'
    | 'subscriber'
    | 'deviceCertificates'
    | 'relations'
    | 'meetings'
    | 'credentials'
    | 'auditRowsAbout'
    | 'site'
    | 'siteAccounts'
    | 'vouchesFor'
    | 'reportsOn'
    | 'isTrustHidden'
  >
  readonly keyring: Keyring
  readonly clock: Clock
}

export function createOwnData(parts: OwnDataParts): OwnData {
  const { store, clock } = parts
  return {
    async name({ subscriberId }) {
      return (await store.subscriber(subscriberId))?.name ?? null
    },

    async rename(session, name) {
      const { subscriberId, actor } = session
      const cleaned = cleanLabel(name)
      await countOwn('change', store, session, clock.now())
      await store.run('nameAccount', { at: clock.now(), actor }, subscriberId, cleaned)
    },

    async take(session) {
      const { subscriberId } = session
      const subscriber = await store.subscriber(subscriberId)
      return {
        taken_at: timeOf(clock.now()),
        account: { id: subscriberId, name: subscriber?.name ?? null, made_at: timeOf(subscriber?.createdAt ?? null) },
        certificates: await certificatesOf(parts, session),
        sites: await sitesOf(parts, session),
        met_by_sites: await meetingsOf(parts, session),
        said_by_sites: await trustOf(parts, session),
        checks: await checksOf(parts, session),
        events: (await ownHistory(store, session)).map(({ at, ...event }) => ({ at: timeOf(at), ...event })),
      }
    },

    async erase({ subscriberId, actor }) {
      await store.run('eraseSubscriber', { at: clock.now(), actor }, subscriberId)
    },
  }
}

async function certificatesOf({ store }: OwnDataParts, { subscriberId }: AccountSession): Promise<unknown> {
  return (await store.deviceCertificates(subscriberId)).map(({ device, ...certificate }) => ({
    fingerprint: certificate.fingerprint,
    device: device.label,
    platform: device.platform,
    device_made_at: timeOf(device.createdAt),
    ask_every_time: device.askEveryTime,
    status: certificate.status,
    reason: certificate.reason,
    revoked_at: timeOf(certificate.revokedAt),
    not_before: timeOf(certificate.notBefore),
    not_after: timeOf(certificate.notAfter),
    expires_at: timeOf(certificate.expiresAt),
    last_used_at: timeOf(certificate.lastUsedAt),
  }))
}

async function sitesOf({ store, keyring }: OwnDataParts, { subscriberId }: AccountSession): Promise<unknown> {
  const bound = new Map((await store.siteAccounts(subscriberId)).map(({ siteId, sealed }) => [siteId, sealed]))
  const accountAt = (siteId: Hex): string | null => {
    const sealed = bound.get(siteId)
    return sealed ? openAccount(keyring['site-account'], sealed, siteId, subscriberId) : null
  }
  return (await store.relations(subscriberId)).map(({ siteId, site, since, lastMonth, generation }) => ({
    site,
    subject: pairwiseSubject(keyring.subject, siteId, subscriberId, generation),
    account: accountAt(siteId),
    since: timeOf(since),
    last_month: lastMonth,
  }))
}

/** Apart from the sites above: a walk may come before the first sign-in, and without one. */
async function meetingsOf({ store }: OwnDataParts, { subscriberId }: AccountSession): Promise<unknown> {
  return (await store.meetings(subscriberId)).map(({ site, firstAt }) => ({ site, first_at: timeOf(firstAt) }))
}

async function trustOf({ store, clock }: OwnDataParts, { subscriberId }: AccountSession): Promise<unknown> {
  const { hidden, vouches, reports } = await ownTrust(store, subscriberId, clock.now())
  return {
    hidden,
    vouches: vouches.map(({ site, kind, since, expiresAt }) => ({
      site,
      kind,
      since: timeOf(since),
      expires_at: timeOf(expiresAt),
    })),
    reports: reports.map(({ site, severity, message, state, appeal, reportedAt, expiresAt }) => ({
      site,
      severity,
      message,
      state,
      appeal,
      reported_at: timeOf(reportedAt),
      expires_at: timeOf(expiresAt),
    })),
  }
}

async function checksOf({ store }: OwnDataParts, { subscriberId }: AccountSession): Promise<unknown> {
  return (await store.credentials(subscriberId)).map(({ check, label, createdAt, lastUsedAt, usedAt }) => ({
    check,
    label,
    made_at: timeOf(createdAt),
    last_used_at: timeOf(lastUsedAt),
    used_up_at: timeOf(usedAt),
  }))
}

function timeOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
