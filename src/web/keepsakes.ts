import type { Enrolled, QrPath } from './application.ts'
import { element, onCopy, part, tell, word } from './page-parts.ts'

/**
 * Shows what its owner must keep, if anything: the secret of the authenticator app, and the recovery codes.
 * @param codes as they were drawn here
 */
export function showKeepsakes({ totp, recovery_codes: areGood }: Enrolled, codes: readonly string[]): void {
  if (totp) showSecret(totp)
  else part('app-proof', HTMLElement).remove()
  if (areGood) showCodes(codes)
  else part('code-proof', HTMLElement).remove()
}

function showSecret({ qr, uri, secret }: NonNullable<Enrolled['totp']>): void {
  part('qr', HTMLElement).replaceChildren(drawQr(qr))
  part('app-link', HTMLAnchorElement).href = uri
  tell('secret', secret.match(/.{1,4}/g)?.join(' ') ?? '')
  onCopy('copy-secret', secret)
}

export function showCodes(codes: readonly string[]): void {
  part('codes', HTMLElement).replaceChildren(...codes.map((code) => element('li', code)))
  onCopy('copy-codes', codes.join('\n'))
}

function drawQr({ size, path }: QrPath): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const image = document.createElementNS(space, 'svg')
  image.setAttribute('viewBox', `0 0 ${size} ${size}`)
  image.setAttribute('shape-rendering', 'crispEdges')
  image.setAttribute('role', 'img')
  image.setAttribute('aria-label', word('qr') ?? '')
  const modules = document.createElementNS(space, 'path')
  modules.setAttribute('d', path)
  image.append(modules)
  return image
}
