import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { type Authority, loadAuthority } from '../ca/authority.ts'
import { createListPublisher } from '../ca/crl.ts'
import { createIssuer } from '../ca/issue.ts'
import { type Signer, startSigner } from '../ca/signer-process.ts'
import { createChecks } from './checks/table.ts'
import { keepTick } from './client/lasting-tick.ts'
import { authorityOf, type Config, LISTENERS, type ListenerName } from './config.ts'
import { ONLINE_ISSUERS } from './domain/certificate/certificate.ts'
import { createIssuance, type Issuance } from './domain/certificate/issuance.ts'
import type { Issuer } from './domain/issuer.ts'
import type { Keyring } from './domain/keyring.ts'
import type { CheckTable } from './domain/proving/check.ts'
import type { SecurityEventTokens } from './domain/security-event/security-event.ts'
import type { Store } from './domain/store.ts'
import { weighSites } from './domain/trust/site-weighing.ts'
import { Verdicts } from './domain/verdict/verdicts.ts'
import { EventFollower } from './events/event-follower.ts'
import { startPusher } from './events/pusher.ts'
import { createSecurityEventTokens } from './events/security-event-token.ts'
import { type ListenerParts, Listeners } from './listeners.ts'
import { every, type Periodic } from './periodic.ts'
import { readKeyring } from './seal-key.ts'
import { followAuditHead } from './store/audit-head.ts'
import { openStore } from './store/open-store.ts'
import { lockHome } from './store/sqlite/home-lock.ts'
import { systemClock } from './system-clock.ts'
import {
  isWorker,
  type Signing,
  sharedMetrics,
  shareMetrics,
  signingByPrimary,
  startWorkers,
  tellServing,
} from './workers.ts'

/** A running service. */
export interface Service {
  readonly config: Config
  /** drains: requests under way are answered, then everything ends */
  close(): Promise<void>
}

/** Listeners that many processes can serve, and those that one is enough for. */
const SHARED: readonly ListenerName[] = ['api', 'portal', 'signon']
const SINGLE = LISTENERS.filter((name) => !SHARED.includes(name))

/**
 * Starts the whole service; it answers when this resolves. With more than one worker this process keeps the signer and
 * the house, and request processes of their own serve `api`, `portal` and `signon`.
 * @throws IdentityError home-locked, authority-missing, key-file-unsafe, key-file-unreadable, store-unavailable,
 *   schema-newer, config-invalid (an address is taken)
 */
export async function startService(config: Config, log: FastifyBaseLogger): Promise<Service> {
  await keepTick()
  if (isWorker()) return assemble(config, async (undo) => startRequestProcess(config, log, undo))
  return assemble(config, async (undo) => {
    // Before the lock, which is a file of the home: what there is to do about a home that is none stands in this refusal.
    const authority = loadAuthority(authorityOf(config).directory)
    const lock = lockHome(config.home)
    undo.push(async () => lock.release())
    const signer = await startSigner({ ...authorityOf(config), issuers: ONLINE_ISSUERS, log })
    undo.push(() => signer.close())
    const foundation = await lay({ config, authority, signer, log }, undo)
    if (config.workers === 1) await serveAlone(foundation, undo)
    else await serveWithWorkers(foundation, signer, undo)
    publishLists(foundation, signer, undo)
    pushEvents(foundation, undo)
    keepHouse(foundation, undo)
  })
}

/** All ways to prove oneself. Passkeys are bound to the portal's host, which sign-on shares or stands below. */
export function checksOf({ config, keyring }: Pick<Foundation, 'config' | 'keyring'>): CheckTable {
  const origins = [config.listeners.portal.url, config.listeners.signon.url]
  return createChecks(keyring, { host: new URL(config.listeners.portal.url).hostname, origins })
}

/** Signs what sites are told by their streams of security events. */
function tokensOf({ config, keyring }: Pick<Foundation, 'config' | 'keyring'>): SecurityEventTokens {
  return createSecurityEventTokens({ keyring, clock: systemClock, issuer: config.listeners.portal.url })
}

/** Ends, last first, whatever was started. */
type Undo = (() => Promise<void>)[]

