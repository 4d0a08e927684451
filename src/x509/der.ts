import {
  checkBitString,
  checkBoolean,
  checkContent,
  checkInteger,
  decodeOid,
  decodeText,
  isText,
} from './der-content.ts'
import { TAG } from './der-tag.ts'
import { isRightTimeType, readTimeDigits } from './der-time.ts'
import { malformed } from './malformed.ts'

/** What bounds the work on one piece of DER, before anything of it is read. */
export interface DerLimits {
  readonly bytes?: number
  readonly elements?: number
  readonly depth?: number
}

const DEFAULT_BYTES = 64 * 1024
const DEFAULT_ELEMENTS = 4_096
/** The deepest that PKIX nests (general names in an extension of a certificate) is about ten. */
const DEFAULT_DEPTH = 16

/** What all readers over one input share. */
interface Budget {
  elements: number
  readonly depth: number
}

/**
 * Reads one DER value that fills the bytes to the last. X.690 sections 10 and 11: whatever has a second spelling is refused.
 * @throws IdentityError der-malformed
 */
export function readDer<T>(der: Uint8Array, read: (reader: DerReader) => T, limits: DerLimits = {}): T {
  if (der.length > (limits.bytes ?? DEFAULT_BYTES)) throw malformed('it is too long')
  // A Buffer's slices would be Buffers; from here on all is plain Uint8Array.
  const bytes = new Uint8Array(der.buffer, der.byteOffset, der.length)
  const budget = { elements: limits.elements ?? DEFAULT_ELEMENTS, depth: limits.depth ?? DEFAULT_DEPTH }
  const reader = new DerReader(bytes, 0, bytes.length, 0, budget)
  const value = read(reader)
  reader.end()
  return value
}

/**
 * A place in DER, moving forward. Each method takes the next element, or throws der-malformed when it is another one or
 * not in its only right form. What `sequence`, `setOf` and `explicit` open is read to its end, or refused.
 */
