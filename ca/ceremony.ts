import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { IssuerName, OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { assembleCertificate } from '../src/x509/certificate.ts'
import { assembleCertList, encodeTbsCertList, parseCertList } from '../src/x509/crl.ts'
import { keyIdentifier } from '../src/x509/key-identifier.ts'
import { encodePem } from '../src/x509/pem.ts'
import {
  type Authority,
  authorityFiles,
  type IssuerCertificate,
  importPublicKey,
  issuerCertificate,
  loadAuthority,
} from './authority.ts'
import { flushDirectory, writeDurably } from './durable-file.ts'
import { lintCertificate } from './lint.ts'
import { BACKDATE, PROFILES, type ProfileName } from './profiles.ts'
import { drawSerial } from './serial.ts'
import { type Signer, startSigner } from './signer-process.ts'
import {
  buildTbs,
  type CertificateParts,
  encodeCommonName,
  type IssuerIdentity,
  isPkiUrl,
  type Kind,
  SIGNATURE_ALGORITHM,
} from './tbs.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND
const ROOT_LIST_DAYS = 365

/** What people read as the issuer of a certificate. */
const ROLE_NAME: Readonly<Record<IssuerName, string>> = {
  root: 'Root CA',
  browser: 'Browser CA',
  api: 'API CA',
  internal: 'Internal CA',
}

export interface CeremonyOrder {
  /** the authority's folder, which must not exist yet, or be empty */
  readonly directory: string
  /** a file with the passphrase that will encrypt the keys, 16 characters or more */
  readonly passphraseFile: string
  /** where `/ca` and `/crl` will be published: plain http, part of every certificate */
  readonly pkiUrl: string
  /** epoch ms */
  readonly now: number
  /** the first word of the CAs' names; default Countersign */
  readonly name?: string
}

/** What is at work in one ceremony. */
interface Ceremony {
  readonly signer: Signer
  readonly workshop: string
  readonly pkiUrl: string
  readonly now: number
  readonly nameOf: (issuer: IssuerName) => string
}

/**
 * Makes an authority: root, issuing CAs, their twins and the root's CRL. It is made beside its place and moved there when
 * it is whole, so a half-made one never counts.
 * @throws IdentityError authority-exists, config-invalid (pkiUrl), key-file-unreadable (passphrase), name-invalid,
 *   signer-unavailable
 */
export async function initAuthority(order: CeremonyOrder): Promise<Authority> {
  const directory = resolve(order.directory)
  const pkiUrl = acceptPkiUrl(order.pkiUrl)
  refuseExisting(directory)
  const workshop = openWorkshop(directory)
  try {
    await makeParts(workshop, pkiUrl, order)
    moveIntoPlace(workshop, directory)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
  return loadAuthority(directory)
}

/**
 * Has the root sign a new CRL for a year and puts it in its place.
 * @throws IdentityError authority-missing, key-file-unsafe, key-file-unreadable, signer-refused, signer-unavailable
 */
export async function renewRootList(order: Omit<CeremonyOrder, 'pkiUrl' | 'name'>): Promise<Authority> {
  const { directory, passphraseFile, now } = order
  const { issuers, rootList } = loadAuthority(directory)
  const signer = await startSigner({ directory, passphraseFile, issuers: ['root'], ceremony: true })
  try {
    await makeRootList(signer, directory, issuers.root, { now, numberAfter: parseCertList(rootList).number })
  } finally {
    await signer.close()
  }
  return loadAuthority(directory)
}

interface ListTime {
  /** epoch ms */
  readonly now: number
  /** the CRL number before this one; -1: none */
  readonly numberAfter: number
}

async function makeParts(workshop: string, pkiUrl: string, order: CeremonyOrder): Promise<void> {
  const { passphraseFile, now, name = 'Countersign' } = order
  // Two authorities with the same names and different keys would be mistaken for each other by browsers and people.
  const tag = randomBytes(4).toString('hex')
  const nameOf = (issuer: IssuerName) => `${name} ${ROLE_NAME[issuer]} ${tag}`
  const signer = await startSigner({ directory: workshop, passphraseFile, issuers: [], ceremony: true })
  try {
    const ceremony = { signer, workshop, pkiUrl, now, nameOf }
    const root = await makeRoot(ceremony)
    for (const issuer of ['browser', 'api', 'internal'] as const) await makeIssuing(ceremony, root, issuer)
    await makeRootList(signer, workshop, root, { now, numberAfter: -1 })
  } finally {
    await signer.close()
  }
}

async function makeRoot(ceremony: Ceremony): Promise<IssuerCertificate> {
  const spki = await ceremony.signer.makeKey('root')
  const itself = {
    issuer: 'root',
    subject: encodeCommonName(ceremony.nameOf('root')),
    spki,
    keyIdentifier: keyIdentifier(spki),
    notAfter: periodOf('root', ceremony.now).notAfter,
    pkiUrl: ceremony.pkiUrl,
  } as const
  const pem = await certify(ceremony, { profile: 'root' }, itself, 'root', spki)
  writeDurably(authorityFiles(ceremony.workshop).certificate('root'), pem, 0o644)
  return issuerCertificate('root', pem, ceremony.pkiUrl)
}

async function makeIssuing(ceremony: Ceremony, root: IssuerCertificate, issuer: OnlineIssuer): Promise<void> {
  const files = authorityFiles(ceremony.workshop)
  const spki = await ceremony.signer.makeKey(issuer)
  const pem = await certify(ceremony, { profile: 'issuing', role: issuer }, root, issuer, spki)
  const itself = issuerCertificate(issuer, pem, ceremony.pkiUrl)
  const twin = await certify(ceremony, { profile: 'twin', role: issuer }, itself, issuer, spki)
  writeDurably(files.certificate(issuer), pem, 0o644)
  writeDurably(files.twin(issuer), twin, 0o644)
}

/** @returns a CA's certificate, PEM, signed and read again */
async function certify(
  ceremony: Ceremony,
  kind: Kind,
  signedBy: IssuerIdentity,
  subject: IssuerName,
  spki: Uint8Array,
): Promise<string> {
  const parts: CertificateParts = {
    serial: drawSerial(randomBytes),
    ...periodOf(kind.profile, ceremony.now),
    commonName: ceremony.nameOf(subject),
    spki,
    alternativeNames: [],
  }
  const tbs = buildTbs(kind, signedBy, parts)
  const signature = await ceremony.signer.signCertificate(signedBy.issuer, kind.profile, tbs)
  const der = assembleCertificate(tbs, SIGNATURE_ALGORITHM, signature)
  lintCertificate(der, tbs, importPublicKey(signedBy.spki))
  return encodePem('CERTIFICATE', der)
}

async function makeRootList(signer: Signer, directory: string, root: IssuerIdentity, when: ListTime): Promise<void> {
  const thisUpdate = floorSecond(when.now)
  const tbs = encodeTbsCertList({
    signatureAlgorithm: SIGNATURE_ALGORITHM,
    issuer: root.subject,
    thisUpdate,
    nextUpdate: thisUpdate + ROOT_LIST_DAYS * DAY,
    number: Math.max(thisUpdate / SECOND, when.numberAfter + 1),
    authorityKeyIdentifier: root.keyIdentifier,
    entries: [],
  })
  const list = assembleCertList(tbs, SIGNATURE_ALGORITHM, await signer.signList('root', tbs))
  writeDurably(authorityFiles(directory).rootList, list, 0o644)
}

/** All of a CA's ten years, from a minute ago. */
function periodOf(profile: ProfileName, now: number): { notBefore: number; notAfter: number } {
  const notBefore = floorSecond(now) - BACKDATE
  return { notBefore, notAfter: notBefore + PROFILES[profile].maxDays * DAY - SECOND }
}

function floorSecond(epochMs: number): number {
  return Math.floor(epochMs / SECOND) * SECOND
}

function acceptPkiUrl(text: string): string {
  const pkiUrl = text.replace(/\/$/, '')
  if (isPkiUrl(pkiUrl)) return pkiUrl
  const example = 'http://pki.example.org'
  throw new IdentityError(
    'config-invalid',
    `The address ${text} cannot stand in certificates. Give a plain one, like ${example}.`,
  )
}

function refuseExisting(directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) throw exists(directory)
}

/** A folder beside the authority's own, on the same file system, so that it can be renamed. */
function openWorkshop(directory: string): string {
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 })
  const workshop = `${directory}.${randomBytes(6).toString('hex')}.new`
  mkdirSync(workshop, { mode: 0o700 })
  return workshop
}

function moveIntoPlace(workshop: string, directory: string): void {
  try {
    renameSync(workshop, directory)
  } catch (cause) {
    throw exists(directory, cause)
  }
  flushDirectory(dirname(directory))
}

function exists(directory: string, cause?: unknown): IdentityError {
  const advice = 'Move it away first if you really want another one: its keys are in there.'
  return new IdentityError('authority-exists', `There is something in ${directory} already. ${advice}`, { cause })
}
