import { sign } from 'node:crypto'
import {
  bitString,
  boolean,
  element,
  explicit,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  time,
  utf8String,
} from '../../src/x509/der-writer.ts'
import { encodeExtension } from '../../src/x509/extension.ts'
import { basicConstraints, subjectKeyIdentifier } from '../../src/x509/extensions.ts'
import * as OID from '../../src/x509/oid.ts'
import type { Hostile } from './hostile.ts'
import { join, looseName, SAMPLE_KEY, SAMPLE_SPKI } from './loose-request.ts'

const ECDSA_SHA256 = sequence(oid(OID.ECDSA_SHA256))
const ECDSA_SHA384 = sequence(oid(OID.ECDSA_SHA384))
const REFUSED = 'certificate-malformed'
const MALFORMED = 'der-malformed'
const NAME = looseName(utf8String('Self'))
const bytes = (...octets: readonly number[]) => Uint8Array.of(...octets)
const text = (content: string) => new TextEncoder().encode(content)

interface LooseCertificate {
  /** what stands before the serial number */
  readonly version?: readonly Uint8Array[]
  readonly serial?: Uint8Array
  readonly innerAlgorithm?: Uint8Array
  readonly issuer?: Uint8Array
  readonly validity?: readonly Uint8Array[]
  readonly subject?: Uint8Array
  /** what stands behind the key */
  readonly tail?: readonly Uint8Array[]
  readonly outerAlgorithm?: Uint8Array
}

/** A self-signed certificate whose signature is right over whatever it consists of; without replacements an honest one. */
export function looseCertificate(loose: LooseCertificate = {}): Uint8Array {
  const tbs = sequence(
    ...(loose.version ?? [explicit(0, integer(2))]),
    loose.serial ?? integer(0x4711),
    loose.innerAlgorithm ?? ECDSA_SHA256,
    loose.issuer ?? NAME,
    sequence(...(loose.validity ?? [time(Date.UTC(2026, 0)), time(Date.UTC(2051, 0))])),
    loose.subject ?? NAME,
    SAMPLE_SPKI,
    ...(loose.tail ?? [extensions(encodeExtension(basicConstraints({ ca: true })))]),
  )
  return sequence(tbs, loose.outerAlgorithm ?? ECDSA_SHA256, bitString(new Uint8Array(sign('sha256', tbs, SAMPLE_KEY))))
}

/** Certificates that are wrong in one point each; the signature of each fits. */
export function hostileCertificates(): readonly Hostile[] {
  return [...serials(), ...versions(), ...times(), ...extensionLists(), ...frames()]
}

function extensions(...list: readonly Uint8Array[]): Uint8Array {
  return explicit(3, sequence(...list))
}

function serials(): Hostile[] {
  const cases: readonly [string, Hostile['code'], Uint8Array][] = [
    ['serial 0', REFUSED, bytes(2, 1, 0)],
    ['a negative serial', REFUSED, bytes(2, 1, 0x80)],
    ['a serial without content', MALFORMED, bytes(2, 0)],
    ['a serial of 21 octets', REFUSED, element(0x02, new Uint8Array(21).fill(1))],
    ['a serial of 20 octets and a sign octet', REFUSED, element(0x02, bytes(0), new Uint8Array(20).fill(0xff))],
    ['a serial of 1000 octets', REFUSED, element(0x02, new Uint8Array(1000).fill(1))],
    ['a serial with a zero too many', MALFORMED, bytes(2, 2, 0, 1)],
    ['a serial that is an OCTET STRING', MALFORMED, octetString(bytes(1))],
  ]
  return cases.map(([name, code, serial]) => ({ name, code, der: looseCertificate({ serial }) }))
}

function versions(): Hostile[] {
  return [
    { name: 'version 1 with extensions', code: REFUSED, der: looseCertificate({ version: [] }) },
    { name: 'version 1 written out', code: REFUSED, der: looseCertificate({ version: [explicit(0, integer(0))] }) },
    { name: 'version 2', code: REFUSED, der: looseCertificate({ version: [explicit(0, integer(1))] }) },
    { name: 'version 9', code: REFUSED, der: looseCertificate({ version: [explicit(0, integer(8))] }) },
    { name: 'version 00 02', code: MALFORMED, der: looseCertificate({ version: [explicit(0, bytes(2, 2, 0, 2))] }) },
    {
      name: 'two versions',
      code: MALFORMED,
      der: looseCertificate({ version: [explicit(0, integer(2), integer(2))] }),
    },
  ]
}

