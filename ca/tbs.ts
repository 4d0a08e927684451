import type { IssuerName, OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { encodeTbsCertificate, type ParsedTbs } from '../src/x509/certificate.ts'
import type { Der } from '../src/x509/der-writer.ts'
import type { Extension } from '../src/x509/extension.ts'
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  type KeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from '../src/x509/extensions.ts'
import type { GeneralName } from '../src/x509/general-name.ts'
import { keyIdentifier } from '../src/x509/key-identifier.ts'
import type { KnownExtensions } from '../src/x509/known-extensions.ts'
import { commonName, encodeName, readName } from '../src/x509/name.ts'
import { CLIENT_AUTH, COMMON_NAME, SERVER_AUTH } from '../src/x509/oid.ts'
import { identifyPublicKey } from '../src/x509/public-key.ts'
import { ISSUER_PURPOSES, PROFILES, type Profile, type ProfileName, type Purpose } from './profiles.ts'

/** All keys of ours are on P-256. */
export const SIGNATURE_ALGORITHM = 'ecdsa-sha256'

/** What a certificate takes from the CA that signs it. */
export interface IssuerIdentity {
  readonly issuer: IssuerName
  /** Name, DER: the CA's own subject, byte for byte */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo, DER */
  readonly spki: Uint8Array
  readonly keyIdentifier: Uint8Array
  /** the last second of the CA's validity, epoch ms */
  readonly notAfter: number
  /** where `/ca` and `/crl` are published, without a slash at the end */
  readonly pkiUrl: string
}

/** What differs between two certificates of one profile and one issuer. Nothing else does. */
export interface CertificateParts {
  /** 16 bytes */
  readonly serial: Uint8Array
  /** epoch ms, whole seconds; both inclusive */
  readonly notBefore: number
  readonly notAfter: number
  readonly commonName: string
  /** SubjectPublicKeyInfo, DER */
  readonly spki: Uint8Array
  /** empty where the profile has none */
  readonly alternativeNames: readonly GeneralName[]
}

/** Which kind of certificate: `role` is the CA that an `issuing` or `twin` certificate is for. */
export interface Kind {
  readonly profile: ProfileName
  readonly role?: OnlineIssuer
}

const PURPOSE_OID: Readonly<Record<Purpose, string>> = { clientAuth: CLIENT_AUTH, serverAuth: SERVER_AUTH }

/**
 * Builds what will be signed: the same bytes for the same parts, on the deciding side and in the signer.
 * @returns TBSCertificate, DER
 * @throws IdentityError name-invalid, der-malformed and key-unsupported (the key)
 */
export function buildTbs(kind: Kind, issuer: IssuerIdentity, parts: CertificateParts): Der {
  return encodeTbsCertificate({
    serial: parts.serial,
    signatureAlgorithm: SIGNATURE_ALGORITHM,
    issuer: issuer.subject,
    notBefore: parts.notBefore,
    notAfter: parts.notAfter,
    subject: encodeCommonName(parts.commonName),
    spki: parts.spki,
    extensions: extensionsOf(kind, issuer, parts),
  })
}

/** The parts from which {@link buildTbs} makes these very bytes, if they are of a kind that it makes. */
export function partsOf(tbs: ParsedTbs): CertificateParts {
  return {
    serial: tbs.serial,
    notBefore: tbs.notBefore,
    notAfter: tbs.notAfter,
    commonName: commonName(readName(tbs.subject)) ?? '',
    spki: tbs.spki,
    alternativeNames: tbs.known.subjectAltName ?? [],
  }
}

/**
 * A name of one commonName, as all subjects of ours are. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.6
 * @returns Name, DER
 * @throws IdentityError name-invalid
 */
export function encodeCommonName(text: string): Der {
  return encodeName([{ type: COMMON_NAME, value: text }])
}

/** Where the certificate and the list of an issuer are published. */
export function addressesOf(pkiUrl: string, issuer: IssuerName): { certificate: string; list: string } {
  return { certificate: `${pkiUrl}/ca/${issuer}.cer`, list: `${pkiUrl}/crl/${issuer}.crl` }
}

/**
 * The public address that an issuing CA's certificate was made with. It stands nowhere else, so nothing can drift from it.
 * @returns without a slash at the end
 * @throws IdentityError certificate-malformed
 */
export function pkiUrlOf({ crlDistributionPoints }: KnownExtensions): string {
  const [list = ''] = crlDistributionPoints ?? []
  const { list: end } = addressesOf('', 'root')
  const pkiUrl = list.slice(0, -end.length)
  if (list.endsWith(end) && isPkiUrl(pkiUrl)) return pkiUrl
  throw new IdentityError('certificate-malformed', 'The certificate of an issuing CA names no list of the root.')
}

/**
 * Plain HTTP, and nothing that a reader of certificates could stumble over.
 * https://www.rfc-editor.org/rfc/rfc5280#section-8 warns of https: it would have to be proved by what it fetches.
 */
export function isPkiUrl(text: string): boolean {
  return text.length <= 200 && /^http:\/\/[a-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~-]+)*$/.test(text) && URL.canParse(text)
}

