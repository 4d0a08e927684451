import t from 'tap'
import { element, integer, oid, sequence, setOf, utf8String } from '../../src/x509/der-writer.ts'
import { commonName, encodeName, readName } from '../../src/x509/name.ts'
import * as OID from '../../src/x509/oid.ts'
import { refusalOf } from './refusal.ts'

const cn = (value: string) => [{ type: OID.COMMON_NAME, value }]

t.test('there and back', (t) => {
  const attributes = [
    { type: OID.COUNTRY, value: 'AT' },
    { type: OID.ORGANIZATION, value: 'Größe, Inc. + Co; "x"=<y>\\' },
    { type: OID.EMAIL_ADDRESS, value: 'a@b.example' },
    { type: OID.SERIAL_NUMBER, value: '4711' },
    { type: OID.COMMON_NAME, value: 'لپ‌تاپ 👩‍💻' },
  ]
  t.same(readName(encodeName(attributes)), attributes)
  t.equal(encodeName([]).length, 2, 'an empty name is an empty SEQUENCE')
  t.equal(readName(encodeName([])).length, 0)
  t.end()
})

t.test('an attribute to each part, in UTF-8', (t) => {
  const der = encodeName([...cn('a'), { type: OID.ORGANIZATION, value: 'b' }])
  t.same(
    der,
    sequence(
      setOf(sequence(oid(OID.COMMON_NAME), utf8String('a'))),
      setOf(sequence(oid(OID.ORGANIZATION), utf8String('b'))),
    ),
  )
  t.end()
})

t.test('the common name', (t) => {
  t.equal(commonName(cn('a')), 'a')
  t.equal(commonName([]), undefined)
  t.equal(commonName([...cn('a'), ...cn('b')]), undefined, 'two are none')
  t.end()
})

t.test('refused, written or read', (t) => {
  const values: Readonly<Record<string, string>> = {
    empty: '',
    'only spaces': '  ',
    NUL: 'a\0b',
    'a line feed': 'a\nb',
    'a tabulator': 'a\tb',
    delete: 'a\x7fb',
    'a control of Latin-1': 'a\x85b',
    'right-to-left override': 'a\u202eb',
    'a left-to-right mark': 'a\u200eb',
    'an isolate': 'a\u2066b',
    'a zero-width space': 'a\u200bb',
    'a byte order mark': 'a\ufeffb',
    'a line separator': 'a\u2028b',
    'a tag character': 'a\u{e0041}b',
    '65 characters': 'é'.repeat(65),
  }
  for (const [name, value] of Object.entries(values)) {
    t.equal(
      refusalOf(() => encodeName(cn(value))),
      'name-invalid',
      `${name}, written`,
    )
    const der = sequence(setOf(sequence(oid(OID.COMMON_NAME), utf8String(value))))
    t.equal(
      refusalOf(() => readName(der)),
      'name-invalid',
      `${name}, read`,
    )
  }
  t.equal(
    refusalOf(() => encodeName(cn('a\ud800'))),
    'name-invalid',
    'half of a character',
  )
  t.equal(
    refusalOf(() => encodeName(cn('👩'.repeat(64)))),
    'taken',
    '64 characters outside of the first plane',
  )
  t.equal(
    refusalOf(() => encodeName([{ type: OID.COUNTRY, value: 'Österreich' }])),
    'name-invalid',
    'a long country',
  )
  t.equal(
    refusalOf(() => encodeName([{ type: OID.COUNTRY, value: 'Ö' }])),
    'name-invalid',
    'a country beyond PrintableString',
  )
  t.equal(
    refusalOf(() => encodeName([{ type: '2.5.4.12', value: 'x'.repeat(129) }])),
    'name-invalid',
    'a long title',
  )
  t.end()
})

t.test('refused as DER', (t) => {
  const attribute = sequence(oid(OID.COMMON_NAME), utf8String('a'))
  const cases: readonly [string, string, Uint8Array][] = [
    ['a part without attributes', 'der-malformed', sequence(setOf())],
    ['a number', 'der-malformed', sequence(setOf(sequence(oid(OID.COMMON_NAME), integer(1))))],
    [
      'something behind the value',
      'der-malformed',
      sequence(setOf(sequence(oid(OID.COMMON_NAME), utf8String('a'), integer(1)))),
    ],
    ['a SEQUENCE for a SET', 'der-malformed', sequence(sequence(attribute))],
    [
      'invalid UTF-8',
      'der-malformed',
      sequence(setOf(sequence(oid(OID.COMMON_NAME), element(0x0c, Uint8Array.of(0xc3))))),
    ],
    ['33 parts', 'name-invalid', sequence(...Array(33).fill(setOf(attribute)))],
  ]
  for (const [name, code, der] of cases)
    t.equal(
      refusalOf(() => readName(der)),
      code,
      name,
    )
  t.equal(readName(sequence(...Array(32).fill(setOf(attribute)))).length, 32, '32 parts')
  t.equal(
    readName(sequence(setOf(attribute, sequence(oid(OID.ORGANIZATION), utf8String('b'))))).length,
    2,
    'two attributes in one part',
  )
  t.end()
})
