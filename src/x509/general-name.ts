import { IdentityError } from '../errors.ts'
import type { DerReader } from './der.ts'
import { decodeOid } from './der-content.ts'
import { TAG } from './der-tag.ts'
import { type Der, ia5String, implicit, octetString } from './der-writer.ts'
import { formatIp, parseIp } from './ip-address.ts'
import { malformed } from './malformed.ts'

/** The general names that certificates of ours hold. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
export type GeneralName =
  | { readonly type: 'dns'; readonly value: string }
  | { readonly type: 'uri'; readonly value: string }
  /** IPv4 or IPv6 in its usual text */
  | { readonly type: 'ip'; readonly value: string }

const OTHER = 0
const EMAIL = 1
const DNS = 2
const DIRECTORY = 4
const URI = 6
const IP = 7
const REGISTERED_ID = 8

const DNS_NAME = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const URI_TEXT = /^[a-z][a-z0-9+.-]*:[!-~]+$/i

/**
 * @returns GeneralName, DER
 * @throws IdentityError name-invalid
 */
export function encodeGeneralName(name: GeneralName): Der {
  if (name.type === 'dns') {
    if (name.value.length > 253 || !DNS_NAME.test(name.value)) throw refused('not a DNS name in lower case')
    return implicit(DNS, ia5String(name.value))
  }
  if (name.type === 'uri') {
    if (name.value.length > 2_000 || !URI_TEXT.test(name.value)) throw refused('not an absolute URI')
    return implicit(URI, ia5String(name.value))
  }
  const address = parseIp(name.value)
  if (!address) throw refused('not an IP address')
  return implicit(IP, octetString(address))
}

/**
 * Reads a general name. Kinds that we never write are checked and left out of the answer.
 * @throws IdentityError der-malformed, name-invalid
 */
export function takeGeneralName(reader: DerReader): GeneralName | undefined {
  switch (reader.tag) {
    case TAG.context | DNS:
      return { type: 'dns', value: plain(reader.implicitText(DNS)) }
    case TAG.context | URI:
      return { type: 'uri', value: plain(reader.implicitText(URI)) }
    case TAG.context | IP:
      return { type: 'ip', value: formatIp(reader.implicit(IP)) }
    case TAG.context | EMAIL:
      plain(reader.implicitText(EMAIL))
      return undefined
    case TAG.context | REGISTERED_ID:
      decodeOid(reader.implicit(REGISTERED_ID))
      return undefined
    case TAG.contextConstructed | OTHER:
    case TAG.contextConstructed | DIRECTORY:
      reader.any()
      return undefined
    default:
      throw malformed('a general name is of a kind that is not taken')
  }
}

/** IA5String has room for NUL and line feeds; names have not. */
function plain(text: string): string {
  if (!/^[!-~]+$/.test(text)) throw refused('written with spaces or control characters')
  return text
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'name-invalid',
    `The alternative name cannot be taken: it is ${what}. Give a DNS name, an IP address or a URI.`,
  )
}
