import { IdentityError } from '../errors.ts'
import { type DerReader, readDer } from './der.ts'
import { type Der, ia5String, oid, printableString, sequence, setOf, utf8String } from './der-writer.ts'
import * as OID from './oid.ts'

/** One attribute of a name: the type's OID in dotted digits, and its text. */
export interface NameAttribute {
  readonly type: string
  readonly value: string
}

/** Longest values in characters. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 (ub-common-name and others) */
const LONGEST: Readonly<Record<string, number>> = {
  [OID.COMMON_NAME]: 64,
  [OID.SERIAL_NUMBER]: 64,
  [OID.COUNTRY]: 2,
  [OID.LOCALITY]: 128,
  [OID.STATE]: 128,
  [OID.ORGANIZATION]: 64,
  [OID.ORGANIZATIONAL_UNIT]: 64,
  [OID.EMAIL_ADDRESS]: 255,
}
const LONGEST_OTHER = 128
const MOST_ATTRIBUTES = 32

/** Types whose text RFC 5280 does not let be a UTF8String. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 */
const ENCODERS: Readonly<Record<string, (text: string) => Der>> = {
  [OID.COUNTRY]: printableString,
  [OID.SERIAL_NUMBER]: printableString,
  [OID.EMAIL_ADDRESS]: ia5String,
}

/**
 * Controls, format characters (among them all that turn the direction of writing), lone surrogates, line and paragraph
 * separators: they make a name look like another one. The two joiners stay: Persian and many emoji are written with them.
 */
const DECEPTIVE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u

/**
 * Encodes a Name, one attribute to an RDN. The values are data: nothing in them separates or escapes.
 * @returns Name, DER; without attributes an empty SEQUENCE
 * @throws IdentityError name-invalid
 */
export function encodeName(attributes: readonly NameAttribute[]): Der {
  return sequence(...attributes.map(encodeRdn))
}

/**
 * Reads a Name from DER that is nothing else.
 * @throws IdentityError der-malformed, name-invalid
 */
export function readName(der: Uint8Array): NameAttribute[] {
  return readDer(der, takeName)
}

function takeName(reader: DerReader): NameAttribute[] {
  return reader.sequence((name) => {
    const attributes: NameAttribute[] = []
    while (!name.done) {
      attributes.push(...name.setOf(takeAttribute))
      if (attributes.length > MOST_ATTRIBUTES) throw refused('it has too many parts')
    }
    return attributes
  })
}

/** The common name, or undefined unless there is exactly one. */
export function commonName(attributes: readonly NameAttribute[]): string | undefined {
  const values = attributes.filter(({ type }) => type === OID.COMMON_NAME)
  return values.length === 1 ? values[0]!.value : undefined
}

function takeAttribute(reader: DerReader): NameAttribute {
  return reader.sequence((inner) => checkAttribute({ type: inner.oid(), value: inner.text() }))
}

function encodeRdn(attribute: NameAttribute): Der {
  const { type, value } = checkAttribute(attribute)
  try {
    return setOf(sequence(oid(type), (ENCODERS[type] ?? utf8String)(value)))
  } catch (cause) {
    throw new IdentityError(
      'name-invalid',
      'The name holds letters that one of its parts cannot have. Use plain letters there.',
      { cause },
    )
  }
}

function checkAttribute(attribute: NameAttribute): NameAttribute {
  const { type, value } = attribute
  if (value.trim() === '') throw refused('a part is empty')
  if (DECEPTIVE.test(value)) throw refused('a part holds control characters')
  // RFC 5280 counts characters, not UTF-16 units.
  if ([...value].length > (LONGEST[type] ?? LONGEST_OTHER)) throw refused('a part is too long')
  return attribute
}

function refused(what: string): IdentityError {
  return new IdentityError('name-invalid', `The name cannot be taken: ${what}. Choose another one.`)
}
