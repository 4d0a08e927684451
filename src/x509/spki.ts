import { type DerReader, readDer } from './der.ts'

/** A SubjectPublicKeyInfo, taken apart. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7 */
export interface Spki {
  /** AlgorithmIdentifier, DER */
  readonly identifier: Uint8Array
  /** the octets of subjectPublicKey */
  readonly publicKey: Uint8Array
}

/**
 * Takes a SubjectPublicKeyInfo apart; the key itself is not judged.
 * @throws IdentityError der-malformed
 */
export function readSpki(spki: Uint8Array): Spki {
  return readDer(spki, (reader) =>
    reader.sequence((inner) => ({ identifier: takeIdentifier(inner), publicKey: inner.bitString() })),
  )
}

/** The encoding of a SubjectPublicKeyInfo where the reader stands. */
export function takeSpki(reader: DerReader): Uint8Array {
  const spki = reader.unread(0x30)
  readSpki(spki)
  return spki
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2: an OID, and parameters or none. */
function takeIdentifier(reader: DerReader): Uint8Array {
  const identifier = reader.unread(0x30)
  readDer(identifier, (outer) =>
    outer.sequence((inner) => {
      inner.oid()
      if (!inner.done) inner.any()
    }),
  )
  return identifier
}
