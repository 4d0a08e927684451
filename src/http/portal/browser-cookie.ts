import { createHash, randomBytes } from 'node:crypto'
import { readCookie } from '../cookie.ts'

/** https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes: no other host can set it. */
const NAME = '__Host-countersign-browser'

/** It must come along when `signon` sends the browser back, and goes with the browser. */
const ATTRIBUTES = 'Secure; HttpOnly; SameSite=Lax; Path=/'

const BYTES = 32
const VALUE = /^[A-Za-z0-9_-]{43}$/

/** By what a browser is known again between two of its requests, and by nothing else. */
export interface BrowserMark {
  /** of the cookie's value, SHA-256 as base64url: what others may know of it */
  readonly digest: string
  /** the header that gives it to a browser which has none yet; undefined: it has one */
  readonly setCookie: string | undefined
}

/** @param header `Cookie`, as Node joins it */
export function markOf(header: string | undefined): BrowserMark {
  const sent = readCookie(header, NAME)
  const known = sent !== undefined && VALUE.test(sent)
  const value = known ? sent : randomBytes(BYTES).toString('base64url')
  const digest = createHash('sha256').update(value).digest('base64url')
  return { digest, setCookie: known ? undefined : `${NAME}=${value}; ${ATTRIBUTES}` }
}
