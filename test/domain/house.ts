import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { HOTP, Secret } from 'otpauth'
import root, { type Test } from 'tap'
import type { Authority } from '../../ca/authority.ts'
import { createIssuer } from '../../ca/issue.ts'
import type { Signer } from '../../ca/signer-process.ts'
import { createChecks } from '../../src/checks/table.ts'
import { createIssuance, type Issuance } from '../../src/domain/certificate/issuance.ts'
import { createEnrollment, type Enrollment } from '../../src/domain/enrollment/enrollment.ts'
import type { Hex } from '../../src/domain/hex.ts'
import type { Issuer } from '../../src/domain/issuer.ts'
import { deriveKeyring, type Keyring } from '../../src/domain/keyring.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/domain/policy.ts'
import type { CheckName, CheckTable } from '../../src/domain/proving/check.ts'
import { createRevalidation, type Revalidation } from '../../src/domain/revalidation/revalidation.ts'
import { sealTicket, type Ticket } from '../../src/domain/revalidation/ticket.ts'
import type { Site } from '../../src/domain/site/site.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import type { Store } from '../../src/domain/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { drawRecoveryCodes } from '../../src/web/recovery-codes.ts'
import { makeAuthority } from '../ca/authority.ts'
import { type KeyPair, makeKeyPair, makeRequest } from '../ca/request.ts'

/** A clock that a test sets. */
export interface TestClock {
  time: number
  now(): number
}

/** The service's inner rooms, all real: a CA with its signer process, a SQLite store, the checks. */
export interface House {
  readonly home: string
  readonly clock: TestClock
  readonly policy: Policy
  readonly keyring: Keyring
  readonly checks: CheckTable
  readonly store: Store
  readonly authority: Authority
  readonly issuer: Issuer
  readonly issuance: Issuance
  readonly enrollment: Enrollment
  readonly revalidation: Revalidation
}

/** Where its passkeys are good. */
export const PLACE = { host: 'id.test', origins: ['https://id.test:8444', 'https://id.test:8445'] } as const

/** A browser that was enrolled. */
export interface TestDevice {
  readonly keys: KeyPair
  /** DER */
  readonly certificate: Uint8Array
  readonly fingerprint: Hex
  /** base32 */
  readonly totpSecret: string
  readonly recoveryCodes: readonly string[]
}

let ceremony: Promise<{ authority: Authority; signer: Signer }> | undefined

/** One authority serves all houses of a test file: a ceremony and a signer process cost half a second. */
function oneAuthority(): NonNullable<typeof ceremony> {
  ceremony ??= (async () => {
    const { authority, startSigner } = await makeAuthority(join(root.testdir(), 'made'))
    const signer = await startSigner()
    root.teardown(() => signer.close())
    return { authority, signer }
  })()
  return ceremony
}

/** Opens a house under a folder of the test, and closes it behind the test. */
export async function openHouse(t: Test, wishes: Partial<Policy> = {}): Promise<House> {
  const home = t.testdir()
  const policy = { ...DEFAULT_POLICY, ...wishes }
  const clock = { time: Date.now(), now: () => clock.time }
  const keyring = deriveKeyring(Buffer.alloc(32, 7))
  const { authority, signer } = await oneAuthority()
  const store = await openSqliteStore({ file: join(home, 'countersign.db'), auditKey: keyring.audit })
  t.teardown(() => store.close())
  const issuer = createIssuer({ authority, signer, policy })
  const common = { store, clock, policy, keyring, issuer, checks: createChecks(keyring, PLACE) }
  return {
    ...common,
    home,
    authority,
    issuance: createIssuance(common),
    enrollment: createEnrollment(common),
    revalidation: createRevalidation(common),
  }
}

/** Enrolls a browser by a fresh invitation. */
export async function enrollDevice({ enrollment }: House, label = 'Laptop, Nov 2026'): Promise<TestDevice> {
  const keys = makeKeyPair()
  const { token } = await enrollment.invite({ actor: 'operator:test' })
  const { codes, digests } = await drawRecoveryCodes()
  const application = { token, label, request: makeRequest(keys), recoveryDigests: digests }
  const enrolled = await enrollment.accept(application)
  return {
    keys,
    certificate: enrolled.certificate,
    fingerprint: createHash('sha256').update(enrolled.certificate).digest('hex'),
    totpSecret: enrolled.totp!.secret,
    recoveryCodes: codes,
  }
}

export function addSite(
  { store, clock }: House,
  name = 'shop',
  checks: readonly CheckName[] = [],
  returnTo = [`https://${name}.example/return`],
): Promise<Site> {
  return createSiteRegistry({ store, clock }).add('operator:test', { name, returnTo, checks })
}

/** The ticket that a verdict of the site would carry at this moment. */
export function makeTicket(
  { keyring, clock, policy }: House,
  site: Site,
  { fingerprint }: Pick<TestDevice, 'fingerprint'>,
  asked: Partial<Ticket> = {},
): string {
  const times = { askedAt: clock.now(), expiresAt: clock.now() + policy.ticketLifetime }
  const about = { siteId: site.id, service: 'web', fingerprint, returnTo: site.returnTo[0]!, checks: [] }
  return sealTicket(keyring.ticket, { ...about, ...times, ...asked })
}

/** What the owner's authenticator app shows. @param offset in steps */
export function totpCode({ clock }: Pick<House, 'clock'>, { totpSecret }: TestDevice, offset = 0): string {
  const counter = Math.floor(clock.now() / 30_000) + offset
  return HOTP.generate({ secret: Secret.fromBase32(totpSecret), counter })
}

/** The audit so far: the action of each row. */
export async function actionsOf({ store }: Pick<House, 'store'>): Promise<string[]> {
  return (await store.auditRows(0, 1_000)).map(({ action }) => action)
}

/** How often the audit has this action. */
export async function countOf(house: Pick<House, 'store'>, wanted: string): Promise<number> {
  return (await actionsOf(house)).filter((action) => action === wanted).length
}
