import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ISSUERS, type IssuerName, type OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { parseCertificate } from '../src/x509/certificate.ts'
import { commonName, readName } from '../src/x509/name.ts'
import { decodePem } from '../src/x509/pem.ts'
import { type IssuerIdentity, pkiUrlOf } from './tbs.ts'

/** The public half of one CA: its certificate, and what is read from it. */
export interface IssuerCertificate extends IssuerIdentity {
  /** what people see as the issuer: the CN */
  readonly commonName: string
  readonly pem: string
  readonly der: Uint8Array
  /** the key of `spki`, ready for use */
  readonly publicKey: KeyObject
  /** epoch ms */
  readonly notBefore: number
}

/** The public half of the authority. No key is read outside the signer. */
export interface Authority {
  /** where its files are */
  readonly directory: string
  readonly pkiUrl: string
  readonly issuers: Readonly<Record<IssuerName, IssuerCertificate>>
  /** PEM: the self-signed certificates that listeners trust in place of the issuing CAs */
  readonly twins: Readonly<Record<OnlineIssuer, string>>
  /** the root's CRL, DER; made in a ceremony */
  readonly rootList: Uint8Array
}

const ONLINE: readonly OnlineIssuer[] = ['browser', 'api', 'internal']

/** Where each part of an authority lies in its folder. */
export function authorityFiles(directory: string) {
  return {
    certificate: (issuer: IssuerName) => join(directory, `${issuer}.pem`),
    key: (issuer: IssuerName) => join(directory, `${issuer}.key`),
    twin: (issuer: OnlineIssuer) => join(directory, `${issuer}.twin.pem`),
    rootList: join(directory, 'root.crl'),
  }
}

/**
 * Reads the public parts of an authority.
 * @throws IdentityError authority-missing: no folder, or a part of it is missing or damaged
 */
export function loadAuthority(directory: string): Authority {
  const files = authorityFiles(directory)
  try {
    const pkiUrl = readIssuerPkiUrl(directory)
    const issuers = ISSUERS.map((issuer) => [issuer, readIssuer(directory, issuer, pkiUrl)])
    const twins = ONLINE.map((issuer) => [issuer, readFileSync(files.twin(issuer), 'utf8')])
    return Object.freeze({
      directory,
      pkiUrl,
      issuers: Object.freeze(Object.fromEntries(issuers)) as Authority['issuers'],
      twins: Object.freeze(Object.fromEntries(twins)) as Authority['twins'],
      rootList: new Uint8Array(readFileSync(files.rootList)),
    })
  } catch (cause) {
    const advice = 'Make one with "countersign ca init", or restore the folder from a backup.'
    throw new IdentityError('authority-missing', `There is no whole certificate authority in ${directory}. ${advice}`, {
      cause,
    })
  }
}

/** Reads one CA's certificate from the authority's folder. */
export function readIssuer(directory: string, issuer: IssuerName, pkiUrl: string): IssuerCertificate {
  const pem = readFileSync(authorityFiles(directory).certificate(issuer), 'utf8')
  return issuerCertificate(issuer, pem, pkiUrl)
}

/**
 * What a CA's certificate tells of it.
 * @throws IdentityError pem-malformed, der-malformed, certificate-malformed
 */
export function issuerCertificate(issuer: IssuerName, pem: string, pkiUrl: string): IssuerCertificate {
  const der = decodePem(pem, 'CERTIFICATE')
  const { subject, spki, notBefore, notAfter, known } = parseCertificate(der)
  if (known.basicConstraints?.ca !== true || known.subjectKeyIdentifier === undefined) {
    throw new IdentityError('certificate-malformed', `The certificate of issuer ${issuer} is none of a CA.`)
  }
  return Object.freeze({
    issuer,
    commonName: commonName(readName(subject)) ?? '',
    pem,
    der,
    subject,
    spki,
    publicKey: importPublicKey(spki),
    keyIdentifier: known.subjectKeyIdentifier,
    notBefore,
    notAfter,
    pkiUrl,
  })
}

/** The public address that the authority was made with. */
export function readIssuerPkiUrl(directory: string): string {
  const pem = readFileSync(authorityFiles(directory).certificate('browser'), 'utf8')
  return pkiUrlOf(parseCertificate(decodePem(pem, 'CERTIFICATE')).known)
}

/** @param spki SubjectPublicKeyInfo, DER */
export function importPublicKey(spki: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
}