async function assemble(config: Config, start: (undo: Undo) => Promise<void>): Promise<Service> {
  const undo: Undo = []
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    await start(undo)
    return { config, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What every part stands on. */
interface Foundation {
  readonly config: Config
  readonly keyring: Keyring
  readonly store: Store
  readonly authority: Authority
  readonly issuer: Issuer
  readonly issuance: Issuance
  readonly log: FastifyBaseLogger
}

async function lay(
  { config, authority, signer, log }: Pick<Foundation, 'config' | 'authority' | 'log'> & { signer: Signing },
  undo: Undo,
): Promise<Foundation> {
  const keyring = readKeyring(config.sealKeyFile)
  const store = await openStore(config.store, keyring, log)
  undo.push(() => store.close())
  const issuer = createIssuer({ authority, signer, policy: config.policy })
  const issuance = createIssuance({ store, issuer, clock: systemClock })
  return { config, keyring, store, authority, issuer, issuance, log }
}

/** The usual case: one process does everything but hold the keys. */
function serveAlone(foundation: Foundation, undo: Undo): Promise<void> {
  return serve(foundation, LISTENERS, { ready: async () => {} }, undo)
}

async function serveWithWorkers(foundation: Foundation, signing: Signing, undo: Undo): Promise<void> {
  const workers = await startWorkers(foundation.config, signing)
  undo.push(() => workers.close())
  await serve(foundation, SINGLE, { ready: () => workers.ready(), metrics: () => sharedMetrics() }, undo)
}

async function startRequestProcess(config: Config, log: FastifyBaseLogger, undo: Undo): Promise<void> {
  const authority = loadAuthority(authorityOf(config).directory)
  const foundation = await lay({ config, authority, signer: signingByPrimary(), log }, undo)
  await serve(foundation, SHARED, { ready: async () => {}, metrics: shareMetrics }, undo)
  tellServing()
}

/** Binds the listeners and keeps what belongs to requests: last uses, and the listeners' own certificates. */
async function serve(
  foundation: Foundation,
  bound: readonly ListenerName[],
  ways: Pick<ListenerParts, 'ready' | 'metrics'>,
  undo: Undo,
): Promise<void> {
  const { config, authority, log } = foundation
  const verdicts = new Verdicts({
    ...foundation,
    policy: config.policy,
    clock: systemClock,
    signonUrl: config.listeners.signon.url,
    capacity: config.cache,
    processes: config.workers,
  })
  const events = new EventFollower({
    store: foundation.store,
    monotonicNow: () => performance.now(),
    failed: tell(log, 'reading what sites are told'),
  })
  foundation.store.onAudit(() => events.nudge())
  const { issuers, twins } = authority
  const parts = {
    ...foundation,
    ...ways,
    verdicts,
    events,
    tokens: tokensOf(foundation),
    issuers,
    twins,
    checks: checksOf(foundation),
    clock: systemClock,
  }
  const listeners = await Listeners.open(parts, bound)
  const renewing = every(HOUR, () => listeners.renew(), tell(log, 'renewing a listener certificate'))
  const writing = every(USES_INTERVAL, () => verdicts.uses.write(), tell(log, 'writing last uses'))
  undo.push(async () => {
    await Promise.all([renewing.stop(), writing.stop(), listeners.close()])
    await verdicts.uses.write().catch(tell(log, 'writing last uses'))
  })
}

function publishLists(foundation: Foundation, signer: Signer, undo: Undo): void {
  const lists = createListPublisher({ ...foundation, signer, clock: systemClock })
  undo.push(() => lists.stop())
}

/** Pushes what sites' streams have to tell, from this process alone. */
function pushEvents(foundation: Foundation, undo: Undo): void {
  const { store, keyring, config, log } = foundation
  const pusher = startPusher({
    store,
    keyring,
    policy: config.policy,
    tokens: tokensOf(foundation),
    clock: systemClock,
    buried: (site, failure, count) => log.warn({ site, failure, count }, 'events could not be pushed to a site'),
    failed: tell(log, 'pushing events'),
  })
  undo.push(() => pusher.stop())
}

/** What is done once for all processes: the audit's head, reservations that a crash left, rows without further use. */
function keepHouse({ config, store, keyring, issuance, log }: Foundation, undo: Undo): void {
  const head = followAuditHead({ file: join(config.home, 'audit.head'), keyring, store, log })
  const ending = every(MINUTE, () => issuance.recoverUnfinished(), tell(log, 'ending unfinished issuances'))
  const replacing = every(MINUTE, () => supersede(store), tell(log, 'ending superseded certificates'))
  const tidy = () => store.run('tidy', systemClock.now())
  const tidying = every(HOUR, tidy, tell(log, 'tidying'), SECOND)
  const weighing = weighDaily(store, log)
  undo.push(async () => {
    await Promise.all([ending.stop(), replacing.stop(), tidying.stop(), weighing.stop()])
    await head.stop()
  })
}

/** What a site's word weighs depends on its age: it is reckoned at the start, and then day by day. */
function weighDaily(store: Store, log: FastifyBaseLogger): Periodic {
  const weigh = () => weighSites({ store, clock: systemClock })
  const failed = tell(log, 'weighing what sites say')
  const first = weigh().catch(failed)
  const daily = every(DAY, weigh, failed)
  return { stop: async () => void (await Promise.all([first, daily.stop()])) }
}

/** A device that was renewed has two certificates for a while, and then one. */
function supersede(store: Store): Promise<number> {
  return store.run('supersede', { at: systemClock.now(), actor: 'service:countersign' })
}

/** Not policies: nothing that anybody sees depends on them. */
const USES_INTERVAL = 10_000
const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

function tell(log: FastifyBaseLogger, what: string): (error: unknown) => void {
  return (error) => log.error({ err: error }, `${what} failed; it will be tried again`)
}
