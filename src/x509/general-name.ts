import { IdentityError } from '../errors.ts'
import type { DerReader } from './der.ts'
import { type Der, ia5String, implicit, octetString } from './der-writer.ts'
import { formatIp, parseIp } from './ip-address.ts'
import { malformed } from './malformed.ts'

/** The general names that certificates of ours hold. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
export type GeneralName =
  | { readonly type: 'dns'; readonly value: string }
  | { readonly type: 'uri'; readonly value: string }
  /** IPv4 or IPv6 in its usual text */
  | { readonly type: 'ip'; readonly value: string }

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
 * Reads a general name. Kinds that we never write are checked as DER and left out of the answer.
 * @throws IdentityError der-malformed
 */
export function takeGeneralName(reader: DerReader): GeneralName | undefined {
  if (reader.hasImplicit(DNS)) return { type: 'dns', value: reader.implicitText(DNS) }
  if (reader.hasImplicit(URI)) return { type: 'uri', value: reader.implicitText(URI) }
  if (reader.hasImplicit(IP)) return { type: 'ip', value: formatIp(reader.implicit(IP)) }
  if (
    reader.hasImplicit(EMAIL) ||
    reader.hasImplicit(REGISTERED_ID) ||
    reader.hasExplicit(DIRECTORY) ||
    reader.hasExplicit(0)
  ) {
    reader.any()
    return undefined
  }
  throw malformed('a general name is of a kind that is not taken')
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'name-invalid',
    `The alternative name cannot be taken: it is ${what}. Give a DNS name, an IP address or a URI.`,
  )
}
