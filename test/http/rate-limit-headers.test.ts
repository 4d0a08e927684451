import t from 'tap'
import { RateLimited } from '../../src/domain/verdict/rate-limits.ts'
import { IdentityError } from '../../src/errors.ts'
import { rateLimitHeaders } from '../../src/http/rate-limit-headers.ts'

const TOO_MANY = { status: 429 }

t.test('who asks too much hears when to come back, and what the bound is', async (t) => {
  t.strictSame(rateLimitHeaders(TOO_MANY, new RateLimited(100, 3)), {
    'Retry-After': '3',
    'RateLimit-Policy': '"verdicts";q=100;w=1',
    RateLimit: '"verdicts";r=0;t=3',
  })
  t.strictSame(rateLimitHeaders({ status: 500 }, new Error('broken')), {})
})

t.test('of other bounds he hears when they give way, and nothing where they never do', async (t) => {
  for (const [wait, headers] of [
    [5_400_001, { 'Retry-After': '5401' }],
    [1, { 'Retry-After': '1' }],
    [0, { 'Retry-After': '1' }],
    [undefined, { 'Retry-After': '60' }],
    [Infinity, {}],
  ] as const) {
    const error = new IdentityError('too-many-guesses', 'Wait.', wait === undefined ? {} : { wait })
    t.strictSame(rateLimitHeaders(TOO_MANY, error), headers)
    t.strictSame(rateLimitHeaders({ status: 403 }, error), {})
  }
})
