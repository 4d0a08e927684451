import t from 'tap'
import { readCookie } from '../../src/http/cookie.ts'

const HEADERS: readonly (readonly [string | undefined, string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['b=c; a', undefined],
  ['a=x', 'x'],
  ['b=c;  a = x ; d=e', 'x'],
  ['a=x=y', 'x=y'],
  ['A=x', undefined],
  ['a=x; a=y', undefined],
]

t.test('one is read, two are none', async (t) => {
  for (const [header, value] of HEADERS) t.equal(readCookie(header, 'a'), value, String(header))
})
