import t from 'tap'
import { checkPath, readCheckQuery } from '../../src/http/check-query.ts'

const FINGERPRINT = 'ab'.repeat(32)

t.test('what was written is read again', async (t) => {
  const query = {
    from: 'enrollment',
    expect: FINGERPRINT,
    returnTo: 'https://shop.example/a?b=c&d',
    ticket: 'a_-9',
    tried: 'evicted',
    was: '0123456789abcdef',
  } as const
  t.strictSame(readCheckQuery(checkPath(query)), query)
  t.equal(checkPath(), '/check')
  t.match(readCheckQuery('/check?was=none'), { was: 'none', from: undefined, tried: undefined })
})

t.test('what cannot be read is left out', async (t) => {
  const wrong = new URLSearchParams({
    from: 'elsewhere',
    expect: FINGERPRINT.toUpperCase(),
    ticket: '../account',
    tried: 'toString',
    was: '<b>',
  })
  const none = { from: undefined, expect: undefined, ticket: undefined, tried: undefined, was: undefined }
  t.strictSame(readCheckQuery(`/check?${wrong}`), { ...none, returnTo: undefined })
  t.equal(readCheckQuery(`/check?ticket=${'a'.repeat(4_097)}`).ticket, undefined)
  t.equal(readCheckQuery('/check?%ff%00&&=').returnTo, undefined)
})
