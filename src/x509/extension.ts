import type { DerReader } from './der.ts'
import { boolean, type Der, octetString, oid, sequence } from './der-writer.ts'

/** One extension. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.9 */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  /** the content of extnValue, DER */
  readonly value: Uint8Array
}

/** Extension, DER; `critical` is written only when true, as DEFAULT FALSE demands. */
export function encodeExtension(extension: Extension): Der {
  return sequence(oid(extension.oid), ...(extension.critical ? [boolean(true)] : []), octetString(extension.value))
}

/** Extensions: a SEQUENCE of at least one, DER. */
export function encodeExtensions(extensions: readonly Extension[]): Der {
  if (extensions.length === 0) throw new TypeError('Extensions that are empty are left out, not written.')
  return sequence(...extensions.map(encodeExtension))
}

/**
 * Reads Extensions where the reader stands, none of them twice.
 * @param duplicate makes the refusal of a second extension of one kind
 */
export function takeExtensions(reader: DerReader, duplicate: () => Error): Extension[] {
  const seen = new Set<string>()
  return reader.sequenceOf((inner) => {
    const extension = takeExtension(inner)
    if (seen.has(extension.oid)) throw duplicate()
    seen.add(extension.oid)
    return extension
  })
}

function takeExtension(reader: DerReader): Extension {
  return reader.sequence((inner) => ({ oid: inner.oid(), critical: inner.trueOrAbsent(), value: inner.octetString() }))
}
