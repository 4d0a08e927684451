import { FormatRegistry } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import type { Answer } from '../../../src/domain/verdict/known-states.ts'
import { renderAnswer } from '../../../src/http/api/rendering.ts'
import { VerdictSchema } from '../../../src/http/api/schemas.ts'

FormatRegistry.Set('date-time', (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
FormatRegistry.Set('uri', (text) => URL.canParse(text))

const SUBJECT = 'MmN8Ylq3bkPOnxNRJhiJMx1NBJrBWHe-6aEVpStMN5M'
const NOW = Date.parse('2026-11-21T12:00:00.001Z')

const CASES: readonly (readonly [what: string, answer: Answer, text: string])[] = [
  [
    'valid',
    { verdict: { verdict: 'valid', validatedAt: NOW, expiresAt: NOW + 999 }, subject: SUBJECT, redirect: null },
    `{"verdict":"valid","subject":"${SUBJECT}","validated_at":"2026-11-21T12:00:00.001Z","expires_at":"2026-11-21T12:00:01.000Z"}`,
  ],
  [
    'needs-revalidation',
    {
      verdict: { verdict: 'needs-revalidation', reason: 'max-age' },
      subject: SUBJECT,
      redirect: 'https://id.example/revalidate/x',
    },
    `{"verdict":"needs-revalidation","reason":"max-age","subject":"${SUBJECT}","redirect":"https://id.example/revalidate/x"}`,
  ],
  [
    'revoked',
    { verdict: { verdict: 'revoked', reason: 'key-compromise', revokedAt: NOW }, subject: SUBJECT, redirect: null },
    `{"verdict":"revoked","reason":"key-compromise","subject":"${SUBJECT}","revoked_at":"2026-11-21T12:00:00.001Z"}`,
  ],
  [
    'missing',
    { verdict: { verdict: 'missing', reason: 'unknown' }, subject: null, redirect: null },
    '{"verdict":"missing","reason":"unknown"}',
  ],
]

for (const [what, answer, text] of CASES) {
  t.test(what, async (t) => {
    t.equal(renderAnswer(answer), text)
    t.equal(renderAnswer(answer), text, 'and again')
    t.ok(Value.Check(VerdictSchema, JSON.parse(text)), 'as the documents describe it')
  })
}

t.test('an account of any letters is JSON of ASCII, and reads as it was bound', async (t) => {
  const valid = CASES[0]![1]
  for (const account of ['zoe', 'zoë', '名前🙂', '"\\', '\u2028</script>', 'a'.repeat(256)]) {
    const text = renderAnswer({ ...valid, account })
    t.match(text, /^[\x20-\x7e]+$/)
    t.equal(JSON.parse(text).account, account)
    t.ok(Value.Check(VerdictSchema, JSON.parse(text)))
  }
})

t.test('the text of one valid answer is never given for another', async (t) => {
  const valid = CASES[0]![1]
  const other: Answer = { ...valid, subject: 'somebody-else' }
  renderAnswer(valid)
  t.match(renderAnswer(other), '"subject":"somebody-else"')
})
