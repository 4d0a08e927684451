import { generateKeyPairSync } from 'node:crypto'
import type { ErrorCode } from '../../src/errors.ts'
import { element, integer, nullValue, oid, sequence, utf8String } from '../../src/x509/der-writer.ts'
import * as OID from '../../src/x509/oid.ts'
import type { Hostile } from './hostile.ts'
import { hostileAttributes } from './hostile-attributes.ts'
import { hostileKeys } from './hostile-keys.ts'
import {
  attribute,
  indefinite,
  join,
  longLength,
  looseName,
  looseRequest,
  nested,
  SAMPLE_SPKI,
  split,
} from './loose-request.ts'

const MALFORMED = 'der-malformed'
const honest = looseRequest()
const text = (content: string) => new TextEncoder().encode(content)
const bytes = (...octets: readonly number[]) => Uint8Array.of(...octets)
const CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7'

/** Requests that are wrong in one point each, with a signature that fits (but where the signature is the point). */
export function hostileRequests(): readonly Hostile[] {
  return [
    ...framing(),
    ...structure(),
    ...hostileAttributes(),
    ...names(),
    ...signatures(),
    ...sizes(),
    ...hostileKeyRequests(),
  ]
}

/** Bodies that are no request at all, for whoever listens: text, nothing, noise, and DER of other kinds. */
export function hostileBodies(): readonly { readonly name: string; readonly body: Uint8Array }[] {
  return [
    { name: 'nothing', body: bytes() },
    { name: 'one octet', body: bytes(0x30) },
    { name: 'a length without content', body: bytes(0x30, 0x84, 0xff, 0xff, 0xff, 0xff) },
    { name: 'the end of contents', body: bytes(0, 0) },
    { name: 'an empty sequence', body: bytes(0x30, 0) },
    { name: 'text', body: text('Let me in, please.') },
    { name: 'JSON', body: text('{"certificate":{"__proto__":{"verdict":"valid"}}}') },
    { name: 'deep JSON', body: text('['.repeat(30_000)) },
    { name: 'a PEM header without an end', body: text(`-----BEGIN CERTIFICATE REQUEST-----\n${'A'.repeat(60_000)}`) },
    { name: 'zeros', body: new Uint8Array(60_000) },
    { name: 'noise', body: Uint8Array.from({ length: 60_000 }, (_, i) => (i * 2_654_435_761) >>> 24) },
    { name: 'many opened sequences', body: Uint8Array.from({ length: 60_000 }, (_, i) => (i % 2 === 0 ? 0x30 : 0x80)) },
    { name: 'half of a request', body: honest.subarray(0, honest.length >> 1) },
    ...hostileRequests().map(({ name, der }) => ({ name: `request: ${name}`, body: der })),
  ]
}

function framing(): Hostile[] {
  return [
    { name: 'four octets behind', code: MALFORMED, der: join(honest, bytes(0, 0, 0, 0)) },
    { name: 'a megabyte behind', code: MALFORMED, der: join(honest, new Uint8Array(1 << 20)) },
    { name: 'a second request behind', code: MALFORMED, der: join(honest, honest) },
    { name: 'cut off', code: MALFORMED, der: honest.subarray(0, -1) },
    { name: 'indefinite length outside', code: MALFORMED, der: indefinite(honest) },
    { name: 'indefinite length inside', code: MALFORMED, der: looseRequest({ info: indefinite }) },
    { name: 'length too long outside', code: MALFORMED, der: longLength(honest) },
    { name: 'length too long inside', code: MALFORMED, der: looseRequest({ info: longLength }) },
    {
      name: 'length of a short element in two octets',
      code: MALFORMED,
      der: looseRequest({ version: bytes(2, 0x81, 1, 0) }),
    },
    { name: 'length of eight octets', code: MALFORMED, der: bytes(0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 0) },
    { name: 'reserved length', code: MALFORMED, der: join(bytes(0x30, 0xff), split(honest).content) },
    { name: 'tag of several octets', code: MALFORMED, der: looseRequest({ attributes: [bytes(0xbf, 0x1f, 0)] }) },
    {
      name: 'an application tag',
      code: MALFORMED,
      der: looseRequest({ attributes: [attribute(CHALLENGE_PASSWORD, bytes(0x41, 0))] }),
    },
  ]
}

