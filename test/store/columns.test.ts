import t from 'tap'
import { bytes, bytesOrNull, hex, hexOrNull } from '../../src/store/columns.ts'

await t.test('hex and bytes, there and back', (t) => {
  t.equal(hex(bytes('00ff7a')), '00ff7a')
  t.equal(bytes('').length, 0)
  t.equal(bytesOrNull(null), null)
  t.equal(hexOrNull(null), null)
  t.equal(hexOrNull(bytesOrNull('ab')), 'ab')
  t.end()
})

await t.test('what is not hex is a mistake, never a shorter id', (t) => {
  for (const text of ['a', 'abc', 'zz', 'ab ', '0x00', 'abzz']) t.throws(() => bytes(text), TypeError)
  t.end()
})
