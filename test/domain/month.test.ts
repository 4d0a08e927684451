import t from 'tap'
import { monthOf } from '../../src/domain/month.ts'

t.test('a month begins and ends in UTC, to the millisecond', async (t) => {
  for (const [time, month] of [
    ['2026-01-01T00:00:00.000Z', 202601],
    ['2025-12-31T23:59:59.999Z', 202512],
    ['2026-09-30T23:59:59.999Z', 202609],
    ['2026-10-01T00:00:00.000Z', 202610],
  ] as const)
    t.equal(monthOf(Date.parse(time)), month, time)
})