function structure(): Hostile[] {
  const extra = integer(7)
  return [
    { name: 'version 00 00', code: MALFORMED, der: looseRequest({ version: bytes(2, 2, 0, 0) }) },
    { name: 'version without content', code: MALFORMED, der: looseRequest({ version: bytes(2, 0) }) },
    { name: 'version 1', code: 'request-malformed', der: looseRequest({ version: integer(1) }) },
    { name: 'version -1', code: MALFORMED, der: looseRequest({ version: bytes(2, 1, 0xff) }) },
    {
      name: 'an element too many in the request',
      code: MALFORMED,
      der: looseRequest({ outer: (parts) => sequence(...parts, extra) }),
    },
    { name: 'an element too many in the request info', code: MALFORMED, der: looseRequest({ infoTail: extra }) },
    { name: 'no signature', code: MALFORMED, der: looseRequest({ outer: (parts) => sequence(...parts.slice(0, 2)) }) },
    {
      name: 'no attributes element',
      code: MALFORMED,
      der: looseRequest({ info: () => sequence(integer(0), looseName(utf8String('x')), SAMPLE_SPKI) }),
    },
    { name: 'a SET for a SEQUENCE', code: MALFORMED, der: looseRequest({ outer: (parts) => element(0x31, ...parts) }) },
  ]
}

function names(): Hostile[] {
  const named = (name: string, code: ErrorCode, value: Uint8Array) => ({
    name,
    code,
    der: looseRequest({ subject: looseName(value) }),
  })
  return [
    named('invalid UTF-8 in the name', MALFORMED, element(0x0c, bytes(0xff))),
    named('overlong UTF-8 in the name', MALFORMED, element(0x0c, bytes(0xe0, 0x80, 0xaf))),
    named('NUL in the name', 'name-invalid', utf8String('admin\0.example')),
    named('a change of direction in the name', 'name-invalid', utf8String('Laptop \u202egro.')),
    named('a line feed in the name', 'name-invalid', utf8String('Laptop\nCN=root')),
    named('an empty name', 'name-invalid', utf8String('')),
    named('a name of 65 characters', 'name-invalid', utf8String('x'.repeat(65))),
    named('a name of 15 kB', 'name-invalid', utf8String('x'.repeat(15_000))),
    named('a name of 70 kB', MALFORMED, utf8String('x'.repeat(70_000))),
    named('a name that is a number', MALFORMED, integer(1)),
    {
      name: 'a name with 40 parts',
      code: 'name-invalid',
      der: looseRequest({
        subject: sequence(...Array.from({ length: 40 }, () => split(looseName(utf8String('x'))).content)),
      }),
    },
    { name: 'a name with an empty part', code: MALFORMED, der: looseRequest({ subject: sequence(element(0x31)) }) },
    {
      name: 'a name with a part out of order',
      code: MALFORMED,
      der: looseRequest({
        subject: sequence(
          element(
            0x31,
            sequence(oid(OID.ORGANIZATION), utf8String('b')),
            sequence(oid(OID.COMMON_NAME), utf8String('a')),
          ),
        ),
      }),
    },
  ]
}

