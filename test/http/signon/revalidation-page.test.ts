import t from 'tap'
import type { OpenRevalidation } from '../../../src/domain/revalidation/revalidation.ts'
import { IdentityError } from '../../../src/errors.ts'
import { toProblem } from '../../../src/http/problem.ts'
import {
  renderCheckWantedPage,
  renderDeniedPage,
  renderRevalidationPage,
} from '../../../src/http/signon/revalidation-page.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', language: 'en' } as const
const OPEN: OpenRevalidation = {
  site: 'shop',
  logo: undefined,
  languages: ['en'],
  returnTo: 'https://shop.example/return?a="b"',
  askedAt: 1_795_000_000_000,
  openedAt: 1_795_000_000_000,
  label: 'Laptop',
  askEveryTime: false,
  passkey: undefined,
  checks: ['totp', 'recovery-code'],
}
const page = (open: Partial<OpenRevalidation> = {}, mishap?: Parameters<typeof renderRevalidationPage>[3]) =>
  renderRevalidationPage({ ...OPEN, ...open }, '/revalidate/abc', FRAME, mishap)

t.test('who asks, and when', async (t) => {
  const AGES = [
    [0, 'less than a minute ago'],
    [59_999, 'less than a minute ago'],
    [60_000, 'a minute ago'],
    [119_999, 'a minute ago'],
    [120_000, '2 minutes ago'],
    [599_999, '9 minutes ago'],
  ] as const
  for (const [age, said] of AGES) t.match(page({ openedAt: OPEN.askedAt + age }), `>${said}</time>`)
  t.match(page(), 'datetime="2026-11-18T11:06:40.000Z"')
  t.match(page(), 'shop.example')
})

t.test('forms for the checks that suffice, the first one open, and one to say no', async (t) => {
  const both = page()
  t.strictSame(fieldsOf(both), ['totp', 'recovery-code'])
  t.match(both, /<details><summary>Use a recovery code instead<\/summary>/)
  t.match(both, 'action="/revalidate/abc/deny"')
  const one = page({ checks: ['recovery-code'] })
  t.strictSame(fieldsOf(one), ['recovery-code'])
  t.notMatch(one, '<details>')
  t.match(one, / autofocus/)
})

t.test('after a mishap, the form that it happened in comes first and says why', async (t) => {
  const problem = toProblem(new IdentityError('check-failed', 'Wrong.'), 'id')
  const again = page({}, { problem, check: 'recovery-code' })
  t.strictSame(fieldsOf(again), ['recovery-code', 'totp'])
  t.match(again, /<p class="error" id="recovery-code-error" role="alert">\w[^<]{20,}<.p>/)
  t.equal(again.match(/aria-invalid/g)?.length, 1)
  t.equal(again.match(/autofocus/g)?.length, 1)
  t.strictSame(fieldsOf(page({ checks: ['totp'] }, { problem, check: 'recovery-code' })), ['totp'])
})

t.test('a passkey comes first and is asked at once; without scripts the other ways are there', async (t) => {
  const passkey = { challenge: 'a"b<c' }
  const first = page({ checks: ['passkey', 'totp', 'password'], passkey })
  t.strictSame(fieldsOf(first), ['passkey', 'totp', 'password'])
  t.match(first, 'data-options="{&quot;challenge&quot;:&quot;a\\&quot;b&lt;c&quot;}" data-at-once hidden>')
  t.match(first, /<noscript>.*<.noscript>/)
  t.match(first, /<details><summary>Use your authenticator app instead/)
  t.match(first, /type="password" required autocomplete="current-password"/)
  const problem = toProblem(new IdentityError('check-failed', 'Wrong.'), 'id')
  const again = page({ checks: ['passkey', 'totp'], passkey }, { problem, check: 'passkey' })
  t.notMatch(again, 'data-at-once', 'not again by itself')
  t.match(again, /id="passkey-failed" role="alert">\w/)
  const later = page({ checks: ['passkey', 'totp'], passkey }, { problem, check: 'totp' })
  t.notMatch(later, 'data-at-once')
})

t.test('the owner’s wish to be asked is shown as it is', async (t) => {
  t.notMatch(page(), / checked>/)
  t.match(page({ askEveryTime: true }), /value="yes" checked>/)
})

t.test('every input has its label', async (t) => {
  for (const [, id] of page().matchAll(/<input class="code" id="([^"]+)"/g)) t.match(page(), `<label for="${id}">`)
})

t.test('the site’s own look: its logo by its hash, its name as text', async (t) => {
  t.match(page({ logo: 'ab'.repeat(32) }), `<img src="/logo/${'ab'.repeat(32)}.png" alt="">`)
  t.notMatch(page(), '<img')
  t.notMatch(page({ site: '<img src=x onerror=alert(1)>' }), '<img')
})

t.test('who has none of the checks that are wanted reads which, and where to add one', async (t) => {
  const problem = toProblem(new IdentityError('check-wanted', 'Add it.'), 'id')
  const text = renderCheckWantedPage({ wanted: ['passkey', 'totp'], host: 'shop.example', problem }, FRAME)
  t.match(text, '<li>Passkey</li><li>Authenticator app</li>')
  t.match(text, 'href="/account/checks"')
  t.match(text, 'shop.example')
})

t.test('after "this was not me"', async (t) => {
  t.match(renderDeniedPage(FRAME), '<h1>Your certificate is on hold</h1>')
})

function fieldsOf(text: string): string[] {
  return Array.from(text.matchAll(/name="check" value="([^"]+)"/g), ([, check]) => check!)
}
