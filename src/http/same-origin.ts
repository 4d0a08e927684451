import type { FastifyRequest } from 'fastify'
import { IdentityError } from '../errors.ts'

/** Methods that change nothing. */
const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * A hook that lets requests change something only when they come from our own pages. A certificate is no sign of
 * intent: browsers send it along with whatever another site makes them send.
 *
 * `Sec-Fetch-Site` is the browser's own word, and no script can set it. `Origin: null` is what browsers send from pages
 * with `Referrer-Policy: no-referrer`, so it counts only beside that word. A program sends neither.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 * https://fetch.spec.whatwg.org/#origin-header
 *
 * @param origin our own, as in `https://id.example`
 */
export function requireSameOrigin(origin: string): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (SAFE.includes(request.method)) return
    const site = request.headers['sec-fetch-site']
    const from = request.headers.origin
    const origins = site === undefined ? [undefined, origin] : [undefined, origin, 'null']
    if ((site === undefined || site === 'same-origin') && origins.includes(from)) return
    throw crossSite()
  }
}

/**
 * For what is only ever fetched by our own page: a link of somebody else's, or one that was sent, does not lead there.
 * Browsers that do not say where a request comes from are let in.
 * @throws IdentityError cross-site
 */
export function requireOwnPage({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') throw crossSite()
}

function crossSite(): IdentityError {
  return new IdentityError(
    'cross-site',
    'This was not sent by our own page. Open the address itself, and try from there.',
  )
}
