import { readFileSync } from 'node:fs'
import t from 'tap'
import { renderEnrollmentPage, renderWelcomePage } from '../../../src/http/portal/enrollment-page.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', script: '/e.js', language: 'en' } as const

t.test('the page has every part that its script looks for, once', async (t) => {
  const script = readFileSync(new URL('../../../src/web/enroll.ts', import.meta.url), 'utf8')
  const named = Array.from(script.matchAll(/(?:part|tell|onCopy)\('([a-z-]+)'/g), ([, id]) => id!)
  const listed = Array.from(script.matchAll(/of \[('[^\]]+')\]/g), ([, list]) =>
    list!.split(', ').map((id) => id.slice(1, -1)),
  )
  const wanted = new Set([...named, ...listed.flat()])
  const ids = Array.from(renderEnrollmentPage(null, FRAME).matchAll(/ id="([^"]+)"/g), ([, id]) => id!)
  t.ok(wanted.size > 15)
  for (const id of wanted) t.equal(ids.filter((found) => found === id).length, 1, id)
})

t.test('what the operator proposes is data', async (t) => {
  t.match(renderEnrollmentPage('"><script>', FRAME), 'value="&quot;&gt;&lt;script&gt;"')
  t.match(renderEnrollmentPage(null, FRAME), 'value=""')
})

t.test('every input has its label, and what is secret starts empty and hidden', async (t) => {
  const page = renderEnrollmentPage(null, FRAME)
  for (const [, id] of page.matchAll(/<input id="([^"]+)"/g)) t.match(page, `<label for="${id}">`)
  for (const id of ['file', 'proofs', 'finish', 'finished'])
    t.match(page, new RegExp(`<section[^>]* id="${id}" hidden`))
  t.match(page, /<noscript>.*JavaScript.*<\/noscript>/)
})

t.test('the front door', async (t) => {
  t.match(renderWelcomePage(FRAME), 'invitation')
})
