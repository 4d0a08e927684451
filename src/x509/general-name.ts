import { IdentityError } from '../errors.ts'
import { type DerReader, readDer } from './der.ts'
import { decodeOid } from './der-content.ts'
import { TAG } from './der-tag.ts'
import { type Der, ia5String, implicit, octetString } from './der-writer.ts'
import { formatIp, parseIp } from './ip-address.ts'
import { malformed } from './malformed.ts'

/** A general name; certificates of ours hold the first three kinds. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
export type GeneralName =
  | { readonly type: 'dns'; readonly value: string }
  | { readonly type: 'uri'; readonly value: string }
  /** IPv4 or IPv6 in its usual text */
  | { readonly type: 'ip'; readonly value: string }
  /** read, never written: any other kind, so that nobody overlooks it; the value is its DER in hex */
  | { readonly type: 'other'; readonly value: string }

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
  const address = name.type === 'ip' ? parseIp(name.value) : undefined
  if (!address) throw refused('not an IP address')
  return implicit(IP, octetString(address))
}

/**
 * Reads a general name.
 * @throws IdentityError der-malformed, name-invalid
 */
export function takeGeneralName(reader: DerReader): GeneralName {
  switch (reader.tag) {
    case TAG.context | DNS:
      return { type: 'dns', value: plain(reader.implicitText(DNS)) }
    case TAG.context | URI:
      return { type: 'uri', value: plain(reader.implicitText(URI)) }
    case TAG.context | IP:
      return { type: 'ip', value: formatIp(reader.implicit(IP)) }
    case TAG.context | EMAIL:
    case TAG.context | REGISTERED_ID:
    case TAG.contextConstructed | OTHER:
    case TAG.contextConstructed | DIRECTORY:
      return { type: 'other', value: readOther(reader.any()) }
    default:
      throw malformed('a general name is of a kind that is not taken')
  }
}

/** Text under the implicit tag of an e-mail address, and the octets of an OID, are not checked by `any`. */
function readOther(der: Uint8Array): string {
  readDer(der, (reader) => {
    if (reader.hasImplicit(EMAIL)) plain(reader.implicitText(EMAIL))
    else if (reader.hasImplicit(REGISTERED_ID)) decodeOid(reader.implicit(REGISTERED_ID))
    else reader.any()
  })
  return Array.from(der, (octet) => octet.toString(16).padStart(2, '0')).join('')
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
