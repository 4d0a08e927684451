import { TAG } from './der-tag.ts'
import { readTimeDigits } from './der-time.ts'
import { malformed } from './malformed.ts'

/** The longest OID that is read, in octets: far more than any in use. */
const MAX_OID_BYTES = 64

// The tables are made by calls marked pure, so that a page that only writes DER does not carry them.
const UTF8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const TEXT_FORMS = /* @__PURE__ */ textForms()
/** What the content of a primitive element of each universal type must satisfy. */
const CHECKS = /* @__PURE__ */ checks()

/** Checks the content of a primitive element by its tag alone; context-specific content is nobody's to judge here. */
export function checkContent(tag: number, content: Uint8Array): void {
  if ((tag & 0xc0) === TAG.context) return
  const check = CHECKS[tag]
  if (!check) throw malformed('an element is of a type that has no place here')
  check(content)
}

/** X.690 sections 8.2 and 11.1. */
export function checkBoolean(content: Uint8Array): boolean {
  refuseIf(content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff), 'a BOOLEAN is neither 00 nor FF')
  return content[0] === 0xff
}

/** X.690 section 8.3.2: the first nine bits are not all alike. */
export function checkInteger(content: Uint8Array): Uint8Array {
  refuseIf(content.length === 0, 'an INTEGER is empty')
  const [first, second] = content
  if (second !== undefined) {
    refuseIf(
      (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80),
      'an INTEGER is not written in the shortest form',
    )
  }
  return content
}

/** X.690 sections 8.6.2 and 11.2.1: the unused bits are counted right, and zero. */
export function checkBitString(content: Uint8Array): Uint8Array {
  const unused = content[0]
  if (unused === undefined || unused > 7 || (content.length === 1 && unused > 0))
    throw malformed('a BIT STRING counts its bits wrongly')
  refuseIf((content.at(-1)! & ((1 << unused) - 1)) !== 0, 'unused bits of a BIT STRING are set')
  return content
}

/** X.690 section 8.19: arcs of base 128, each in the shortest form. */
export function decodeOid(content: Uint8Array): string {
  refuseIf(
    content.length === 0 || content.length > MAX_OID_BYTES || content.at(-1)! >= 0x80,
    'an OID is cut off or too long',
  )
  let text = ''
  let arc = 0
  let fresh = true
  for (const octet of content) {
    refuseIf(fresh && octet === 0x80, 'an OID is not written in the shortest form')
    arc = arc * 128 + (octet & 0x7f)
    refuseIf(arc > Number.MAX_SAFE_INTEGER, 'an arc of an OID is too large')
    fresh = octet < 0x80
    if (!fresh) continue
    text += text === '' ? firstArcs(arc) : `.${arc}`
    arc = 0
  }
  return text
}

/** True for the types of text that names and general names are read from. */
export function isText(tag: number): boolean {
  return tag === TAG.utf8String || tag === TAG.printableString || tag === TAG.ia5String
}

/** The text of a string type; refuses octets that the type does not have. */
export function decodeText(tag: number, content: Uint8Array): string {
  let text: string
  try {
    text = UTF8.decode(content)
  } catch {
    throw malformed('a text is not UTF-8')
  }
  refuseIf(TEXT_FORMS[tag]?.test(text) === false, 'a text holds characters that its type does not have')
  return text
}

function checks(): Readonly<Record<number, (content: Uint8Array) => unknown>> {
  return {
    [TAG.boolean]: checkBoolean,
    [TAG.integer]: checkInteger,
    [TAG.enumerated]: checkInteger,
    [TAG.bitString]: checkBitString,
    [TAG.octetString]: () => undefined,
    [TAG.null]: (content) => refuseIf(content.length > 0, 'a NULL has content'),
    [TAG.oid]: decodeOid,
    [TAG.utf8String]: (content) => decodeText(TAG.utf8String, content),
    [TAG.numericString]: (content) => decodeText(TAG.numericString, content),
    [TAG.printableString]: (content) => decodeText(TAG.printableString, content),
    [TAG.ia5String]: (content) => decodeText(TAG.ia5String, content),
    [TAG.visibleString]: (content) => decodeText(TAG.visibleString, content),
    [TAG.teletexString]: () => undefined,
    [TAG.universalString]: (content) => refuseIf(content.length % 4 !== 0, 'a UniversalString is cut off'),
    [TAG.bmpString]: (content) => refuseIf(content.length % 2 !== 0, 'a BMPString is cut off'),
    [TAG.utcTime]: (content) => readTimeDigits(TAG.utcTime, content),
    [TAG.generalizedTime]: (content) => readTimeDigits(TAG.generalizedTime, content),
  }
}

function textForms(): Readonly<Record<number, RegExp>> {
  return {
    [TAG.numericString]: /^[0-9 ]*$/,
    // X.680 section 41.4
    [TAG.printableString]: /^[A-Za-z0-9 '()+,\-./:=?]*$/,
    [TAG.ia5String]: /^\p{ASCII}*$/u,
    [TAG.visibleString]: /^[ -~]*$/,
  }
}

/** The first octets hold two arcs: 40 a + b, with a at most 2. */
function firstArcs(value: number): string {
  const top = value < 80 ? Math.floor(value / 40) : 2
  return `${top}.${value - top * 40}`
}

function refuseIf(wrong: boolean, what: string): void {
  if (wrong) throw malformed(what)
}
