import t from 'tap'
import { readVerdict } from '../../src/client/verdict.ts'
import { REVOKED, STALE, SUBJECT, VALID } from './fake-service.ts'

t.test('each verdict is a value of its own', async (t) => {
  t.match(readVerdict(VALID), {
    verdict: 'valid',
    subject: SUBJECT,
    validatedAt: new Date(String(VALID.validated_at)),
    expiresAt: new Date(String(VALID.expires_at)),
  })
  t.notOk('account' in readVerdict(VALID))
  t.match(readVerdict({ ...VALID, account: 'zoë' }), { verdict: 'valid', account: 'zoë' })
  t.same(readVerdict(STALE), STALE)
  t.match(readVerdict(REVOKED), { verdict: 'revoked', reason: 'superseded', subject: SUBJECT, revokedAt: Date })
  t.same(readVerdict({ verdict: 'missing', reason: 'unknown', more: 1 }), { verdict: 'missing', reason: 'unknown' })
})

t.test('whatever else comes is no verdict', async (t) => {
  for (const answer of [
    null,
    [],
    'valid',
    {},
    { verdict: 'fine' },
    { ...VALID, verdict: 'VALID' },
    { ...VALID, subject: '' },
    { ...VALID, subject: 7 },
    { ...VALID, account: '' },
    { ...VALID, account: null },
    { ...VALID, expires_at: 'tomorrow' },
    { ...VALID, validated_at: null },
    { ...STALE, redirect: 'http://id.example/' },
    { ...STALE, redirect: 'javascript:alert(1)' },
    { ...STALE, redirect: undefined },
    { ...REVOKED, revoked_at: undefined },
    { verdict: 'missing' },
  ]) {
    t.throws(() => readVerdict(answer), { code: 'answer-unreadable' }, JSON.stringify(answer))
  }
})
