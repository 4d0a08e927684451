import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

/** A file that pages load. Its address follows from its content, so it may be kept for ever. */
export interface Asset {
  readonly address: string
  readonly type: string
  readonly body: Buffer
}

/** @param name as in `style.css` */
export function makeAsset(name: string, type: string, content: string | Buffer): Asset {
  const body = Buffer.from(content)
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  return { address: `/assets/${name.replace(/\.(?=\w+$)/, `.${hash}.`)}`, type, body }
}

/** The stylesheet and the icon, which every page has. */
export function commonAssets(): { readonly stylesheet: Asset; readonly icon: Asset } {
  return {
    stylesheet: makeAsset('style.css', 'text/css; charset=utf-8', readWebFile('style.css')),
    icon: makeAsset('icon.svg', 'image/svg+xml', readWebFile('icon.svg')),
  }
}

/** An address that is the file itself: nothing is fetched for it. https://www.rfc-editor.org/rfc/rfc2397 */
export function inlineAddress({ type, body }: Asset): string {
  return `data:${type};base64,${body.toString('base64')}`
}

export function serveAssets(app: FastifyInstance, assets: readonly Asset[]): void {
  for (const { address, type, body } of assets) {
    app.get(address, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(body),
    )
  }
}

function readWebFile(name: string): Buffer {
  return readFileSync(new URL(`../web/${name}`, import.meta.url))
}
