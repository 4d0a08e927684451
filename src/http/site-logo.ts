import type { FastifyInstance } from 'fastify'
import { type Hex, isFingerprint } from '../domain/hex.ts'
import type { SiteReads } from '../domain/site/site-store.ts'
import { IdentityError } from '../errors.ts'

/** Where a site's logo is: its address follows from its content, so it may be kept for ever. */
export function logoPath(hash: Hex): string {
  return `/logo/${hash}.png`
}

/** Opened by itself it can do nothing and load nothing. https://www.w3.org/TR/CSP3/#directive-sandbox */
const INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"

/** Serves what was checked when it was stored, to everybody: the page that shows it is seen before anybody is known. */
export function serveLogos(app: FastifyInstance, store: SiteReads): void {
  app.get<{ Params: { file: string } }>('/logo/:file', async ({ params }, reply) => {
    const hash = params.file.replace(/\.png$/, '')
    const png = params.file.endsWith('.png') && isFingerprint(hash) ? await store.siteLogo(hash) : undefined
    if (!png) throw new IdentityError('not-found', 'There is no such picture here, or not any more.')
    return reply
      .type('image/png')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('content-security-policy', INERT)
      .send(Buffer.from(png))
  })
}