function signatures(): Hostile[] {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsaSpki = new Uint8Array(rsa.publicKey.export({ type: 'spki', format: 'der' }))
  const invalid = 'request-signature-invalid'
  return [
    { name: 'signed by another key', code: invalid, der: looseRequest({ key: other }) },
    { name: 'signed with another digest', code: invalid, der: looseRequest({ digest: 'sha384' }) },
    {
      name: 'bytes behind the ECDSA signature',
      code: invalid,
      der: looseRequest({ signatureBits: (signature) => bytes(0, ...signature, 0) }),
    },
    {
      name: 'ECDSA signature with a zero too many',
      code: invalid,
      der: looseRequest({ signatureBits: (signature) => bytes(0, ...padded(signature)) }),
    },
    {
      name: 'ECDSA signature under another tag',
      code: invalid,
      der: looseRequest({ signatureBits: (signature) => bytes(0, 0xad, ...signature.subarray(1)) }),
    },
    {
      name: 'ECDSA signature of zeros',
      code: invalid,
      der: looseRequest({ signatureBits: () => bytes(0, 0x30, 6, 2, 1, 0, 2, 1, 0) }),
    },
    {
      name: 'ECDSA signature with negative r',
      code: invalid,
      der: looseRequest({ signatureBits: () => bytes(0, 0x30, 6, 2, 1, 0xff, 2, 1, 1) }),
    },
    { name: 'an empty signature', code: invalid, der: looseRequest({ signatureBits: () => bytes(0) }) },
    {
      name: 'unused bits of the signature set',
      code: MALFORMED,
      der: looseRequest({ signatureBits: (signature) => bytes(4, ...signature.with(-1, 0xff)) }),
    },
    {
      name: 'a signature that does not end on an octet',
      code: MALFORMED,
      der: looseRequest({ signatureBits: (signature) => bytes(4, ...signature.with(-1, 0xf0)) }),
    },
    {
      name: 'ECDSA identifier with NULL',
      code: 'key-unsupported',
      der: looseRequest({ algorithm: sequence(oid(OID.ECDSA_SHA256), nullValue()) }),
    },
    {
      name: 'SHA-1',
      code: 'key-unsupported',
      der: looseRequest({ digest: 'sha1', algorithm: sequence(oid('1.2.840.10045.4.1')) }),
    },
    {
      name: 'RSA-PSS',
      code: 'key-unsupported',
      der: looseRequest({ algorithm: sequence(oid('1.2.840.113549.1.1.10'), sequence()) }),
    },
    {
      name: 'an RSA identifier on an ECDSA key',
      code: invalid,
      der: looseRequest({ algorithm: sequence(oid(OID.RSA_SHA256), nullValue()) }),
    },
    {
      name: 'an ECDSA identifier on an RSA key',
      code: invalid,
      der: looseRequest({ key: rsa.privateKey, spki: rsaSpki }),
    },
  ]
}

function sizes(): Hostile[] {
  const arcs = element(
    0x06,
    Uint8Array.from({ length: 15_000 }, () => 1),
  )
  const within = (name: string, value: Uint8Array) =>
    ({ name, code: MALFORMED, der: looseRequest({ attributes: [attribute(CHALLENGE_PASSWORD, value)] }) }) as const
  return [
    within('an OID of 15,000 arcs', arcs),
    within('an OID of a megabyte', element(0x06, new Uint8Array(1 << 20).fill(1))),
    within('an arc that overflows', element(0x06, new Uint8Array(40).fill(0xff), bytes(1))),
    within('nested 100 levels deep', nested(0x30, 100)),
    within('nested 5,000 levels deep', nested(0x30, 5_000)),
    within('7,000 NULLs', sequence(...Array.from({ length: 7_000 }, nullValue))),
    within('a SET of 7,000 NULLs', element(0x31, ...Array.from({ length: 7_000 }, nullValue))),
    within('ten megabytes of text', utf8String('x'.repeat(10_000_000))),
    { name: 'only opened sequences', code: MALFORMED, der: new Uint8Array(16_000).fill(0x30) },
  ]
}

function hostileKeyRequests(): Hostile[] {
  return hostileKeys().map(({ name, code, spki }) => ({ name: `key: ${name}`, code, der: looseRequest({ spki }) }))
}

/** The same signature with a zero before r. */
function padded(signature: Uint8Array): Uint8Array {
  const { content } = split(signature)
  const r = content.subarray(2, 2 + content[1]!)
  return element(0x30, element(0x02, bytes(0, 0), r), content.subarray(2 + content[1]!))
}
