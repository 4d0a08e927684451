import { type DerReader, readDer } from './der.ts'
import { checkInteger } from './der-content.ts'
import type { Extension } from './extension.ts'
import { type BasicConstraints, KEY_USAGES, type KeyUsage } from './extensions.ts'
import { type GeneralName, takeGeneralName } from './general-name.ts'
import { malformed } from './malformed.ts'
import * as OID from './oid.ts'

/** The extensions that are understood here, decoded. */
export interface KnownExtensions {
  readonly basicConstraints?: BasicConstraints
  readonly keyUsage?: readonly KeyUsage[]
  /** OIDs in dotted digits */
  readonly extendedKeyUsage?: readonly string[]
  readonly subjectAltName?: readonly GeneralName[]
  readonly subjectKeyIdentifier?: Uint8Array
  readonly authorityKeyIdentifier?: Uint8Array
  /** addresses of the issuer's certificate */
  readonly authorityInfoAccess?: readonly string[]
  readonly crlDistributionPoints?: readonly string[]
}

/** What is read from the value of each extension; all of the value is read, or refused. */
// The call is marked pure, so that a page that only writes requests does not carry the table.
const READERS = /* @__PURE__ */ readers()

/**
 * Decodes the extensions that are understood; the values of all others must at least be DER.
 * @throws IdentityError der-malformed
 */
export function decodeExtensions(extensions: readonly Extension[]): KnownExtensions {
  let known: KnownExtensions = {}
  for (const { oid, value } of extensions) {
    const read = Object.hasOwn(READERS, oid) ? READERS[oid] : undefined
    if (read) known = { ...known, ...readDer(value, read) }
    else readDer(value, (reader) => reader.any())
  }
  return known
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9 */
function takeBasicConstraints(reader: DerReader): BasicConstraints {
  return reader.sequence((inner) => {
    const ca = inner.trueOrAbsent()
    if (inner.done) return { ca }
    if (!ca) throw malformed('a path length stands in a certificate of no authority')
    return { ca, pathLength: inner.smallInteger() }
  })
}

/** At least one bit. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3 */
function takeKeyUsage(reader: DerReader): KeyUsage[] {
  const positions = reader.namedBits()
  const names = Object.keys(KEY_USAGES) as KeyUsage[]
  if (positions.length === 0 || positions.at(-1)! >= names.length)
    throw malformed('the key usage names nothing or too much')
  return positions.map((position) => names[position]!)
}

/** Issuer and serial are allowed, but both or neither. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.1 */
function takeAuthorityKeyIdentifier(reader: DerReader): KnownExtensions {
  return reader.sequence((inner) => {
    const keyIdentifier = inner.hasImplicit(0) ? inner.implicit(0) : undefined
    if (inner.hasExplicit(1)) {
      inner.explicit(1, (names) => names.each(takeGeneralName))
      checkInteger(inner.implicit(2))
    }
    return keyIdentifier ? { authorityKeyIdentifier: keyIdentifier } : {}
  })
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1 */
function takeAuthorityInfoAccess(reader: DerReader): string[] {
  const descriptions = reader.sequenceOf((inner) =>
    inner.sequence((each) => ({ method: each.oid(), location: takeGeneralName(each) })),
  )
  return descriptions.flatMap(({ method, location }) =>
    method === OID.CA_ISSUERS && location.type === 'uri' ? [location.value] : [],
  )
}

/** Full names are read; reasons and indirect issuers are refused. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13 */
function takeDistributionPoints(reader: DerReader): string[] {
  const points = reader.sequenceOf((inner) =>
    inner.sequence((point) => point.explicit(0, (name) => name.explicit(0, (names) => names.each(takeGeneralName)))),
  )
  return points.flat().flatMap((name) => (name.type === 'uri' ? [name.value] : []))
}

function readers(): Readonly<Record<string, (reader: DerReader) => KnownExtensions>> {
  return {
    [OID.BASIC_CONSTRAINTS]: (reader) => ({ basicConstraints: takeBasicConstraints(reader) }),
    [OID.KEY_USAGE]: (reader) => ({ keyUsage: takeKeyUsage(reader) }),
    [OID.EXTENDED_KEY_USAGE]: (reader) => ({ extendedKeyUsage: reader.sequenceOf((purpose) => purpose.oid()) }),
    [OID.SUBJECT_ALT_NAME]: (reader) => ({ subjectAltName: reader.sequenceOf(takeGeneralName) }),
    [OID.SUBJECT_KEY_IDENTIFIER]: (reader) => ({ subjectKeyIdentifier: reader.octetString() }),
    [OID.AUTHORITY_KEY_IDENTIFIER]: takeAuthorityKeyIdentifier,
    [OID.AUTHORITY_INFO_ACCESS]: (reader) => ({ authorityInfoAccess: takeAuthorityInfoAccess(reader) }),
    [OID.CRL_DISTRIBUTION_POINTS]: (reader) => ({ crlDistributionPoints: takeDistributionPoints(reader) }),
  }
}
