import fc from 'fast-check'
import t from 'tap'
import { nearest } from '../src/nearest.ts'

t.test('the candidate that takes the fewest edits', async (t) => {
  const settings = ['HOME', 'STORE', 'API_URL', 'API_LISTEN', 'SIGNON_URL']
  for (const [text, expected] of [
    ['HOEM', 'HOME'],
    ['STORES', 'STORE'],
    ['APIURL', 'API_URL'],
    ['SIGN_ON_URL', 'SIGNON_URL'],
    ['', 'HOME'],
    ['API_LISTENER', 'API_LISTEN'],
  ] as const) {
    t.equal(nearest(text, settings), expected, text)
  }
})

t.test('a candidate is nearest to itself, and of equals the first is taken', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1 }),
      fc.nat(),
      (words, i) => nearest(words[i % words.length]!, words) === words[i % words.length],
    ),
  )
  t.equal(nearest('ab', ['aX', 'aY']), 'aX')
})
