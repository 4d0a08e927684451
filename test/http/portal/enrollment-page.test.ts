import { readFileSync } from 'node:fs'
import t from 'tap'
import { PLATFORMS } from '../../../src/domain/platform.ts'
import { LANGUAGES } from '../../../src/http/language.ts'
import { loadPageScript } from '../../../src/http/page-script.ts'
import { renderEnrollmentPage, renderWelcomePage } from '../../../src/http/portal/enrollment-page.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', script: '/e.js', language: 'en' } as const

/** What the page's scripts look for: parts by their ids, and words by their names. */
const SCRIPTS = ['enroll', 'keepsakes', 'saving', 'page-parts', 'application']
  .map((name) => readFileSync(new URL(`../../../src/web/${name}.ts`, import.meta.url), 'utf8'))
  .join('\n')

t.test('the page has every part and every word that its scripts look for, once, in every language', async (t) => {
  const named = Array.from(SCRIPTS.matchAll(/\b(?:part|tell|onCopy)\('([a-z-]+)'/g), ([, id]) => id!)
  const listed = Array.from(SCRIPTS.matchAll(/RESULTS = \[([^\]]+)\]/g), ([, list]) => list!.match(/[a-z]+/g)!)
  const words = Array.from(SCRIPTS.matchAll(/\bword\((?:\w+ \? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g), ([, ...names]) =>
    names.filter((name) => name !== undefined).map((name) => `word-${name}`),
  )
  const codes = Array.from(SCRIPTS.matchAll(/const UN[A-Z]+ = '([a-z-]+)'/g), ([, code]) => `word-${code}`)
  const wanted = new Set([...named, ...listed.flat(), ...words.flat(), ...codes])
  for (const machine of PLATFORMS) wanted.add(`word-machine-${machine}`)
  t.ok(wanted.size > 45, String(wanted.size))
  for (const language of LANGUAGES) {
    const page = renderEnrollmentPage(null, { ...FRAME, language })
    const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id!)
    for (const id of wanted) t.equal(ids.filter((found) => found === id).length, 1, `${language}: ${id}`)
    t.equal(new Set(ids).size, ids.length, 'no id twice')
  }
})

t.test('no sentence stands in the script: the page brings them all', async (t) => {
  const { text } = await loadPageScript('enroll')
  const sentences = Array.from(
    text.matchAll(/(["'`])((?:[A-Z][a-z]+ )(?:[a-z]+ ){3,}[^"'`]*)\1/g),
    ([, , said]) => said,
  )
  // What the leaves say to programmers and to the service's own pages never reaches a person here.
  t.same(
    sentences.filter((said) => !/PEM|DER|label|block|IA5|Printable|INTEGER|request/i.test(said!)),
    [],
  )
})

t.test('what the operator proposes is data', async (t) => {
  t.match(renderEnrollmentPage('"><script>', FRAME), 'value="&quot;&gt;&lt;script&gt;"')
  t.match(renderEnrollmentPage(null, FRAME), 'value=""')
})

t.test('every input has its label, and what is secret starts empty and hidden', async (t) => {
  const page = renderEnrollmentPage(null, FRAME)
  for (const [, id] of page.matchAll(/<(?:input|select) id="([^"]+)"/g)) t.match(page, `<label for="${id}">`)
  for (const id of ['file', 'proofs', 'checking', 'finish', 'finished'])
    t.match(page, new RegExp(`<(?:section|div)[^>]* id="${id}" hidden`))
  t.match(page, /<noscript>.*JavaScript.*<\/noscript>/)
})

t.test('plain words: nothing that only engineers say', async (t) => {
  for (const language of LANGUAGES) {
    const page = renderEnrollmentPage(null, { ...FRAME, language })
    t.notMatch(page.replace(/<[^>]+>/g, ' '), /\b(CSR|PKCS|PEM|X\.509|certificate authority|p12)\b/i, language)
  }
})

t.test('the front door', async (t) => {
  t.match(renderWelcomePage(FRAME), 'invitation')
})
