import t from 'tap'
import { IdentityError } from '../../../src/errors.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { checkForms } from '../../../src/http/signon/check-forms.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', language: 'en' } as const
const PLACE = { address: '/x', proceed: 'Go on <now>', frame: FRAME }
const PASSKEY = { challenge: '"<&' }

t.test('typed ones have their button, the passkey its options, escaped', async (t) => {
  const forms = checkForms({ checks: ['passkey', 'totp', 'password'], passkey: PASSKEY }, PLACE).text
  t.match(forms, 'data-options="{&quot;challenge&quot;:&quot;\\&quot;&lt;&amp;&quot;}" data-at-once hidden')
  t.equal(forms.match(/<button>Go on &lt;now&gt;<\/button>/g)?.length, 2)
  t.match(forms, 'type="password"')
  t.notMatch(forms, 'ask-every-time')
})

t.test('after a mishap the passkey is not asked for at once, and says why', async (t) => {
  const problem = toProblem(new IdentityError('check-failed', 'Wrong.'), 'id')
  const forms = checkForms({ checks: ['totp', 'passkey'], passkey: PASSKEY }, PLACE, { problem, check: 'passkey' }).text
  t.notMatch(forms, 'data-at-once')
  t.match(forms, /id="passkey-failed" role="alert">\w/)
  t.ok(forms.indexOf('passkey-form') < forms.indexOf('id="totp"'))
})

t.test('the wish is asked in the open form alone', async (t) => {
  for (const checks of [
    ['totp', 'recovery-code'],
    ['passkey', 'totp'],
  ] as const) {
    const forms = checkForms({ checks, passkey: PASSKEY }, { ...PLACE, wish: true }).text
    t.equal(forms.match(/value="yes" checked>/g)?.length, 1)
  }
})
