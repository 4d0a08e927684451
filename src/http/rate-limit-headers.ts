import { RateLimited } from '../domain/verdict/rate-limits.ts'
import { IdentityError } from '../errors.ts'
import type { Problem } from './problem.ts'

/** The bound's name in these headers. */
const NAME = '"verdicts"'

/** Where nobody knows when it gives way, s. */
const SOME_TIME = 60

/**
 * What a refusal tells beside its problem, where it is 429: when to come back, unless waiting is no help, and what the bound
 * on questions is.
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10#section-3
 */
export function rateLimitHeaders(
  { status }: Pick<Problem, 'status'>,
  error: unknown,
): Readonly<Record<string, string>> {
  const seconds = secondsToWait(error)
  if (status !== 429 || seconds === Infinity) return {}
  const headers = { 'Retry-After': `${seconds}` }
  if (!(error instanceof RateLimited)) return headers
  return {
    ...headers,
    'RateLimit-Policy': `${NAME};q=${error.limit};w=1`,
    RateLimit: `${NAME};r=0;t=${seconds}`,
  }
}

function secondsToWait(error: unknown): number {
  if (!(error instanceof IdentityError) || error.wait === undefined) return SOME_TIME
  return Math.max(1, Math.ceil(error.wait / 1_000))
}
