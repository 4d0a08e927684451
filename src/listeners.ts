import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { type Config, LISTENERS, type ListenerName } from './config.ts'
import { createAccount } from './domain/account/account.ts'
import type { IssuerName, OnlineIssuer } from './domain/certificate/certificate.ts'
import { createForgeryAlarm } from './domain/certificate/forgery.ts'
import type { Issuance } from './domain/certificate/issuance.ts'
import { createRevocation } from './domain/certificate/revocation.ts'
import type { Clock } from './domain/clock.ts'
import { createAppleProfiles } from './domain/enrollment/apple-profile.ts'
import { createCertificateCheck } from './domain/enrollment/certificate-check.ts'
import { createEnrollment } from './domain/enrollment/enrollment.ts'
import { createIntroductions } from './domain/enrollment/introduction.ts'
import type { Issuer } from './domain/issuer.ts'
import type { Keyring } from './domain/keyring.ts'
import type { CheckTable } from './domain/proving/check.ts'
import { createRevalidation } from './domain/revalidation/revalidation.ts'
import type { SecurityEventTokens } from './domain/security-event/security-event.ts'
import { createSecurityStreams } from './domain/security-event/security-streams.ts'
import { createServiceRenewal } from './domain/site/service-renewal.ts'
import { createSiteAccounts } from './domain/site/site-account.ts'
import type { SiteEvents } from './domain/site/site-event.ts'
import { createSiteRegistry } from './domain/site/site-registry.ts'
import type { Store } from './domain/store.ts'
import { createSiteStatements } from './domain/trust/site-statements.ts'
import { createUsage } from './domain/usage/usage.ts'
import { VerdictKeys } from './domain/verdict/verdict-keys.ts'
import type { Verdicts } from './domain/verdict/verdicts.ts'
import { IdentityError } from './errors.ts'
import { createAdmin } from './http/admin/admin.ts'
import { createApi, describeApi } from './http/api/api.ts'
import { createVerdictReading, createVerdictSigner } from './http/api/signed-verdict.ts'
import { replaceIdentity } from './http/listener.ts'
import { Metrics } from './http/ops/metrics.ts'
import { createOps } from './http/ops/ops.ts'
import { createPki } from './http/pki/pki.ts'
import { createPortal } from './http/portal/portal.ts'
import { createSignon } from './http/signon/signon.ts'
import { type ListenerIdentity, obtainIdentity } from './listener-identity.ts'

/** What the listeners are made of. */
export interface ListenerParts {
  readonly config: Config
  readonly keyring: Keyring
  readonly store: Store
  readonly issuer: Issuer
  readonly issuance: Issuance
  readonly verdicts: Verdicts
  /** what sites are told */
  readonly events: SiteEvents & { readonly readers: number }
  /** the same, signed */
  readonly tokens: SecurityEventTokens
  readonly checks: CheckTable
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  /** certificates (DER) and keys (SubjectPublicKeyInfo, DER) of the issuers */
  readonly issuers: Readonly<Record<IssuerName, { readonly der: Uint8Array; readonly spki: Uint8Array }>>
  /** what a listener trusts, PEM */
  readonly twins: Readonly<Record<OnlineIssuer, string>>
  /** what else must hold before the service is ready; rejects with what is missing */
  readonly ready: () => Promise<void>
  /** what `ops` shows; default: this process's own figures */
  readonly metrics?: (own: Registry) => Pick<Registry, 'metrics' | 'contentType'>
}

type Apps = Readonly<Record<ListenerName, FastifyInstance>>

const SECURE = ['api', 'portal', 'signon', 'admin'] as const satisfies readonly ListenerName[]
type SecureName = (typeof SECURE)[number]
type Identities = Map<SecureName, ListenerIdentity>

/** All listeners of a process, each with its own certificate. */
export class Listeners {
  readonly #parts: ListenerParts
  readonly #identities: Identities
  readonly #apps: Apps

  private constructor(parts: ListenerParts, identities: Identities, apps: Apps) {
    this.#parts = parts
    this.#identities = identities
    this.#apps = apps
  }

  /** Makes all of them, and binds those that are named. @throws IdentityError config-invalid: an address is taken */
  static async open(parts: ListenerParts, bound: readonly ListenerName[]): Promise<Listeners> {
    const identities: Identities = new Map()
    for (const name of SECURE) identities.set(name, await identityOf(parts, name))
    const apps = await build(parts, identities, async () => {
      const missing = bound.filter((name) => !apps[name].server.listening)
      if (missing.length > 0) throw new Error(`not bound: ${missing.join(', ')}`)
      await parts.store.ping()
      await parts.ready()
    })
    const listeners = new Listeners(parts, identities, apps)
    try {
      for (const name of bound) await bind(apps[name], name, parts.config)
      return listeners
    } catch (error) {
      await listeners.close()
      throw error
    }
  }