function extensionsOf(kind: Kind, issuer: IssuerIdentity, parts: CertificateParts): Extension[] {
  const { usage, pointers } = constantsOf(kind, issuer)
  const { alternativeName, rsaKeyUsage } = PROFILES[kind.profile]
  const rsa = rsaKeyUsage.length > 0 && identifyPublicKey(parts.spki).algorithm === 'rsa'
  return [
    ...(rsa ? usage.rsa : usage.other),
    ...(alternativeName === null ? [] : [subjectAltName(parts.alternativeNames)]),
    subjectKeyIdentifier(keyIdentifier(parts.spki)),
    ...pointers,
  ]
}

/** The extensions that are the same in all certificates of one kind and issuer. */
interface Constants {
  readonly usage: { readonly rsa: readonly Extension[]; readonly other: readonly Extension[] }
  readonly pointers: readonly Extension[]
}

// Encoding them anew for each certificate would be half of the work of building one.
const CONSTANTS = new WeakMap<IssuerIdentity, Map<string, Constants>>()

function constantsOf({ profile: name, role }: Kind, issuer: IssuerIdentity): Constants {
  const known = CONSTANTS.get(issuer) ?? new Map<string, Constants>()
  CONSTANTS.set(issuer, known)
  const key = `${name} ${role}`
  const found = known.get(key)
  if (found) return found
  const profile = PROFILES[name]
  const constants = {
    usage: {
      rsa: usageExtensions(profile, role, [...profile.keyUsage, ...profile.rsaKeyUsage]),
      other: usageExtensions(profile, role, profile.keyUsage),
    },
    pointers: profile.pointers ? pointersTo(issuer) : [],
  }
  known.set(key, constants)
  return constants
}

function usageExtensions(profile: Profile, role: OnlineIssuer | undefined, usages: readonly KeyUsage[]): Extension[] {
  const purposes = purposesOf(profile, role)
  return [
    ...(profile.pathLength === null ? [] : [basicConstraints({ ca: true, pathLength: profile.pathLength })]),
    keyUsage(usages),
    ...(purposes.length === 0 ? [] : [extendedKeyUsage(purposes.map((purpose) => PURPOSE_OID[purpose]))]),
  ]
}

function purposesOf({ purposes }: Profile, role: OnlineIssuer | undefined): readonly Purpose[] {
  if (purposes !== 'issuer') return purposes ?? []
  if (role === undefined) throw new TypeError('The certificate of an issuing CA names its role.')
  return ISSUER_PURPOSES[role]
}

function pointersTo({ issuer, keyIdentifier, pkiUrl }: IssuerIdentity): Extension[] {
  const { certificate, list } = addressesOf(pkiUrl, issuer)
  return [authorityKeyIdentifier(keyIdentifier), authorityInfoAccess(certificate), crlDistributionPoints(list)]
}
