import { readFileSync } from 'node:fs'
import t from 'tap'
import { PLATFORMS } from '../../../src/domain/enrollment/platform.ts'
import { LANGUAGES } from '../../../src/domain/language.ts'
import type { CheckName } from '../../../src/domain/proving/check.ts'
import { loadPageScript } from '../../../src/http/page-script.ts'
import {
  renderEnrollmentPage,
  renderIntroductionPage,
  renderWelcomePage,
} from '../../../src/http/portal/enrollment-page.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', script: '/e.js', language: 'en' } as const

const SIGNON = 'https://id.example:8445'

const NEWCOMER = {
  label: null,
  subscriberId: null,
  deviceId: null,
  owner: null,
  checks: ['passkey', 'totp', 'password'],
} as const

/** What the page's scripts look for: parts by their ids, and words by their names. */
const SCRIPTS = ['enroll', 'keepsakes', 'new-check', 'saving', 'page-parts', 'application']
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
    const page = renderEnrollmentPage(NEWCOMER, { ...FRAME, language })
    const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id!)
    for (const id of wanted) t.equal(ids.filter((found) => found === id).length, 1, `${language}: ${id}`)
    t.equal(new Set(ids).size, ids.length, 'no id twice')
  }
})

t.test('no sentence stands in the script: the page brings them all', async (t) => {
  const { text: whole } = await loadPageScript('enroll')
  // What the library for passkeys says to programmers is told to nobody: a passkey that fails has a word of the page.
  const text = whole.replace(/(?:message|warn\()[:(]?[`"][^`"]*[`"]/g, '')
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
  t.match(renderEnrollmentPage({ ...NEWCOMER, label: '"><script>' }, FRAME), 'value="&quot;&gt;&lt;script&gt;"')
  t.match(renderEnrollmentPage(NEWCOMER, FRAME), 'value=""')
})

t.test('every input has its label, and what is secret starts empty and hidden', async (t) => {
  const page = renderEnrollmentPage(NEWCOMER, FRAME)
  for (const [, id] of page.matchAll(/<(?:input|select) id="([^"]+)"/g)) t.match(page, `<label for="${id}">`)
  for (const id of ['file', 'proofs', 'checking', 'finish', 'finished'])
    t.match(page, new RegExp(`<(?:section|div)[^>]* id="${id}" hidden`))
  t.match(page, /<noscript>.*JavaScript.*<\/noscript>/)
})

t.test('a choice of checks only where there is one', async (t) => {
  const choicesOf = (checks: readonly CheckName[]) => {
    const page = renderEnrollmentPage({ ...NEWCOMER, checks }, FRAME)
    return Array.from(
      page.matchAll(/name="check" value="([a-z]+)"( checked)?/g),
      ([, name, first]) => name! + (first ?? ''),
    )
  }
  t.strictSame(choicesOf(['passkey', 'totp']), ['passkey checked', 'totp'])
  t.strictSame(choicesOf(['password', 'totp']), ['password checked', 'totp'])
  t.strictSame(choicesOf(['passkey']), ['passkey checked'])
  t.strictSame(choicesOf(['totp']), [], 'nothing to choose')
  t.strictSame(choicesOf([]), [], 'who is here already has his own')
})

t.test(
  'whose certificate the browser shows is said before anything is made, unless it is the one who is invited',
  async (t) => {
    const [ada, bob] = [{ subscriberId: 'aa'.repeat(16), label: 'Laptop of <b>Ada</b>' }, 'bb'.repeat(16)]
    const of = (more: object) => renderEnrollmentPage({ ...NEWCOMER, ...more }, FRAME)
    const newPerson = of({ owner: ada })
    t.match(newPerson, '<bdi>Laptop of &lt;b&gt;Ada&lt;/b&gt;</bdi>')
    t.match(newPerson, /<input type="checkbox" required/, 'the button works for whoever has read it')
    const otherPerson = of({ owner: ada, subscriberId: bob })
    t.match(otherPerson, 'id="stranger"')
    t.not(otherPerson, newPerson)
    t.notMatch(of({ owner: ada, subscriberId: ada.subscriberId }), 'id="stranger"')
    t.notMatch(of({}), 'id="stranger"')
    t.match(renderIntroductionPage('https://id.example/introduce/x', FRAME), 'href="https://id.example/introduce/x"')
  },
)

t.test('plain words: nothing that only engineers say', async (t) => {
  for (const language of LANGUAGES) {
    const page = renderEnrollmentPage(NEWCOMER, { ...FRAME, language })
    t.notMatch(page.replace(/<[^>]+>/g, ' '), /\b(CSR|PKCS|PEM|X\.509|certificate authority|p12)\b/i, language)
  }
})

t.test('the front door', async (t) => {
  for (const way of ['/account', '/check'])
    t.match(renderWelcomePage({ open: false, signonUrl: SIGNON }, FRAME), `href="${SIGNON}${way}"`)
  t.match(renderWelcomePage({ open: false, signonUrl: SIGNON }, FRAME), 'invitation')
  t.match(renderWelcomePage({ open: false, signonUrl: SIGNON }, FRAME), 'href="/pair"')
  t.notMatch(renderWelcomePage({ open: false, signonUrl: SIGNON }, FRAME), '<form')
  t.match(renderWelcomePage({ open: true, signonUrl: SIGNON }, FRAME), '<form method="post" action="/enroll"')
})