function times(): Hostile[] {
  const until = time(Date.UTC(2051, 0))
  const forms: Readonly<Record<string, Uint8Array>> = {
    'a notBefore that is none': element(0x17, text('garbage!!!!!!')),
    'a notBefore without seconds': element(0x17, text('2601010000Z')),
    'a notBefore with an offset': element(0x17, text('260101000000+0100')),
    'a notBefore in month 13': element(0x17, text('261301000000Z')),
    'a notBefore on the 31st of February': element(0x17, text('260231000000Z')),
    'a notBefore on the 29th of February 2026': element(0x17, text('260229000000Z')),
    'a notBefore at 24 hours': element(0x17, text('260101240000Z')),
    'a notBefore with a 61st second': element(0x17, text('260101000060Z')),
    'a notBefore with a fraction': element(0x18, text('20260101000000.5Z')),
    'a notBefore before 2050 as GeneralizedTime': element(0x18, text('20260101000000Z')),
    'a notBefore in the year 0': element(0x18, text('00000101000000Z')),
    'a notBefore without Z': element(0x17, text('2601010000001')),
    'a notBefore that is text': utf8String('260101000000Z'),
  }
  return [
    ...Object.entries(forms).map(
      ([name, from]) => ({ name, code: MALFORMED, der: looseCertificate({ validity: [from, until] }) }) as const,
    ),
    { name: 'an end before the beginning', code: REFUSED, der: looseCertificate({ validity: [until, time(0)] }) },
    { name: 'no end', code: MALFORMED, der: looseCertificate({ validity: [time(0)] }) },
    { name: 'a third time', code: MALFORMED, der: looseCertificate({ validity: [time(0), until, until] }) },
  ]
}

function extensionLists(): Hostile[] {
  const authority = encodeExtension(basicConstraints({ ca: true }))
  const none = encodeExtension(basicConstraints({ ca: false }))
  const raw = (type: string, value: Uint8Array) => [extensions(sequence(oid(type), octetString(value)))]
  const cases: readonly [string, Hostile['code'], readonly Uint8Array[]][] = [
    ['basic constraints twice, no authority first', REFUSED, [extensions(none, authority)]],
    [
      'a key identifier twice',
      REFUSED,
      [extensions(...Array(2).fill(encodeExtension(subjectKeyIdentifier(bytes(1)))))],
    ],
    ['an extension value that is garbage', MALFORMED, raw(OID.BASIC_CONSTRAINTS, text('garbage'))],
    ['an unknown extension with garbage', MALFORMED, raw('1.2.3.4.5', bytes(0x30, 0x80, 0, 0))],
    ['CA 01', MALFORMED, raw(OID.BASIC_CONSTRAINTS, sequence(bytes(1, 1, 1)))],
    ['a negative path length', MALFORMED, raw(OID.BASIC_CONSTRAINTS, sequence(boolean(true), bytes(2, 1, 0xff)))],
    ['purposes without one', MALFORMED, raw(OID.EXTENDED_KEY_USAGE, sequence())],
    ['a key identifier that is a SEQUENCE', MALFORMED, raw(OID.SUBJECT_KEY_IDENTIFIER, sequence())],
    [
      'an issuer of the key without its serial',
      MALFORMED,
      raw(OID.AUTHORITY_KEY_IDENTIFIER, sequence(element(0xa1, element(0x82, text('a'))))),
    ],
    ['an address list without addresses', MALFORMED, raw(OID.AUTHORITY_INFO_ACCESS, sequence())],
    [
      'a CRL address under another tag',
      MALFORMED,
      raw(OID.CRL_DISTRIBUTION_POINTS, sequence(sequence(explicit(2, explicit(0, element(0x86, text('http://a'))))))),
    ],
    ['a key usage beyond the ninth bit', MALFORMED, raw(OID.KEY_USAGE, bytes(3, 3, 6, 0, 0x40))],
    ['no extensions', REFUSED, []],
    ['an empty list of extensions', MALFORMED, [explicit(3, sequence())]],
    ['unique identifiers', REFUSED, [element(0x81, bytes(0, 1)), extensions(authority)]],
    ['an element behind the extensions', MALFORMED, [extensions(authority), integer(1)]],
    ['two lists of extensions', MALFORMED, [extensions(authority), extensions(authority)]],
  ]
  return cases.map(([name, code, tail]) => ({ name, code, der: looseCertificate({ tail }) }))
}

function frames(): Hostile[] {
  const honest = looseCertificate()
  return [
    {
      name: 'another algorithm inside than outside',
      code: REFUSED,
      der: looseCertificate({ innerAlgorithm: ECDSA_SHA384 }),
    },
    {
      name: 'another algorithm outside than inside',
      code: REFUSED,
      der: looseCertificate({ outerAlgorithm: ECDSA_SHA384 }),
    },
    {
      name: 'ECDSA with NULL',
      code: 'key-unsupported',
      der: looseCertificate({ outerAlgorithm: sequence(oid(OID.ECDSA_SHA256), nullValue()) }),
    },
    { name: 'an issuer without a name', code: REFUSED, der: looseCertificate({ issuer: sequence() }) },
    {
      name: 'a subject with NUL',
      code: 'name-invalid',
      der: looseCertificate({ subject: looseName(utf8String('a\0b')) }),
    },
    { name: 'a byte behind', code: MALFORMED, der: join(honest, bytes(0)) },
    { name: 'cut off', code: MALFORMED, der: honest.subarray(0, -1) },
    { name: 'an empty sequence', code: MALFORMED, der: sequence() },
  ]
}
