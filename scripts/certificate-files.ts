import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createIssuance, type Issued } from '../src/domain/certificate/issuance.ts'
import type { IssueOrder } from '../src/domain/issuer.ts'
import type { Site } from '../src/domain/site/site.ts'
import { checkName } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { makeOwnRequest } from '../src/x509/own-request.ts'
import { decodePem, encodePem } from '../src/x509/pem.ts'
import type { HomeWithAuthority } from './authority.ts'
import { OPERATOR } from './home.ts'
import { iso, type Report } from './report.ts'

/** Who may use the certificate: the site's service. */
export interface SiteService {
  readonly site: Site
  readonly service: string
}

/** A certificate and the files that hold it. */
export interface MadeCertificate {
  readonly issued: Issued
  readonly files: { readonly cert: string; readonly key?: string; readonly root?: string }
}

/** For a service whose key was made elsewhere; the certificate is written beside the request. */
export function issueToFile(home: HomeWithAuthority, target: SiteService, csrFile: string): Promise<MadeCertificate> {
  return writeBesideRequest(home, apiOrder(target), csrFile)
}

/** Makes the key too: `key.pem` (0600), `cert.pem` (with its chain) and `root.pem` in one folder. */
export function issueToFolder(home: HomeWithAuthority, target: SiteService, folder: string): Promise<MadeCertificate> {
  return writeFolder(home, apiOrder(target), folder)
}

/** Issues for a request in a file (PEM or DER) and writes `<name>.cert.pem` beside it: leaf, then chain. */
export async function writeBesideRequest(
  home: HomeWithAuthority,
  order: Omit<IssueOrder, 'request'>,
  csrFile: string,
): Promise<MadeCertificate> {
  const issued = await issue(home, { ...order, request: readRequest(csrFile) })
  const cert = join(dirname(csrFile), `${basename(csrFile).replace(/\.[^.]*$/, '')}.cert.pem`)
  writeFileSync(cert, withChain(home, issued))
  return { issued, files: { cert } }
}

/** Makes a key, has it certified, and writes both with the root into a folder. */
export async function writeFolder(
  home: HomeWithAuthority,
  order: Omit<IssueOrder, 'request'>,
  folder: string,
): Promise<MadeCertificate> {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), root: join(folder, 'root.pem') }
  refuseOverwriting(files)
  const { key, request } = makeOwnRequest()
  const issued = await issue(home, { ...order, request })
  mkdirSync(folder, { recursive: true })
  writeFileSync(files.key, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  writeFileSync(files.cert, withChain(home, issued))
  writeFileSync(files.root, home.authority.issuers.root.pem)
  return { issued, files }
}

/** The same, with key, certificate and chain in one file (0600): whoever renews them replaces both in one step. */
export async function writePair(
  home: HomeWithAuthority,
  order: Omit<IssueOrder, 'request'>,
  file: string,
): Promise<MadeCertificate> {
  refuseOverwriting({ file })
  const { key, request } = makeOwnRequest()
  const issued = await issue(home, { ...order, request })
  const pair = key.export({ type: 'pkcs8', format: 'pem' }) + withChain(home, issued)
  writeFileSync(file, pair, { mode: 0o600, flag: 'wx' })
  return { issued, files: { cert: file } }
}

/** A key that is overwritten is a key that is lost. */
function refuseOverwriting(files: Readonly<Record<string, string>>): void {
  const there = Object.values(files).find((file) => existsSync(file))
  if (there === undefined) return
  throw new IdentityError(
    'query-invalid',
    `There is a file ${there} already. Name another folder with --out, or move it away.`,
  )
}

/** What was made and where, for people and as data. */
export function certificateFiles({ issued, files }: MadeCertificate): Report {
  const { fingerprint, notAfter, profile } = issued
  return {
    data: { fingerprint, profile, not_after: iso(notAfter), files },
    lines: [
      `Issued a certificate (${profile}), good until ${iso(notAfter)}:`,
      `  fingerprint ${fingerprint}`,
      ...Object.values(files).map((file) => `  ${file}`),
    ],
  }
}

/** The order for a service's API certificate; the profile sets its names. */
export function apiOrder({ site, service }: SiteService): Omit<IssueOrder, 'request'> {
  return {
    profile: 'api',
    label: `${site.name} ${checkName(service, 'service')}`.slice(0, 64),
    binding: { subscriberId: null, deviceId: null, siteId: site.id, service },
    site: site.name,
  }
}

function issue({ store, issuer }: HomeWithAuthority, order: IssueOrder): Promise<Issued> {
  return createIssuance({ store, issuer, clock: systemClock }).issue({ actor: OPERATOR, order })
}

/** Leaf and issuing CA, as servers and programs want it in one file. */
function withChain({ issuer }: HomeWithAuthority, issued: Issued): string {
  return encodePem('CERTIFICATE', issued.der) + issuer.chain(issued.issuer)
}

/** @throws IdentityError request-malformed: the file cannot be read */
function readRequest(file: string): Uint8Array {
  const bytes = readBytes(file)
  return bytes[0] === 0x30 ? bytes : decodePem(bytes.toString('latin1'), 'CERTIFICATE REQUEST')
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new IdentityError(
      'request-malformed',
      `The request ${file} cannot be read. Make one with: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -subj /CN=x -out ${file}`,
      { cause },
    )
  }
}
