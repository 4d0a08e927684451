import { type DerReader, readDer } from './der.ts'
import { bitString, type Der, explicit, integer, sequence, time } from './der-writer.ts'
import { type Extension, encodeExtensions, takeExtensions } from './extension.ts'
import { authorityKeyIdentifier, crlNumber } from './extensions.ts'
import { decodeExtensions } from './known-extensions.ts'
import { malformed } from './malformed.ts'
import { readName } from './name.ts'
import { CRL_NUMBER } from './oid.ts'
import { type RevokedSerial, takeRevokedSerial } from './revoked-serial.ts'
import { ALGORITHM_IDENTIFIERS, type SignatureAlgorithm, takeSignatureAlgorithm } from './signature-algorithm.ts'

/** What a full CRL of one issuer says of itself. https://www.rfc-editor.org/rfc/rfc5280#section-5.1.2 */
export interface CertListHeader {
  readonly signatureAlgorithm: SignatureAlgorithm
  /** Name, DER */
  readonly issuer: Uint8Array
  /** epoch ms */
  readonly thisUpdate: number
  /** epoch ms */
  readonly nextUpdate: number
  /** CRL number */
  readonly number: number
  readonly authorityKeyIdentifier: Uint8Array
}

export interface TbsCertListParts extends CertListHeader {
  /** what `encodeRevokedSerials` made, in as many pieces as it pleases; pieces without content are none */
  readonly entries: readonly Uint8Array[]
}

export interface ParsedCertList extends CertListHeader {
  readonly tbs: Uint8Array
  readonly entries: readonly RevokedSerial[]
  readonly signature: Uint8Array
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-5.1.2.1: version 2 is written as 1. */
const VERSION_2 = 1
/** Two million entries with a reason. */
const LIMITS = { bytes: 128 * 1024 * 1024, elements: 2 ** 25 }

/** @returns TBSCertList, version 2, DER */
export function encodeTbsCertList(parts: TbsCertListParts): Der {
  const revoked = parts.entries.some((piece) => piece.length > 0)
  return sequence(
    integer(VERSION_2),
    ALGORITHM_IDENTIFIERS[parts.signatureAlgorithm],
    parts.issuer,
    time(parts.thisUpdate),
    time(parts.nextUpdate),
    // https://www.rfc-editor.org/rfc/rfc5280#section-5.1.2.6: without entries the list is absent.
    ...(revoked ? [sequence(...parts.entries)] : []),
    explicit(0, encodeExtensions([authorityKeyIdentifier(parts.authorityKeyIdentifier), crlNumber(parts.number)])),
  )
}

/** @returns CertificateList, DER */
export function assembleCertList(tbs: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array): Der {
  return sequence(tbs, ALGORITHM_IDENTIFIERS[algorithm], bitString(signature))
}

/**
 * Reads a CRL of ours to the last entry: version 2, full, with CRL number and key identifier and no other extension.
 * Its signature is not verified.
 * @throws IdentityError der-malformed, name-invalid, key-unsupported (its signature algorithm)
 */
export function parseCertList(der: Uint8Array): ParsedCertList {
  return readDer(
    der,
    (reader) =>
      reader.sequence((inner) => {
        const tbs = inner.unread(0x30)
        const algorithm = takeSignatureAlgorithm(inner)
        const signature = inner.bitString()
        let entries: readonly RevokedSerial[] = []
        const header = readTbs(tbs, (list) => {
          entries = list.sequenceOf(takeRevokedSerial)
        })
        if (header.signatureAlgorithm !== algorithm)
          throw malformed('the list names two different signature algorithms')
        return { ...header, tbs, entries, signature }
      }),
    LIMITS,
  )
}

/**
 * What a TBSCertList says of itself, without reading its entries: enough to be sure that the bytes are the CRL of a given
 * issuer and nothing else that its key could sign (a TBSCertificate begins with [0], an OCSP response with no INTEGER).
 * @throws IdentityError der-malformed, name-invalid, key-unsupported (its signature algorithm)
 */
export function readTbsCertListHeader(tbs: Uint8Array): CertListHeader {
  return readTbs(tbs, (list) => {
    list.unread(0x30)
  })
}

function readTbs(tbs: Uint8Array, takeEntries: (reader: DerReader) => void): CertListHeader {
  return readDer(tbs, (reader) => reader.sequence((inner) => takeTbs(inner, takeEntries)), LIMITS)
}

function takeTbs(reader: DerReader, takeEntries: (reader: DerReader) => void): CertListHeader {
  if (reader.smallInteger() !== VERSION_2) throw malformed('the list is not of version 2')
  const signatureAlgorithm = takeSignatureAlgorithm(reader)
  const issuer = reader.any()
  if (readName(issuer).length === 0) throw malformed('the issuer of the list has no name')
  const thisUpdate = reader.time()
  const nextUpdate = reader.time()
  if (nextUpdate < thisUpdate) throw malformed('the list ends before it begins')
  if (!reader.hasExplicit(0)) takeEntries(reader)
  const extensions = reader.explicit(0, (inner) =>
    takeExtensions(inner, () => malformed('the list holds an extension twice')),
  )
  return { signatureAlgorithm, issuer, thisUpdate, nextUpdate, ...readExtensions(extensions) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-5.2: both are demanded; a delta or an indirect list says so in another. */
function readExtensions(extensions: readonly Extension[]): Pick<CertListHeader, 'number' | 'authorityKeyIdentifier'> {
  const number = extensions.find(({ oid }) => oid === CRL_NUMBER)
  const { authorityKeyIdentifier: keyIdentifier } = decodeExtensions(extensions)
  if (!number || !keyIdentifier || extensions.length !== 2 || extensions.some(({ critical }) => critical)) {
    throw malformed('the list does not hold just its number and the key identifier of its issuer')
  }
  return { number: readDer(number.value, (reader) => reader.smallInteger()), authorityKeyIdentifier: keyIdentifier }
}
