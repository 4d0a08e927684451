import t from 'tap'
import { html, renderPage } from '../../src/http/page.ts'

const HOSTILE = `<img src=x onerror="alert('1')">&amp;`
const ESCAPED = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;'

t.test('values are data, whatever they hold', async (t) => {
  t.equal(html`<p title="${HOSTILE}">${HOSTILE}</p>`.text, `<p title="${ESCAPED}">${ESCAPED}</p>`)
  t.equal(html`${['<', html`<b>`, 1]}`.text, '&lt;<b>1')
  t.equal(html`<p>${undefined}${false}${''}${0}</p>`.text, '<p>0</p>')
})

t.test('a page', async (t) => {
  const frame = { stylesheet: '/assets/style.css', icon: '/assets/icon.svg', language: 'en' } as const
  const page = renderPage({ title: HOSTILE, frame, main: html`<h1>${HOSTILE}</h1>` })
  t.ok(page.startsWith('<!doctype html>\n<html lang="en">'))
  t.match(page, `<title>${ESCAPED} · Countersign</title>`)
  t.match(page, `<h1>${ESCAPED}</h1>`)
  t.match(page, '<link rel="stylesheet" href="/assets/style.css">')
  t.notMatch(page, '<script')
  const scripted = renderPage({ title: 'x', frame: { ...frame, script: '/assets/a.js' }, main: html`` })
  t.match(scripted, '<script type="module" src="/assets/a.js"></script>')
})
