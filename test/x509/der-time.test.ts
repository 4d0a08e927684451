import fc from 'fast-check'
import t from 'tap'
import { TAG } from '../../src/x509/der-tag.ts'
import { isRightTimeType, readTimeDigits, timeDigits } from '../../src/x509/der-time.ts'
import { refusalOf } from './refusal.ts'

const ascii = (text: string) => new TextEncoder().encode(text)

t.test('the type follows the year', (t) => {
  const cases: readonly [number, number, string][] = [
    [Date.UTC(1950, 0), TAG.utcTime, '500101000000Z'],
    [Date.UTC(1999, 11, 31, 23, 59, 59), TAG.utcTime, '991231235959Z'],
    [Date.UTC(2049, 11, 31, 23, 59, 59, 999), TAG.utcTime, '491231235959Z'],
    [Date.UTC(2050, 0), TAG.generalizedTime, '20500101000000Z'],
    [Date.UTC(9999, 11, 31, 23, 59, 59), TAG.generalizedTime, '99991231235959Z'],
    [-1, TAG.utcTime, '691231235959Z'],
  ]
  for (const [epochMs, tag, digits] of cases) {
    t.same(timeDigits(epochMs), { tag, digits })
    t.equal(readTimeDigits(tag, ascii(digits)), Math.floor(epochMs / 1000) * 1000)
    t.equal(isRightTimeType(tag, epochMs), true)
  }
  t.equal(isRightTimeType(TAG.generalizedTime, Date.UTC(2049, 11, 31)), false)
  for (const epochMs of [Date.UTC(1949, 11, 31), Date.UTC(10_000, 0), Number.NaN]) t.throws(() => timeDigits(epochMs))
  t.end()
})

t.test('only moments of the calendar', (t) => {
  const utc = (digits: string) => refusalOf(() => readTimeDigits(TAG.utcTime, ascii(digits)))
  const right = ['240229000000Z', '000229000000Z', '260131000000Z', '260430235959Z', '260731000000Z']
  const wrong = [
    '260001000000Z',
    '261301000000Z',
    '260100000000Z',
    '260132000000Z',
    '260431000000Z',
    '260631000000Z',
    '260931000000Z',
    '261131000000Z',
    '260101000000ZZ',
    '26010100000:Z',
    '260229000000Z',
    '260101240000Z',
    '260101006000Z',
    '260101000060Z',
    '2601010000Z',
    '260101000000',
    '260101000000+',
    '2601010000 0Z',
    '2601010000-1Z',
    '260101000000z',
    '20260101000000Z',
  ]
  for (const digits of right) t.equal(utc(digits), 'taken', digits)
  for (const digits of wrong) t.equal(utc(digits), 'der-malformed', digits)
  const generalized = (digits: string) => refusalOf(() => readTimeDigits(TAG.generalizedTime, ascii(digits)))
  for (const digits of ['21000228000000Z', '24000229000000Z', '01000101000000Z'])
    t.equal(generalized(digits), 'taken', digits)
  for (const digits of ['21000229000000Z', '00990101000000Z', '20500101000000.0Z', '205001010000Z', '500101000000Z'])
    t.equal(generalized(digits), 'der-malformed', digits)
  t.end()
})

t.test('each second has one spelling', (t) => {
  const seconds = fc.integer({ min: Date.UTC(1950, 0) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
  fc.assert(
    fc.property(seconds, (second) => {
      const { tag, digits } = timeDigits(second * 1000)
      return readTimeDigits(tag, ascii(digits)) === second * 1000
    }),
  )
  t.end()
})
