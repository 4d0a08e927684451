import { IdentityError } from '../errors.ts'
import { type DerReader, readDer } from './der.ts'
import { bitString, type Der, explicit, integer, sequence } from './der-writer.ts'
import { type Extension, takeExtensions } from './extension.ts'
import { decodeExtensions, type KnownExtensions } from './known-extensions.ts'
import { readName } from './name.ts'
import { EXTENSION_REQUEST } from './oid.ts'
import { ALGORITHM_IDENTIFIERS, type SignatureAlgorithm, takeSignatureAlgorithm } from './signature-algorithm.ts'
import { takeSpki } from './spki.ts'

/** A PKCS#10 request that was read. https://www.rfc-editor.org/rfc/rfc2986#section-4 */
export interface CertificationRequest {
  /** CertificationRequestInfo's own bytes, which the signature covers */
  readonly info: Uint8Array
  /** Name, DER */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo, DER; not judged here */
  readonly spki: Uint8Array
  /** the wishes of its extensionRequest; never copied into a certificate */
  readonly extensions: readonly Extension[]
  readonly known: KnownExtensions
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Uint8Array
}

/** RSA-4096 with a long list of names fits many times over. */
const LIMITS = { bytes: 16 * 1024, elements: 1_000 }

/**
 * Reads a PKCS#10 request. Neither its signature nor its key is judged here.
 * @throws IdentityError der-malformed, request-malformed, name-invalid, key-unsupported (its signature algorithm)
 */
export function parseRequest(der: Uint8Array): CertificationRequest {
  return readDer(
    der,
    (reader) =>
      reader.sequence((inner) => {
        const info = inner.unread(0x30)
        const signatureAlgorithm = takeSignatureAlgorithm(inner)
        return { info, ...readDer(info, takeInfo, LIMITS), signatureAlgorithm, signature: inner.bitString() }
      }),
    LIMITS,
  )
}

/**
 * The part that the key signs, without attributes.
 * @param request.subject Name, DER
 * @param request.spki SubjectPublicKeyInfo, DER
 * @returns CertificationRequestInfo, DER
 */
export function encodeRequestInfo({ subject, spki }: { subject: Uint8Array; spki: Uint8Array }): Der {
  return sequence(integer(0), subject, spki, explicit(0))
}

/** @returns CertificationRequest, DER */
export function assembleRequest(info: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array): Der {
  return sequence(info, ALGORITHM_IDENTIFIERS[algorithm], bitString(signature))
}

function takeInfo(reader: DerReader): Pick<CertificationRequest, 'subject' | 'spki' | 'extensions' | 'known'> {
  return reader.sequence((inner) => {
    // https://www.rfc-editor.org/rfc/rfc2986#section-4.1: version 1 is written as 0.
    if (inner.smallInteger() !== 0) throw refused('It is not of version 1.')
    const subject = inner.any()
    const spki = takeSpki(inner)
    const extensions = inner.explicit(0, takeAttributes)
    readName(subject)
    return { subject, spki, extensions, known: decodeExtensions(extensions) }
  })
}

/** Reads all attributes as DER, none of them twice, and keeps the requested extensions. */
function takeAttributes(reader: DerReader): readonly Extension[] {
  const seen = new Set<string>()
  let extensions: readonly Extension[] = []
  if (reader.done) return extensions
  reader.ascending((attributes) =>
    attributes.sequence((attribute) => {
      const type = attribute.oid()
      if (seen.has(type)) throw refused('It holds an attribute twice.')
      seen.add(type)
      if (type === EXTENSION_REQUEST) extensions = takeExtensionRequest(attribute)
      else attribute.setOf((value) => value.any())
    }),
  )
  return extensions
}

/** https://www.rfc-editor.org/rfc/rfc2985#section-5.4.2: single-valued. */
function takeExtensionRequest(reader: DerReader): readonly Extension[] {
  const values = reader.setOf((value) => takeExtensions(value, () => refused('It asks for an extension twice.')))
  if (values.length !== 1) throw refused('It holds two lists of extensions.')
  return values[0]!
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'request-malformed',
    `This is no PKCS#10 request that can be taken. ${what} Make the request anew.`,
  )
}
