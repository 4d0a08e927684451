import { IdentityError } from '../../errors.ts'

/** Longer addresses are refused before they are parsed: a ticket must fit into a URL. */
export const MAX_RETURN_ADDRESS_CHARS = 2_048

/** Controls, white space and backslash: URL parsers disagree about them, so none may stand in an address. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
const AMBIGUOUS = /[\u0000-\u0020\u007f-\u00a0\\\u2028\u2029\ufeff]/

/** Dots and slashes in percent-encoding, which a site's router may decode after we compared. */
const ENCODED_PATH = /%(?:2e|2f|5c|25|00)/i

/** What a decoded path must not hold: controls, and dot segments and slashes that were none when we compared. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
const DISGUISED_PATH = /[\u0000-\u001f\u007f-\u009f\\\u2028\u2029\ufeff]|\/\/|\/\.{1,2}(?:[ ;/]|$)/

/**
 * Reads an address that a site wants registered.
 * @returns the serialized URL
 * @throws IdentityError site-invalid unless it is https, without credentials, query and fragment
 */
export function registerReturnAddress(text: string): string {
  const url = parse(text)
  if (url?.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) {
    throw new IdentityError(
      'site-invalid',
      `The return address ${JSON.stringify(text.slice(0, 200))} cannot be registered. Give an https:// address without user name, query and fragment.`,
    )
  }
  return url.href
}

/**
 * Whether a site may have its people sent to an address.
 * @param registered the site's serialized addresses
 * @param wanted what the site asked for; undefined: the first registered address
 * @returns the serialized address to send the browser to
 * @throws IdentityError return-to-refused
 */
export function chooseReturnAddress(registered: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined) {
    const first = registered[0]
    if (first === undefined) throw refused()
    return first
  }
  const url = parse(wanted)
  if (!url || !registered.some((address) => covers(address, url.origin + url.pathname))) throw refused()
  return url.href
}

/** Whether an address is a registered one or lies below it. */
export function isRegistered(registered: readonly string[], wanted: string): boolean {
  const url = parse(wanted)
  return url !== undefined && registered.some((address) => covers(address, url.origin + url.pathname))
}

/**
 * Same origin, and the path is the registered one or lies below it, on a segment boundary. Both are a parser's own
 * spelling of origin and path: the registered one has nothing else.
 */
function covers(registered: string, wanted: string): boolean {
  return wanted === registered || wanted.startsWith(registered.endsWith('/') ? registered : `${registered}/`)
}

/** Only what every parser reads alike: https, plain characters, no credentials, no disguised path. */
function parse(text: string): URL | undefined {
  if (text.length > MAX_RETURN_ADDRESS_CHARS || AMBIGUOUS.test(text) || !/^https:\/\/[^/]/.test(text)) return undefined
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || /^https:\/\/[^/?#]*@/.test(text))
    return undefined
  if (isDisguised(url.pathname)) return undefined
  // What the parser rewrote (dot segments, host spelling) was not what the site wrote: registered and sent must be one text.
  if (!text.startsWith(url.origin) || !sameStart(text.slice(url.origin.length), url.pathname)) return undefined
  return url
}

/**
 * Whether a site's router could take the path for another one: decoded once more, in an encoding that is not UTF-8,
 * with look-alikes of dot and slash folded (U+2025, U+FF0E ...), or with path parameters cut off ("..;x").
 */
function isDisguised(pathname: string): boolean {
  if (ENCODED_PATH.test(pathname)) return true
  try {
    return DISGUISED_PATH.test(decodeURIComponent(pathname).normalize('NFKC'))
  } catch {
    return true
  }
}

/** The path as it was written equals the path as it was parsed; a bare origin has the path "/". */
function sameStart(written: string, pathname: string): boolean {
  const path = written.split(/[?#]/, 1)[0]
  return path === pathname || (path === '' && pathname === '/')
}

function refused(): IdentityError {
  return new IdentityError(
    'return-to-refused',
    'The return address is not one that this site registered. Have the operator register it (`countersign site policy SITE --return-to URL…`, with those before), or send one below a registered address.',
  )
}
