import { readCookie } from '../../cookie.ts'

/**
 * The prefix makes browsers take it over https alone, for this host alone, and with no Domain.
 * https://www.rfc-editor.org/rfc/rfc6265#section-4.1
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
 */
const NAME = '__Host-countersign-session'

/** No script reads it, no other site's page makes the browser send it, and it goes with the browser. */
const ATTRIBUTES = 'Secure; HttpOnly; SameSite=Strict; Path=/'

export function sessionCookie(value: string): string {
  return `${NAME}=${value}; ${ATTRIBUTES}`
}

/** Takes it out of the browser. https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.2: what has expired is forgotten at once. */
export const ENDED_COOKIE = `${NAME}=; ${ATTRIBUTES}; Max-Age=0`

/** The session's cookie of a request; undefined: none was sent, or more than one. @param header `Cookie`, as Node joins it */
export function readSessionCookie(header: string | undefined): string | undefined {
  return readCookie(header, NAME)
}
