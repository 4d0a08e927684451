import { compareBytes } from './der.ts'
import { TAG } from './der-tag.ts'
import { timeDigits } from './der-time.ts'

/** Encoded DER. */
export type Der = Uint8Array<ArrayBuffer>

const TEXT = new TextEncoder()

/** One element: identifier octet, length, content. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Der {
  let length = 0
  for (const part of parts) length += part.length
  const lengthBytes = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4
  const der = new Uint8Array(2 + lengthBytes + length)
  der[0] = tag
  der[1] = lengthBytes === 0 ? length : 0x80 | lengthBytes
  for (let i = 0; i < lengthBytes; i++) der[2 + i] = length / 256 ** (lengthBytes - 1 - i)
  let at = 2 + lengthBytes
  for (const part of parts) {
    der.set(part, at)
    at += part.length
  }
  return der
}

export function sequence(...parts: readonly Uint8Array[]): Der {
  return element(TAG.sequence, ...parts)
}

/** SET OF, sorted as DER demands. X.690 section 11.6. */
export function setOf(...parts: readonly Uint8Array[]): Der {
  return element(TAG.set, ...parts.toSorted(compareBytes))
}

/**
 * INTEGER, never negative.
 * @param value a number, or the magnitude as big-endian bytes (zeros in front are dropped, the sign octet is added)
 */
export function integer(value: Uint8Array | number | bigint): Der {
  const magnitude = value instanceof Uint8Array ? value : magnitudeOf(BigInt(value))
  let start = 0
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++
  const content = magnitude.length === 0 ? Uint8Array.of(0) : magnitude.subarray(start)
  return content[0]! >= 0x80 ? element(TAG.integer, Uint8Array.of(0), content) : element(TAG.integer, content)
}

/** OBJECT IDENTIFIER from dotted digits. */
export function oid(dotted: string): Der {
  const [first, second, ...rest] = dotted.split('.').map(Number)
  const content = [first! * 40 + second!, ...rest].flatMap(base128)
  return element(TAG.oid, Uint8Array.from(content))
}

export function octetString(...parts: readonly Uint8Array[]): Der {
  return element(TAG.octetString, ...parts)
}

/** BIT STRING of whole octets. */
export function bitString(bytes: Uint8Array): Der {
  return element(TAG.bitString, Uint8Array.of(0), bytes)
}

/** BIT STRING with named bits, given by their positions; zero bits at the end are left out. X.690 section 11.2.2. */
export function namedBits(positions: readonly number[]): Der {
  const count = Math.max(-1, ...positions) + 1
  const bytes = new Uint8Array(Math.ceil(count / 8))
  for (const position of positions) bytes[position >> 3]! |= 0x80 >> (position & 7)
  return element(TAG.bitString, Uint8Array.of(bytes.length * 8 - count), bytes)
}

export function boolean(value: boolean): Der {
  return element(TAG.boolean, Uint8Array.of(value ? 0xff : 0))
}

export function nullValue(): Der {
  return element(TAG.null)
}

export function enumerated(value: number): Der {
  return implicitly(TAG.enumerated, integer(value))
}

export function utf8String(text: string): Der {
  return element(TAG.utf8String, TEXT.encode(text))
}

/** @throws TypeError when the text is not ASCII */
export function ia5String(text: string): Der {
  if (!/^\p{ASCII}*$/u.test(text)) throw new TypeError('An IA5String holds ASCII alone.')
  return element(TAG.ia5String, TEXT.encode(text))
}

/** @throws TypeError when the text has characters that a PrintableString has not */
export function printableString(text: string): Der {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text))
    throw new TypeError('A PrintableString holds letters, digits and few signs.')
  return element(TAG.printableString, TEXT.encode(text))
}

/**
 * UTCTime through 2049, GeneralizedTime from 2050; parts of a second are cut off.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
 */
export function time(epochMs: number): Der {
  const { tag, digits } = timeDigits(epochMs)
  return element(tag, TEXT.encode(digits))
}

/** [n] EXPLICIT: a wrapper around what is given. */
export function explicit(n: number, ...parts: readonly Uint8Array[]): Der {
  return element(TAG.contextConstructed | n, ...parts)
}

/** [n] IMPLICIT: the given element under another tag. */
export function implicit(n: number, encoded: Uint8Array): Der {
  return implicitly(TAG.context | (encoded[0]! & TAG.constructed) | n, encoded)
}

function implicitly(tag: number, encoded: Uint8Array): Der {
  const der = new Uint8Array(encoded)
  der[0] = tag
  return der
}

function magnitudeOf(value: bigint): Uint8Array {
  if (value < 0n) throw new TypeError('No negative INTEGER is written here.')
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Uint8Array.from(even.match(/../g)!, (pair) => Number.parseInt(pair, 16))
}

function base128(arc: number): number[] {
  const octets = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128))
  return octets
}
