import t from 'tap'
import { monthOf, monthText, readMonth } from '../../../src/domain/usage/month.ts'

t.test('a month begins and ends in UTC, to the millisecond', async (t) => {
  for (const [time, month] of [
    ['2026-01-01T00:00:00.000Z', 202601],
    ['2025-12-31T23:59:59.999Z', 202512],
    ['2026-09-30T23:59:59.999Z', 202609],
    ['2026-10-01T00:00:00.000Z', 202610],
  ] as const)
    t.equal(monthOf(Date.parse(time)), month, time)
})

t.test('a month is read and written in one way', async (t) => {
  for (const [text, month] of [
    ['2026-11', 202611],
    ['2026-01', 202601],
  ] as const) {
    t.equal(readMonth(text), month)
    t.equal(monthText(month), text)
  }
  for (const text of [
    '',
    '2026',
    '2026-13',
    '2026-00',
    '2026-1',
    '2026-11-01',
    ' 2026-11',
    '0000-01',
    '20261-1',
    '2026-11\n',
  ])
    t.throws(() => readMonth(text), { code: 'query-invalid' }, JSON.stringify(text))
})
