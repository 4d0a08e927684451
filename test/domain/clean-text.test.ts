import t from 'tap'
import { cleanText } from '../../src/domain/clean-text.ts'
import { IdentityError } from '../../src/errors.ts'

const clean = (text: string, most: number) =>
  cleanText(text, most, (what) => new IdentityError('text-invalid', `No. ${what}`))

t.test('what people write is kept as they see it', async (t) => {
  t.equal(clean('  Zoe\u0308 \u00a0 was here. 👩‍💻 ', 20), 'Zoë was here. 👩‍💻')
  t.equal(clean('💻'.repeat(20), 20), '💻'.repeat(20), 'characters are counted, not units')
})

t.test('what cannot be seen, nothing, and too much are refused', async (t) => {
  for (const [text, what] of [
    ['a\u202eb', 'seen'],
    ['a\nb', 'seen'],
    ['\u200b', 'seen'],
    [' \u2003 ', 'empty'],
    ['x'.repeat(21), 'long'],
    ['x'.repeat(100_000), 'long'],
  ] as const)
    t.throws(
      () => clean(text, 20),
      { code: 'text-invalid', message: new RegExp(what) },
      JSON.stringify(text.slice(0, 9)),
    )
})
