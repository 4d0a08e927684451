import type { ErrorCode } from '../../src/errors.ts'
import { boolean, element, integer, octetString, oid, sequence, utf8String } from '../../src/x509/der-writer.ts'
import { encodeExtension } from '../../src/x509/extension.ts'
import { basicConstraints, subjectAltName } from '../../src/x509/extensions.ts'
import * as OID from '../../src/x509/oid.ts'
import type { Hostile } from './hostile.ts'
import { attribute, extensionRequest, looseRequest } from './loose-request.ts'

const MALFORMED = 'der-malformed'
const text = (content: string) => new TextEncoder().encode(content)
const bytes = (...octets: readonly number[]) => Uint8Array.of(...octets)
const CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7'

/** Attributes that must be refused, though nobody reads most of them. */
export function hostileAttributes(): readonly Hostile[] {
  return [...primitives(), ...attributes()]
}

/** Second spellings of values, in an attribute that nobody reads: it must be DER nevertheless. */
function primitives(): Hostile[] {
  const forms: Readonly<Record<string, Uint8Array>> = {
    'NULL with content': bytes(5, 1, 0),
    'OID with padding': bytes(6, 4, 0x2a, 0x80, 0x86, 0x48),
    'OID that is cut off': bytes(6, 2, 0x2a, 0x86),
    'OID without content': bytes(6, 0),
    'BOOLEAN 01': bytes(1, 1, 1),
    'BOOLEAN of two octets': bytes(1, 2, 0xff, 0xff),
    'INTEGER with a zero too many': bytes(2, 2, 0, 0x7f),
    'INTEGER with a sign too many': bytes(2, 2, 0xff, 0x80),
    'constructed OCTET STRING': element(0x24, octetString(bytes(1)), octetString(bytes(2))),
    'constructed UTF8String': element(0x2c, utf8String('a')),
    'BIT STRING with unused bits set': bytes(3, 2, 4, 0xff),
    'BIT STRING with nine unused bits': bytes(3, 2, 9, 0),
    'BIT STRING without content': bytes(3, 0),
    'unsorted SET': bytes(0x31, 6, 2, 1, 2, 2, 1, 1),
    'invalid UTF-8': element(0x0c, bytes(0xc3, 0x28)),
    'overlong UTF-8': element(0x0c, bytes(0xc0, 0xaf)),
    'surrogate in UTF-8': element(0x0c, bytes(0xed, 0xa0, 0x80)),
    'PrintableString with @': element(0x13, text('a@b')),
    'IA5String beyond ASCII': element(0x16, bytes(0xe9)),
    'UTCTime without seconds': element(0x17, text('2611201200Z')),
    'UTCTime with an offset': element(0x17, text('261120120000+0100')),
    'GeneralizedTime with a fraction': element(0x18, text('20501120120000.5Z')),
    'a time in month 13': element(0x17, text('261320120000Z')),
    'a time on the 31st of February': element(0x17, text('260231120000Z')),
    'a time with a 61st second': element(0x17, text('261120120060Z')),
    'a time that is none': element(0x17, text('yesterday, oh')),
    'an end-of-contents': bytes(0, 0),
    'a REAL': bytes(9, 0),
  }
  return Object.entries(forms).map(([name, value]) => ({
    name,
    code: MALFORMED,
    der: looseRequest({ attributes: [attribute(CHALLENGE_PASSWORD, value)] }),
  }))
}

function attributes(): Hostile[] {
  const authority = encodeExtension(basicConstraints({ ca: true }))
  const name = encodeExtension(subjectAltName([{ type: 'dns', value: 'a.example' }]))
  const raw = (type: string, ...value: readonly Uint8Array[]) => extensionRequest(sequence(oid(type), ...value))
  const refused = (what: string, attribute: Uint8Array, code: ErrorCode = MALFORMED) => ({
    name: what,
    code,
    der: looseRequest({ attributes: [attribute] }),
  })
  const list = sequence(authority)
  return [
    refused('an extension twice', extensionRequest(authority, authority), 'request-malformed'),
    {
      name: 'two lists of extensions in two attributes',
      code: 'request-malformed',
      der: looseRequest({ attributes: [extensionRequest(name), extensionRequest(authority)].toSorted(Buffer.compare) }),
    },
    refused(
      'two lists of extensions in one attribute',
      attribute(OID.EXTENSION_REQUEST, list, sequence(name)),
      'request-malformed',
    ),
    refused('no list in the attribute of extensions', attribute(OID.EXTENSION_REQUEST)),
    refused('an empty list of extensions', attribute(OID.EXTENSION_REQUEST, sequence())),
    refused('an attribute without values', attribute(CHALLENGE_PASSWORD)),
    {
      name: 'attributes out of order',
      code: MALFORMED,
      der: looseRequest({
        attributes: [extensionRequest(name), attribute(CHALLENGE_PASSWORD, utf8String('x'))]
          .toSorted(Buffer.compare)
          .toReversed(),
      }),
    },
    refused('critical FALSE written out', raw(OID.KEY_USAGE, boolean(false), octetString(bytes(3, 2, 7, 0x80)))),
    refused('critical 01', raw(OID.KEY_USAGE, bytes(1, 1, 1), octetString(bytes(3, 2, 7, 0x80)))),
    refused('key usage with zero bits at its end', raw(OID.KEY_USAGE, octetString(bytes(3, 2, 6, 0x80)))),
    refused('key usage of nothing', raw(OID.KEY_USAGE, octetString(bytes(3, 1, 0)))),
    refused('CA FALSE written out', raw(OID.BASIC_CONSTRAINTS, octetString(sequence(boolean(false))))),
    refused('a path length for no authority', raw(OID.BASIC_CONSTRAINTS, octetString(sequence(integer(0))))),
    refused('a value of basic constraints that is none', raw(OID.BASIC_CONSTRAINTS, octetString(text('garbage')))),
    refused('a value of an unknown extension that is no DER', raw('1.2.3.4', octetString(text('garbage')))),
    refused('bytes behind the value of an extension', raw(OID.BASIC_CONSTRAINTS, octetString(sequence(), bytes(0)))),
    refused('an alternative name list without names', raw(OID.SUBJECT_ALT_NAME, octetString(sequence()))),
    refused(
      'an IP address of five octets',
      raw(OID.SUBJECT_ALT_NAME, octetString(sequence(element(0x87, bytes(1, 2, 3, 4, 5))))),
    ),
    refused(
      'NUL in a DNS name',
      raw(OID.SUBJECT_ALT_NAME, octetString(sequence(element(0x82, text('a.example\0.b'))))),
      'name-invalid',
    ),
    refused(
      'a line feed in an e-mail address',
      raw(OID.SUBJECT_ALT_NAME, octetString(sequence(element(0x81, text('a@b\nc'))))),
      'name-invalid',
    ),
    refused(
      'a DNS name beyond ASCII',
      raw(OID.SUBJECT_ALT_NAME, octetString(sequence(element(0x82, text('é.example'))))),
    ),
  ]
}
