import t from 'tap'
import { PAGE_HEADERS, renderRefusalPage } from '../../src/client/refusal-page.ts'

t.test('what is said is text, wherever it comes from', async (t) => {
  const hostile = `"><script>alert(1)</script>&`
  const page = renderRefusalPage({ title: hostile, sentence: hostile, link: { href: hostile, text: hostile } })
  t.notMatch(page, '<script')
  t.equal(page.split('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;').length, 6)
})

t.test('a page that leads nowhere has no link; nothing is fetched or run', async (t) => {
  t.notMatch(renderRefusalPage({ title: 'No', sentence: 'Nobody.' }), '<a ')
  t.match(PAGE_HEADERS['content-security-policy'], /^default-src 'none';/)
})
