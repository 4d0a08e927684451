import t from 'tap'
import {
  boolean,
  element,
  explicit,
  ia5String,
  implicit,
  integer,
  namedBits,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../../src/x509/der-writer.ts'
import { decodeExtensions } from '../../src/x509/known-extensions.ts'
import * as OID from '../../src/x509/oid.ts'
import { refusalOf } from './refusal.ts'

const decode = (type: string, value: Uint8Array) => decodeExtensions([{ oid: type, critical: false, value }])
const uri = implicit(6, ia5String('http://a/b'))

t.test('what others write and we do not', (t) => {
  t.same(decode(OID.BASIC_CONSTRAINTS, sequence()), { basicConstraints: { ca: false } })
  const issuer = sequence(
    implicit(0, octetString(Uint8Array.of(1))),
    explicit(1, implicit(2, ia5String('a'))),
    implicit(2, integer(9)),
  )
  t.same(decode(OID.AUTHORITY_KEY_IDENTIFIER, issuer), { authorityKeyIdentifier: Uint8Array.of(1) })
  t.same(decode(OID.AUTHORITY_KEY_IDENTIFIER, sequence()), {}, 'a key identifier without one')
  const ocsp = sequence(oid('1.3.6.1.5.5.7.48.1'), implicit(6, ia5String('http://ocsp')))
  const access = sequence(
    ocsp,
    sequence(oid(OID.CA_ISSUERS), uri),
    sequence(oid(OID.CA_ISSUERS), implicit(2, ia5String('a'))),
  )
  t.same(decode(OID.AUTHORITY_INFO_ACCESS, access), { authorityInfoAccess: ['http://a/b'] })
  const points = sequence(sequence(explicit(0, explicit(0, implicit(2, ia5String('a')), uri))))
  t.same(decode(OID.CRL_DISTRIBUTION_POINTS, points), { crlDistributionPoints: ['http://a/b'] })
  t.same(decode('1.2.3', nullValue()), {}, 'an unknown one')
  t.same(decode('constructor', nullValue()), {}, 'no property of objects is an extension')
  t.end()
})

t.test('refused', (t) => {
  const cases: readonly [string, string, Uint8Array][] = [
    ['CA FALSE written out', OID.BASIC_CONSTRAINTS, sequence(boolean(false))],
    ['a path length for no authority', OID.BASIC_CONSTRAINTS, sequence(integer(0))],
    ['a third element of basic constraints', OID.BASIC_CONSTRAINTS, sequence(boolean(true), integer(0), integer(0))],
    ['no key usage', OID.KEY_USAGE, namedBits([])],
    ['a tenth key usage', OID.KEY_USAGE, namedBits([0, 9])],
    ['no purpose', OID.EXTENDED_KEY_USAGE, sequence()],
    ['no alternative name', OID.SUBJECT_ALT_NAME, sequence()],
    ['a key identifier in a SEQUENCE', OID.SUBJECT_KEY_IDENTIFIER, sequence(octetString())],
    ['an issuer without serial', OID.AUTHORITY_KEY_IDENTIFIER, sequence(explicit(1, implicit(2, ia5String('a'))))],
    ['a serial without issuer', OID.AUTHORITY_KEY_IDENTIFIER, sequence(implicit(2, integer(9)))],
    [
      'a serial with a zero too many',
      OID.AUTHORITY_KEY_IDENTIFIER,
      sequence(explicit(1, implicit(2, ia5String('a'))), element(0x82, Uint8Array.of(0, 1))),
    ],
    ['no address', OID.AUTHORITY_INFO_ACCESS, sequence()],
    ['no point', OID.CRL_DISTRIBUTION_POINTS, sequence()],
    ['a point of reasons alone', OID.CRL_DISTRIBUTION_POINTS, sequence(sequence(implicit(1, namedBits([1]))))],
    [
      'an indirect point',
      OID.CRL_DISTRIBUTION_POINTS,
      sequence(sequence(explicit(0, explicit(0, uri)), explicit(2, uri))),
    ],
    ['garbage under an unknown OID', '1.2.3', Uint8Array.of(1, 2, 3)],
    ['nothing under an unknown OID', '1.2.3', new Uint8Array()],
    ['bytes behind the value', OID.KEY_USAGE, Uint8Array.of(...namedBits([0]), 0)],
  ]
  for (const [name, type, value] of cases)
    t.equal(
      refusalOf(() => decode(type, value)),
      'der-malformed',
      name,
    )
  t.end()
})
