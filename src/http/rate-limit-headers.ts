import { RateLimited } from '../domain/verdict/rate-limits.ts'

/** The bound's name in these headers. */
const NAME = '"verdicts"'

/**
 * What a refusal tells beside its problem: when to come back, and what the bound is.
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10#section-3
 */
export function rateLimitHeaders(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof RateLimited)) return {}
  const { limit, retryAfter } = error
  return {
    'Retry-After': `${retryAfter}`,
    'RateLimit-Policy': `${NAME};q=${limit};w=1`,
    RateLimit: `${NAME};r=0;t=${retryAfter}`,
  }
}
