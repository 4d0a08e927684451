import t from 'tap'
import { csvText } from '../../../src/domain/usage/csv.ts'

t.test('a table, each row with its end, cells quoted where they must be', async (t) => {
  t.equal(
    csvText([
      ['site', 'people'],
      ['shop', 3],
      ['a,b', 0],
      ['say "hello"', -1],
      ['two\nlines', 1.5],
      ['', 2],
    ]),
    'site,people\r\nshop,3\r\n"a,b",0\r\n"say ""hello""",-1\r\n"two\nlines",1.5\r\n,2\r\n',
  )
  t.equal(csvText([]), '')
})

t.test('no text is a formula', async (t) => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '=HYPERLINK("x","y")'])
    t.match(csvText([[text]]), /^"?'/, text)
  t.match(csvText([['\r=1']]), /^"'\r/)
  t.equal(csvText([['a=1', 'web-2']]), 'a=1,web-2\r\n')
})
