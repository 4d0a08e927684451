import { isIP } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** The sources that pages of a listener may use beyond nothing. */
export interface PagePolicy {
  readonly [directive: string]: string
}

/** A page that only shows text and forms. https://www.w3.org/TR/CSP3/ */
const PLAIN_PAGE = {
  'default-src': "'none'",
  'style-src': "'self'",
  'img-src': "'self'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
} as const satisfies PagePolicy

/** What a page with a script of ours adds: that script, its requests to us, and nobody writing markup into the page. */
export const SCRIPTED_PAGE = {
  'script-src': "'self'",
  'connect-src': "'self'",
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
} as const satisfies PagePolicy

/** A Content-Security-Policy: a plain page's, with what is added or set otherwise. */
export function contentSecurityPolicy(policy: PagePolicy = {}): string {
  return Object.entries({ ...PLAIN_PAGE, ...policy })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ')
}

/** What every answer of a listener for people carries, problems included. */
const PAGE_HEADERS = {
  'cache-control': 'no-store',
  // Addresses here hold tickets and invitations.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=(), browsing-topics=()',
  vary: 'Accept, Accept-Language',
} as const

const HALF_A_YEAR = 15_552_000

/**
 * Gives every answer of a listener the headers of a page. An answer may set its own; what it sets stands.
 * @param url the listener's public address
 */
export function addPageHeaders(app: FastifyInstance, url: string, policy: PagePolicy = {}): void {
  const headers = {
    ...PAGE_HEADERS,
    'content-security-policy': contentSecurityPolicy(policy),
    ...(isPublicName(url) && { 'strict-transport-security': `max-age=${HALF_A_YEAR}` }),
  }
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
}

/** @param page a whole document */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page)
}

/** On localhost other programs speak plain HTTP under the same name; for addresses the header means nothing. */
function isPublicName(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname !== 'localhost' && !hostname.endsWith('.localhost') && isIP(hostname.replace(/[[\]]/g, '')) === 0
}

/** Whether an Accept header prefers a page to JSON. Only who names HTML is a browser; `*` alone is a program. */
export function prefersHtml(accept: string | undefined): boolean {
  const weights = new Map((accept ?? '').split(',').map(readRange))
  const json = Math.max(weights.get('application/json') ?? 0, weights.get('application/problem+json') ?? 0)
  return (weights.get('text/html') ?? 0) > json
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 */
function readRange(range: string): [type: string, weight: number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  return [type, weight === undefined ? 1 : Number(weight.slice(2)) || 0]
}
