import type { AnyRequest } from './proven-peer.ts'

/** Whether its method changes nothing. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
export function isSafe({ method }: Pick<AnyRequest, 'method'>): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'TRACE'
}

/**
 * Whether it is about to become a WebSocket, which talks on whatever its method was. Frameworks hand such a request on as
 * the plain GET that it was; Node has marked it, where somebody listens for it.
 */
export function beginsUpgrade(request: object): boolean {
  return (request as { readonly upgrade?: unknown }).upgrade === true
}

/**
 * Whether a page of another origin made a browser send this: the browser shows the certificate with it all the same.
 * Programs say nothing of pages, and need not.
 * @param own origins whose pages may, as in `https://shop.example`, beside the one that is asked
 */
export function isFromForeignPage({ headers }: Pick<AnyRequest, 'headers'>, own: readonly string[]): boolean {
  const { origin } = headers
  // https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
  const site = headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return false
  // https://www.rfc-editor.org/rfc/rfc6454#section-7
  if (origin === undefined) return site !== undefined
  return origin !== `https://${headers[':authority'] ?? headers.host}` && !own.includes(origin)
}
