import t from 'tap'
import { RateLimited } from '../../src/domain/verdict/rate-limits.ts'
import { IdentityError } from '../../src/errors.ts'
import { rateLimitHeaders } from '../../src/http/rate-limit-headers.ts'

t.test('who asks too much hears when to come back, and what the bound is', async (t) => {
  t.strictSame(rateLimitHeaders(new RateLimited(100, 3)), {
    'Retry-After': '3',
    'RateLimit-Policy': '"verdicts";q=100;w=1',
    RateLimit: '"verdicts";r=0;t=3',
  })
  t.strictSame(rateLimitHeaders(new IdentityError('too-many-guesses', 'Wait.')), {})
  t.strictSame(rateLimitHeaders(new Error('broken')), {})
})
