import t from 'tap'
import { cleanLabel } from '../../src/domain/label.ts'

t.test('labels that people give', async (t) => {
  const kept = [
    'Laptop, Nov 2026',
    'Zoë’s iPhone',
    'نوت‌بوک'.replace('\u200c', ''),
    '笔记本',
    '<b>bold</b> & "co"',
    '👩‍💻 work',
    '❤️',
    '👍🏽',
    'x'.repeat(64),
  ]
  for (const label of kept) t.equal(cleanLabel(label), label)
})

t.test('white space is single and inside; letters are composed', async (t) => {
  t.equal(cleanLabel('  my \u00a0\u2003 laptop '), 'my laptop')
  t.equal(cleanLabel('Zoe\u0308'), 'Zoë')
  t.equal(cleanLabel('e\u0301'.repeat(64)), 'é'.repeat(64))
  t.equal(cleanLabel('💻'.repeat(64)), '💻'.repeat(64), 'characters are counted, not units')
})

const HIDDEN = {
  nul: 'a\u0000b',
  'line feed': 'a\nb',
  tab: 'a\tb',
  delete: 'a\u007fb',
  'next line': 'a\u0085b',
  'soft hyphen': 'a\u00adb',
  'right-to-left override': 'a\u202etxt.exe',
  'left-to-right mark': 'a\u200eb',
  isolate: 'a\u2066b',
  'zero-width space': 'a\u200bb',
  'zero-width joiner between letters': 'a\u200db',
  'zero-width non-joiner': 'a\u200cb',
  'byte order mark': 'a\ufeffb',
  'word joiner': 'a\u2060b',
  'line separator': 'a\u2028b',
  'paragraph separator': 'a\u2029b',
  'tag letters': 'a\u{e0041}b',
  'hangul filler': '\u3164',
  'mongolian vowel separator': 'a\u180eb',
  'variation selector on a letter': 'a\ufe0fb',
  'half a surrogate pair': 'a\ud800b',
  'private use': 'a\ue000b',
  'blank braille': '\u2800',
}

t.test('what cannot be seen is refused', async (t) => {
  for (const [what, label] of Object.entries(HIDDEN)) {
    t.throws(() => cleanLabel(label), { code: 'label-invalid' }, what)
  }
})

t.test('nothing and too much are refused, the latter without work', async (t) => {
  for (const label of ['', '   ', '\u00a0', 'x'.repeat(65), 'x'.repeat(65_536), '\ufdfa'.repeat(60_000)]) {
    t.throws(() => cleanLabel(label), { code: 'label-invalid' }, `${label.length} units`)
  }
})
