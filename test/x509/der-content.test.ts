import t from 'tap'
import {
  checkBitString,
  checkBoolean,
  checkContent,
  checkInteger,
  decodeOid,
  decodeText,
  isText,
} from '../../src/x509/der-content.ts'
import { TAG } from '../../src/x509/der-tag.ts'
import { refusalOf } from './refusal.ts'

const REFUSED = 'der-malformed'
const bytes = (...octets: readonly number[]) => Uint8Array.of(...octets)
const ascii = (text: string) => new TextEncoder().encode(text)

t.test('each universal type', (t) => {
  const cases: readonly [keyof typeof TAG, Uint8Array, Uint8Array][] = [
    ['boolean', bytes(0xff), bytes(2)],
    ['integer', bytes(0x80), bytes(0, 0x7f)],
    ['enumerated', bytes(1), bytes()],
    ['bitString', bytes(3, 0xf8), bytes(3, 0xfc)],
    ['null', bytes(), bytes(0)],
    ['oid', bytes(0x2a), bytes(0x80, 1)],
    ['utf8String', ascii('é'), bytes(0xe9)],
    ['numericString', ascii('1 2'), ascii('1a')],
    ['printableString', ascii("a'()+,-./:=?"), ascii('*')],
    ['ia5String', ascii('a@b'), ascii('é')],
    ['visibleString', ascii('~'), ascii('\n')],
    ['universalString', bytes(0, 0, 0, 65), bytes(0, 0, 65)],
    ['bmpString', bytes(0, 65), bytes(65)],
    ['utcTime', ascii('491231235959Z'), ascii('491231235960Z')],
    ['generalizedTime', ascii('20261231235959Z'), ascii('20261331235959Z')],
  ]
  for (const [type, right, wrong] of cases) {
    t.equal(
      refusalOf(() => checkContent(TAG[type], right)),
      'taken',
      `${type} that is right`,
    )
    t.equal(
      refusalOf(() => checkContent(TAG[type], wrong)),
      REFUSED,
      `${type} that is wrong`,
    )
  }
  for (const tag of [TAG.octetString, TAG.teletexString, 0x80, 0x9e]) {
    t.equal(
      refusalOf(() => checkContent(tag, bytes(0xff))),
      'taken',
      `anything under ${tag}`,
    )
  }
  for (const tag of [0x00, 0x07, 0x09, 0x10, 0x15, 0x41, 0xc1])
    t.equal(
      refusalOf(() => checkContent(tag, bytes())),
      REFUSED,
      `no ${tag}`,
    )
  t.end()
})

t.test('boolean', (t) => {
  t.equal(checkBoolean(bytes(0xff)), true)
  t.equal(checkBoolean(bytes(0)), false)
  for (const wrong of [bytes(), bytes(1), bytes(0xff, 0xff)])
    t.equal(
      refusalOf(() => checkBoolean(wrong)),
      REFUSED,
    )
  t.end()
})

t.test('integer', (t) => {
  for (const right of [bytes(0), bytes(0x7f), bytes(0, 0x80), bytes(0xff), bytes(0xff, 0x7f)])
    t.equal(checkInteger(right), right)
  for (const wrong of [bytes(), bytes(0, 0), bytes(0, 0x7f), bytes(0xff, 0x80)])
    t.equal(
      refusalOf(() => checkInteger(wrong)),
      REFUSED,
    )
  t.end()
})

t.test('bit string', (t) => {
  for (const right of [bytes(0), bytes(0, 0xff), bytes(7, 0x80)]) t.equal(checkBitString(right), right)
  for (const wrong of [bytes(), bytes(1), bytes(8, 0), bytes(7, 0xc0)])
    t.equal(
      refusalOf(() => checkBitString(wrong)),
      REFUSED,
    )
  t.end()
})

t.test('object identifier', (t) => {
  const right: readonly [string, Uint8Array][] = [
    ['0.0', bytes(0)],
    ['1.39', bytes(79)],
    ['2.0', bytes(80)],
    ['2.999', bytes(0x88, 0x37)],
    ['2.5.16384', bytes(0x55, 0x81, 0x80, 0)],
    [Array(65).fill('0').with(1, '1').join('.'), new Uint8Array(64).fill(0).with(0, 1)],
    ['1.2.840.113549', bytes(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d)],
    ['2.5.0.9007199254740991', bytes(0x55, 0, 0x8f, ...new Uint8Array(6).fill(0xff), 0x7f)],
  ]
  for (const [dotted, content] of right) t.equal(decodeOid(content), dotted)
  const wrong = [
    bytes(),
    bytes(0x2a, 0x86),
    bytes(0x80, 1),
    bytes(0x2a, 0x81, 0x80),
    bytes(0x2a, 0x80, 1),
    bytes(0x55, 0x90, ...new Uint8Array(6).fill(0x80), 0),
    new Uint8Array(65).fill(1),
  ]
  for (const content of wrong)
    t.equal(
      refusalOf(() => decodeOid(content)),
      REFUSED,
    )
  t.end()
})

t.test('text', (t) => {
  t.equal(decodeText(TAG.utf8String, ascii('\ufeffé')), '\ufeffé', 'a byte order mark is a character like others')
  t.same([TAG.utf8String, TAG.printableString, TAG.ia5String, TAG.bmpString, TAG.integer].map(isText), [
    true,
    true,
    true,
    false,
    false,
  ])
  t.end()
})