export class DerReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  readonly #depth: number
  readonly #budget: Budget
  #at: number

  constructor(bytes: Uint8Array, start: number, end: number, depth: number, budget: Budget) {
    if (depth > budget.depth) throw malformed('it is nested too deeply')
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#depth = depth
    this.#budget = budget
  }

  /** The tag of the next element; -1 at the end. */
  get tag(): number {
    return this.#at < this.#end ? this.#bytes[this.#at]! : -1
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.#at === this.#end
  }

  /** Whether the next element is [n], constructed. */
  hasExplicit(n: number): boolean {
    return this.tag === (TAG.contextConstructed | n)
  }

  /** Whether the next element is [n], primitive. */
  hasImplicit(n: number): boolean {
    return this.tag === (TAG.context | n)
  }

  end(): void {
    if (this.#at !== this.#end) throw malformed('bytes follow where it should end')
  }

  sequence<T>(read: (inner: DerReader) => T): T {
    return this.constructed(TAG.sequence, read)
  }

  /** [n], constructed: an explicit tag, or an implicit one over a SEQUENCE or SET. */
  explicit<T>(n: number, read: (inner: DerReader) => T): T {
    return this.constructed(TAG.contextConstructed | n, read)
  }

  /** One or more elements of a SEQUENCE OF. */
  sequenceOf<T>(read: (inner: DerReader) => T): T[] {
    return this.sequence((inner) => inner.each(read))
  }

  /** One or more elements of a SET OF, in ascending order of their encodings. */
  setOf<T>(read: (inner: DerReader) => T): T[] {
    return this.constructed(TAG.set, (inner) => inner.ascending(read))
  }

  /** All elements to the end, at least one. */
  each<T>(read: (inner: DerReader) => T): T[] {
    const values: T[] = []
    do values.push(read(this))
    while (!this.done)
    return values
  }

  /** All elements to the end, at least one, as DER orders a SET OF. X.690 section 11.6. */
  ascending<T>(read: (inner: DerReader) => T): T[] {
    let before: Uint8Array | undefined
    return this.each(() => {
      const start = this.#at
      const value = read(this)
      const encoding = this.#bytes.subarray(start, this.#at)
      if (before && compareBytes(before, encoding) > 0) throw malformed('a SET is not in order')
      before = encoding
      return value
    })
  }

  constructed<T>(tag: number, read: (inner: DerReader) => T): T {
    const end = this.#header(tag)
    const inner = new DerReader(this.#bytes, this.#at, end, this.#depth + 1, this.#budget)
    const value = read(inner)
    inner.end()
    this.#at = end
    return value
  }

  /** The content of an INTEGER: two's complement, minimal. */
  integer(): Uint8Array {
    return checkInteger(this.primitive(TAG.integer))
  }

  /** An INTEGER from 0 to 2^47 - 1. */
  smallInteger(): number {
    return smallNumber(this.integer())
  }

  /** An ENUMERATED from 0 to 2^47 - 1. */
  enumerated(): number {
    return smallNumber(checkInteger(this.primitive(TAG.enumerated)))
  }

  boolean(): boolean {
    return checkBoolean(this.primitive(TAG.boolean))
  }

  /** BOOLEAN DEFAULT FALSE: absent or TRUE; a default that is written out is not DER. X.690 section 11.5. */
  trueOrAbsent(): boolean {
    if (this.tag !== TAG.boolean) return false
    if (!this.boolean()) throw malformed('a default value is written out')
    return true
  }

  nullValue(): void {
    if (this.primitive(TAG.null).length > 0) throw malformed('a NULL has content')
  }

  /** An OBJECT IDENTIFIER in dotted digits. */
  oid(): string {
    return decodeOid(this.primitive(TAG.oid))
  }

  octetString(): Uint8Array {
    return this.primitive(TAG.octetString)
  }

  /** The octets of a BIT STRING of whole octets. */
  bitString(): Uint8Array {
    const content = checkBitString(this.primitive(TAG.bitString))
    if (content[0] !== 0) throw malformed('a BIT STRING does not end on an octet')
    return content.subarray(1)
  }

  /** The positions set in a BIT STRING with named bits: no zero bit trails. X.690 section 11.2.2. */
  namedBits(): number[] {
    const content = checkBitString(this.primitive(TAG.bitString))
    const count = (content.length - 1) * 8 - content[0]!
    const positions: number[] = []
    for (let i = 0; i < count; i++) if (content[1 + (i >> 3)]! & (0x80 >> (i & 7))) positions.push(i)
    if (count > 0 && positions.at(-1) !== count - 1) throw malformed('a list of named bits has zero bits at its end')
    return positions
  }

  /** The text of a UTF8String, PrintableString or IA5String. */
  text(): string {
    const tag = this.tag
    if (!isText(tag)) throw malformed('a text is of a type that is not taken')
    return decodeText(tag, this.primitive(tag))
  }

  /** An IA5String under the implicit tag [n]. */
  implicitText(n: number): string {
    return decodeText(TAG.ia5String, this.implicit(n))
  }

  /** The content of [n], primitive. */
  implicit(n: number): Uint8Array {
    return this.primitive(TAG.context | n)
  }

  /** UTCTime or GeneralizedTime, whichever RFC 5280 demands for the year. Epoch ms. */
  time(): number {
    const tag = this.tag
    if (tag !== TAG.utcTime && tag !== TAG.generalizedTime) throw malformed('a time is missing')
    const epochMs = readTimeDigits(tag, this.primitive(tag))
    if (!isRightTimeType(tag, epochMs)) throw malformed('a time before 2050 is not a UTCTime')
    return epochMs
  }

  /** Any element, checked through and through by what its tags say. The whole encoding. */
  any(): Uint8Array {
    const start = this.#at
    const tag = this.tag
    const end = this.#header(tag)
    if (tag & TAG.constructed) this.#anyInside(tag, end)
    else checkContent(tag, this.#bytes.subarray(this.#at, end))
    this.#at = end
    return this.#bytes.subarray(start, end)
  }

  /** The whole encoding of the next element; what is in it is NOT checked, and is the caller's to read. */
  unread(tag: number): Uint8Array {
    const start = this.#at
    this.#at = this.#header(tag)
    return this.#bytes.subarray(start, this.#at)
  }

  primitive(tag: number): Uint8Array {
    const end = this.#header(tag)
    const content = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return content
  }

  #anyInside(tag: number, end: number): void {
    if (tag !== TAG.sequence && tag !== TAG.set && (tag & 0xc0) !== TAG.context)
      throw malformed('a string is in pieces')
    const inner = new DerReader(this.#bytes, this.#at, end, this.#depth + 1, this.#budget)
    if (tag === TAG.set && !inner.done) inner.ascending((element) => element.any())
    while (!inner.done) inner.any()
  }

  /** Moves to the content and returns its end. X.690 sections 8.1.3 and 10.1: definite, and as short as can be. */
  #header(tag: number): number {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== tag)
      throw malformed('an element is missing or of another kind')
    if ((tag & 0x1f) === 0x1f) throw malformed('a tag is too large')
    if (--this.#budget.elements < 0) throw malformed('it has too many elements')
    const start = this.#at + 2
    const first = this.#at + 1 < this.#end ? this.#bytes[this.#at + 1]! : 0xff
    const end = first < 0x80 ? start + first : this.#longLength(start, first & 0x7f)
    if (end > this.#end) throw malformed('an element is longer than what it stands in')
    this.#at = first < 0x80 ? start : start + (first & 0x7f)
    return end
  }

  /** The end of the content whose length takes `count` octets. */
  #longLength(start: number, count: number): number {
    if (count === 0) throw malformed('a length is indefinite')
    if (count > 4 || start + count > this.#end) throw malformed('an element is longer than what it stands in')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#bytes[start + i]!
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformed('a length is not written in the shortest form')
    return start + count + length
  }
}

/** Orders byte strings as DER orders a SET OF. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

function smallNumber(content: Uint8Array): number {
  if (content.length > 6 || content[0]! & 0x80) throw malformed('a number is out of bounds')
  return content.reduce((value, octet) => value * 256 + octet, 0)
}
