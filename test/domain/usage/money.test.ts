import t from 'tap'
import { amountText, readAmount } from '../../../src/domain/usage/money.ts'

t.test('what is read is what is told, exactly', async (t) => {
  for (const [text, amount, told] of [
    ['0', 0n, '0.00'],
    ['0.05', 50_000n, '0.05'],
    ['0.1', 100_000n, '0.10'],
    ['12', 12_000_000n, '12.00'],
    ['0.000001', 1n, '0.000001'],
    ['1.230', 1_230_000n, '1.23'],
    ['999999999.999999', 999_999_999_999_999n, '999999999.999999'],
  ] as const) {
    t.equal(readAmount(text), amount, text)
    t.equal(amountText(amount), told, text)
  }
  t.equal(amountText(readAmount('0.1')! + readAmount('0.2')!), '0.30')
  t.equal(amountText(readAmount('999999999.999999')! * 1_000_000_000n), '999999999999999000.00', 'nothing overflows')
})

t.test('nothing else is an amount', async (t) => {
  for (const text of ['', '.5', '5.', '-1', '+1', '1e3', '1,5', ' 1', '0.0000001', '1234567890', 'NaN', '0x1', '١'])
    t.equal(readAmount(text), undefined, text)
})
