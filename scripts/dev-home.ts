import { createPrivateKey } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { Config } from '../src/config.ts'
import { createEnrollment } from '../src/domain/enrollment/enrollment.ts'
import { makeInvitation } from '../src/domain/enrollment/invitation-token.ts'
import { createRevalidation } from '../src/domain/revalidation/revalidation.ts'
import { sealTicket } from '../src/domain/revalidation/ticket.ts'
import { RIGHTS } from '../src/domain/site/right.ts'
import type { Site } from '../src/domain/site/site.ts'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { checksOf } from '../src/main.ts'
import { systemClock } from '../src/system-clock.ts'
import { drawRecoveryCodes } from '../src/web/recovery-codes.ts'
import { makeOwnRequest } from '../src/x509/own-request.ts'
import { decodePemAll, encodePem } from '../src/x509/pem.ts'
import { buildPkcs12 } from '../src/x509/pkcs12.ts'
import { fingerprint } from '../src/x509/thumbprint.ts'
import { type HomeWithAuthority, withAuthority } from './authority.ts'
import { makeAuthority } from './ca.ts'
import { issueToFolder, writeFolder } from './certificate-files.ts'
import { authorityFolder, OPERATOR, type OpenHome, withHome } from './home.ts'

/** What the sample of a development home is good for. */
export interface DevHome {
  /** for people */
  readonly hints: readonly string[]
  /** under --json: `site`, `browser` (fingerprint), `invitation` (address) */
  readonly fields: Readonly<Record<string, string>>
}

const SAMPLE_SITE = 'sample'
const RETURN_TO = 'https://localhost:3000/'
const NOBODY = { subscriberId: null, deviceId: null, siteId: null, service: null }

/**
 * At first start: an authority, a site with its API certificate, an operator, and a browser whose owner has just proven
 * himself. At every start: an invitation, so that a browser of one's own is a click away.
 */
export async function ensureDevHome(config: Config): Promise<DevHome> {
  if (!existsSync(authorityFolder(config))) await makeAuthority(config)
  const done = join(config.home, 'browser', 'cert.pem')
  if (!existsSync(done)) await withAuthority((home) => makeSample(home), config)
  const invitation = await withHome((home) => inviteHere(home), config)
  return describe(config, fingerprint(decodePemAll(readFileSync(done, 'utf8'), 'CERTIFICATE')[0]!), invitation)
}

async function inviteHere({ config, store }: OpenHome): Promise<string> {
  const { token } = await makeInvitation({ store, policy: config.policy, clock: systemClock }, { actor: OPERATOR })
  return `${config.listeners.portal.url}/enroll/${token}`
}

async function makeSample(home: HomeWithAuthority): Promise<void> {
  const folder = (name: string): string => emptyFolder(home.config, name)
  const registry = createSiteRegistry({ store: home.store, clock: systemClock })
  const site =
    (await home.store.site({ name: SAMPLE_SITE })) ??
    (await registry.add(OPERATOR, { name: SAMPLE_SITE, returnTo: [RETURN_TO] }))
  await registry.setRights(OPERATOR, SAMPLE_SITE, 'web', RIGHTS)
  await issueToFolder(home, { site, service: 'web' }, folder('site'))
  await writeFolder(home, { profile: 'admin', label: 'Sample operator', binding: NOBODY }, folder('admin'))
  await makeSampleBrowser(home, site, folder('browser'))
}

/** A start that was killed half-way leaves files that nothing is known of; they are made anew. */
function emptyFolder(config: Config, name: string): string {
  const folder = join(config.home, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** The same walk as a person's: invitation, enrollment, proof. Only that the key is made here and not in a browser. */
async function makeSampleBrowser(
  { config, keyring, store, issuer }: HomeWithAuthority,
  site: Site,
  folder: string,
): Promise<void> {
  const common = { store, keyring, policy: config.policy, clock: systemClock, checks: checksOf({ config, keyring }) }
  const enrollment = createEnrollment({ ...common, issuer })
  const { key, request } = makeOwnRequest()
  const { token } = await enrollment.invite({ actor: OPERATOR })
  const { codes, digests } = await drawRecoveryCodes()
  const application = { token, label: 'Sample browser', request, recoveryDigests: digests }
  const { certificate, chain, totp } = await enrollment.accept(application)

  if (!totp) throw new TypeError('the sample proves itself by an authenticator app')
  const appSecret = totp.secret
  const hash = fingerprint(certificate)
  const now = systemClock.now()
  const ticket = sealTicket(keyring.ticket, {
    siteId: site.id,
    service: 'web',
    fingerprint: hash,
    checks: [],
    returnTo: RETURN_TO,
    askedAt: now,
    expiresAt: now + config.policy.ticketLifetime,
  })
  const code = new TOTP({ secret: Secret.fromBase32(appSecret) }).generate()
  await createRevalidation(common).prove(ticket, hash, { check: 'totp', text: code })

  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(folder, name), content, { mode: 0o600 })
  const pkcs8 = key.export({ type: 'pkcs8', format: 'pem' }) as string
  write('key.pem', pkcs8)
  write('totp-secret', `${appSecret}\n`)
  write('recovery-codes', `${codes.join('\n')}\n`)
  write('browser.p12', await packSample(pkcs8, [certificate, ...decodePemAll(chain, 'CERTIFICATE')]))
  write('cert.pem', encodePem('CERTIFICATE', certificate) + chain)
}

/** Everybody knows the sample's password; its key is good for nothing but trying out. */
const SAMPLE_PASSWORD = 'sample'

async function packSample(pkcs8: string, certificates: readonly Uint8Array[]): Promise<Uint8Array> {
  const der = createPrivateKey(pkcs8).export({ type: 'pkcs8', format: 'der' })
  const key = await crypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
  return buildPkcs12({ key, certificates: [...certificates], password: SAMPLE_PASSWORD, label: 'Sample browser' })
}

function describe(config: Config, browser: string, invitation: string): DevHome {
  const path = (...parts: string[]): string => fromHere(join(config.home, ...parts))
  const { api } = config.listeners
  return {
    fields: { site: SAMPLE_SITE, browser, invitation },
    hints: [
      'Ask for a verdict on the sample browser, as the sample site does:',
      `  curl --cacert ${path('root.pem')} --cert ${path('site', 'cert.pem')} --key ${path('site', 'key.pem')} ${api.url}/v1/verdicts/${browser}`,
      '',
      'Hold it and ask again, the next answer knows (cert release lifts it):',
      `  npx countersign cert hold ${browser}`,
      '',
      `Enroll a browser of your own (it has to trust ${path('root.pem')}, or to be told to go on):`,
      `  ${invitation}`,
      '',
      'Invite another one:',
      '  npx countersign invite --label "My laptop"',
      '',
      'A site of your own, in a folder that is yet to be made: npx countersign site init ../my-site',
      '',
    ],
  }
}

/** As short as it can be pasted. */
function fromHere(path: string): string {
  const short = relative('.', path)
  return short.startsWith('..') ? path : short
}
