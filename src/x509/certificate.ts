import { IdentityError } from '../errors.ts'
import { compareBytes, type DerReader, readDer } from './der.ts'
import { bitString, type Der, explicit, integer, sequence, time } from './der-writer.ts'
import { type Extension, encodeExtensions, takeExtensions } from './extension.ts'
import { decodeExtensions, type KnownExtensions } from './known-extensions.ts'
import { readName } from './name.ts'
import { ALGORITHM_IDENTIFIERS, type SignatureAlgorithm, takeSignatureAlgorithm } from './signature-algorithm.ts'
import { takeSpki } from './spki.ts'

/** What a TBSCertificate is made of. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2 */
export interface TbsParts {
  /** big-endian, positive, at most 20 octets */
  readonly serial: Uint8Array
  readonly signatureAlgorithm: SignatureAlgorithm
  /** Name, DER */
  readonly issuer: Uint8Array
  /** epoch ms */
  readonly notBefore: number
  /** epoch ms; the last second of validity */
  readonly notAfter: number
  /** Name, DER */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo, DER */
  readonly spki: Uint8Array
  readonly extensions: readonly Extension[]
}

/** A TBSCertificate that was read: its parts, and what its extensions mean. */
export interface ParsedTbs extends TbsParts {
  readonly known: KnownExtensions
}

export interface ParsedCertificate extends ParsedTbs {
  /** the TBSCertificate's own bytes, which the signature covers */
  readonly tbs: Uint8Array
  readonly signature: Uint8Array
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.1: version 3 is written as 2. */
const VERSION_3 = 2
/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2 */
const LONGEST_SERIAL = 20

/**
 * @returns TBSCertificate, version 3, DER
 * @throws TypeError for a serial that is zero or too long
 */
export function encodeTbsCertificate(parts: TbsParts): Der {
  const serial = integer(parts.serial)
  if (serial.length > 2 + LONGEST_SERIAL || parts.serial.every((octet) => octet === 0)) {
    throw new TypeError('A serial number is positive and has at most 20 octets.')
  }
  return sequence(
    explicit(0, integer(VERSION_3)),
    serial,
    ALGORITHM_IDENTIFIERS[parts.signatureAlgorithm],
    parts.issuer,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    parts.subject,
    parts.spki,
    explicit(3, encodeExtensions(parts.extensions)),
  )
}

/** Certificate, CertificationRequest and CertificateList have one shape: what is signed, algorithm, signature. */
export function assembleCertificate(tbs: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array): Der {
  return sequence(tbs, ALGORITHM_IDENTIFIERS[algorithm], bitString(signature))
}

/**
 * Reads a certificate, version 3. Its signature is not verified.
 * @throws IdentityError der-malformed, certificate-malformed, name-invalid, key-unsupported (its signature algorithm)
 */
export function parseCertificate(der: Uint8Array): ParsedCertificate {
  return readDer(der, (reader) =>
    reader.sequence((inner) => {
      const tbs = inner.unread(0x30)
      const algorithm = takeSignatureAlgorithm(inner)
      const signature = inner.bitString()
      const parsed = parseTbsCertificate(tbs)
      // https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2
      if (parsed.signatureAlgorithm !== algorithm) throw refused('It names two different signature algorithms.')
      return { ...parsed, tbs, signature }
    }),
  )
}

/**
 * Reads a TBSCertificate, version 3, without unique identifiers.
 * @throws IdentityError der-malformed, certificate-malformed, name-invalid, key-unsupported (its signature algorithm)
 */
export function parseTbsCertificate(tbs: Uint8Array): ParsedTbs {
  return readDer(tbs, (reader) => reader.sequence(takeTbs))
}

function takeTbs(reader: DerReader): ParsedTbs {
  if (!reader.hasExplicit(0) || reader.explicit(0, (version) => version.smallInteger()) !== VERSION_3) {
    throw refused('It is not of version 3.')
  }
  const serial = takeSerial(reader)
  const signatureAlgorithm = takeSignatureAlgorithm(reader)
  const issuer = reader.any()
  const [notBefore, notAfter] = reader.sequence((validity) => [validity.time(), validity.time()] as const)
  const subject = reader.any()
  const spki = takeSpki(reader)
  if (!reader.hasExplicit(3)) throw refused('It holds unique identifiers, or no extensions.')
  const extensions = reader.explicit(3, (inner) => takeExtensions(inner, () => refused('It holds an extension twice.')))
  if (readName(issuer).length === 0) throw refused('Its issuer has no name.')
  readName(subject)
  if (notAfter < notBefore) throw refused('It ends before it begins.')
  const parts = { serial, signatureAlgorithm, issuer, notBefore, notAfter, subject, spki, extensions }
  return { ...parts, known: decodeExtensions(extensions) }
}

function takeSerial(reader: DerReader): Uint8Array {
  const content = reader.integer()
  if (content[0]! >= 0x80 || compareBytes(content, Uint8Array.of(0)) === 0)
    throw refused('Its serial number is not positive.')
  if (content.length > LONGEST_SERIAL) throw refused('Its serial number is too long.')
  return content[0] === 0 ? content.subarray(1) : content
}

function refused(what: string): IdentityError {
  return new IdentityError('certificate-malformed', `This certificate breaks RFC 5280. ${what} Have it issued anew.`)
}