  /** Gives new certificates to the listeners whose own is two thirds through its life. */
  async renew(): Promise<void> {
    for (const name of SECURE) {
      const { renewAt } = this.#identities.get(name)!
      if (this.#parts.clock.now() < renewAt) continue
      const identity = await identityOf(this.#parts, name)
      if (identity.cert === this.#identities.get(name)?.cert) continue
      replaceIdentity(this.#apps[name], identity)
      this.#identities.set(name, identity)
    }
  }

  /** Requests under way are answered first. */
  async close(): Promise<void> {
    await Promise.all(LISTENERS.map((name) => this.#apps[name].close()))
  }
}

async function build(parts: ListenerParts, identities: Identities, ready: () => Promise<void>): Promise<Apps> {
  const { config, store, log, clock, twins, issuers, verdicts } = parts
  const at = (name: SecureName) => ({ url: config.listeners[name].url, identity: identities.get(name)! })
  const anchored = (issuer: OnlineIssuer, required: boolean) => ({ peers: { anchor: twins[issuer], required } })
  const common = { ...parts, policy: config.policy }
  const metrics = new Metrics({ held: () => verdicts.held, streams: () => parts.events.readers })
  const suspect = createForgeryAlarm({
    store,
    clock,
    issuerKeys: { browser: issuers.browser.spki, api: issuers.api.spki, internal: issuers.internal.spki },
    alarm: (fingerprint, issuer) =>
      log.error({ fingerprint, issuer }, 'a certificate that our key signed is not in the table'),
    rewritten: (fingerprint, original) =>
      log.warn({ fingerprint, original }, 'a certificate of ours was shown with its signature rewritten'),
    complain: (err) => log.error({ err }, 'a certificate that our key signed could not be looked up'),
  })
  const account = createAccount(common)
  const verdictKeys = new VerdictKeys(parts.keyring['verdict-signing'])
  const signing = { ...common, keys: verdictKeys, issuer: config.listeners.portal.url }
  const api = await createApi({
    ...common,
    ...at('api'),
    ...anchored('api', true),
    signonUrl: config.listeners.signon.url,
    signer: createVerdictSigner(signing),
    reading: createVerdictReading(signing),
    renewal: createServiceRenewal(common),
    streams: createSecurityStreams(common),
    issuer: config.listeners.portal.url,
    statements: createSiteStatements(common),
    usage: createUsage(common),
    accounts: createSiteAccounts(common),
    count: (outcome, site) => metrics.count(outcome, site),
    time: (res) => metrics.time(res),
    suspect,
  })
  return {
    api,
    portal: await createPortal({
      ...common,
      ...at('portal'),
      currentIdentity: () => identities.get('portal')!,
      signonUrl: config.listeners.signon.url,
      enrollment: createEnrollment(common),
      appleProfiles: createAppleProfiles(common),
      pairing: account.pairing,
      introductions: createIntroductions(common),
      verdictKeys,
      apiUrl: config.listeners.api.url,
    }),
    signon: await createSignon({
      ...common,
      ...at('signon'),
      ...anchored('browser', false),
      revalidation: createRevalidation(common),
      check: createCertificateCheck(common),
      account,
      introductions: createIntroductions(common),
      portalUrl: config.listeners.portal.url,
      checkUrl: config.checkUrl,
    }),
    admin: createAdmin({
      ...common,
      ...at('admin'),
      ...anchored('internal', true),
      revocation: createRevocation(common),
      sites: createSiteRegistry(common),
    }),
    pki: createPki({ store, log, issuers }),
    ops: createOps({
      log,
      url: config.listeners.ops.url,
      metrics: parts.metrics?.(metrics.registry) ?? metrics.registry,
      ready,
      openapi: await describeApi(config.listeners.api.url),
    }),
  }
}

function identityOf(parts: ListenerParts, name: SecureName): Promise<ListenerIdentity> {
  const { config } = parts
  return obtainIdentity(config.listeners[name], name === 'signon' ? checkHosts(config) : [], parts)
}

/** The check page answers under fresh names, so that a browser forgets what it chose. */
function checkHosts({ checkUrl }: Config): readonly string[] {
  return checkUrl === undefined ? [] : [`*.${new URL(checkUrl.replace('*.', '')).hostname}`]
}

async function bind(app: FastifyInstance, name: ListenerName, config: Config): Promise<void> {
  const { host, port } = config.listeners[name]
  try {
    await app.listen({ host, port })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const variable = `COUNTERSIGN_${name.toUpperCase()}_LISTEN`
    throw new IdentityError(
      'config-invalid',
      `The listener ${name} cannot be bound to ${host}:${port} (${code}). End what listens there, or set ${variable} (host:port; port 0 takes any free one).`,
      { cause },
    )
  }
}
