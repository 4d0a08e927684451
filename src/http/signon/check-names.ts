import { randomBytes } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import { IdentityError } from '../../errors.ts'

/** Host names for the certificate check alone: under each of them a browser chooses its certificate anew. */
export interface CheckNames {
  /** the address of a name that no browser has seen; undefined: this service has no such names */
  fresh(): string | undefined
  /** whether an authority is such a name */
  includes(authority: string): boolean
  /** whether `signon` answers there: the check page and what it loads, nothing else */
  admits(authority: string, path: string): boolean
}

/** @param checkUrl as in `https://*.check.localhost:8445`; undefined: there are none */
export function checkNames(checkUrl: string | undefined): CheckNames {
  const base = checkUrl === undefined ? undefined : new URL(checkUrl.replace('*.', '')).host
  const includes = (authority: string): boolean => {
    const [label = '', ...rest] = authority.split('.')
    return base !== undefined && LABEL.test(label) && rest.join('.') === base
  }
  return {
    fresh: () => checkUrl?.replace('*', randomBytes(NONCE_BYTES).toString('hex')),
    includes,
    admits: (authority, path) => includes(authority) && CHECK_PATH.test(path),
  }
}

const LABEL = /^[a-z0-9-]{1,63}$/
const CHECK_PATH = /^\/(?:check(?:\?|$)|assets\/)/
const NONCE_BYTES = 8

/**
 * A hook that refuses requests on a connection that was opened to another name. Browsers reuse a live connection for any
 * name that its certificate covers, and so would go on with the certificate, or with none, that they chose for the
 * other; after a 421 they open a connection of its own. Who dials an IP address sends no name.
 * https://www.rfc-editor.org/rfc/rfc9113#section-9.1.1
 */
export async function requireDialedName(request: FastifyRequest): Promise<void> {
  const { servername } = request.raw.socket as TLSSocket
  if (!servername || `https://${servername.toLowerCase()}` === withoutPort(request.headers[':authority'])) return
  throw new IdentityError(
    'misdirected',
    'This connection was opened to another name. Open one to the name that you ask.',
  )
}

function withoutPort(authority: string | string[] | undefined): string {
  return `https://${String(authority).toLowerCase().replace(/:\d+$/, '')}`
}
