import { IdentityError } from '../src/errors.ts'
import type { CertListHeader } from '../src/x509/crl.ts'
import { compareBytes } from '../src/x509/der.ts'
import type { GeneralName } from '../src/x509/general-name.ts'
import { parseIp } from '../src/x509/ip-address.ts'
import { readPublicKey } from '../src/x509/public-key.ts'
import { type AlternativeName, LIST_MAX_DAYS, PROFILES, type Profile, SERIAL_BYTES } from './profiles.ts'
import { type CertificateParts, encodeCommonName, type IssuerIdentity, type Kind, SIGNATURE_ALGORITHM } from './tbs.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND

/** A draft waits for its commit, and clocks are wrong by minutes; a day off is no clock any more. */
const CLOCK_TOLERANCE = DAY

const MOST_HOSTS = 20
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'

/** One URI of this form. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
const URI_FORM: Readonly<Record<Exclude<AlternativeName, 'hosts'>, RegExp>> = {
  // https://www.rfc-editor.org/rfc/rfc9562#section-5.4: version 4, all random
  uuid: /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  service: new RegExp(`^urn:countersign:site:${LABEL}:service:${LABEL}$`),
  admin: /^urn:countersign:admin:[0-9a-f]{32}$/,
}

/**
 * What no certificate may ever be, whoever asks: the ceilings of its profile. The deciding side asks here before it
 * stores, the signer before it signs.
 * @param now epoch ms, of the asking side's own clock
 * @throws IdentityError profile-violation, name-invalid, key-unsupported, key-weak, der-malformed
 */
export function requireWithinProfile(kind: Kind, issuer: IssuerIdentity, parts: CertificateParts, now: number): void {
  const profile = PROFILES[kind.profile]
  if (!profile.signedBy.includes(issuer.issuer)) throw violation(`issuer ${issuer.issuer} does not sign this profile`)
  requireSubject(profile, issuer, parts)
  requireSerial(parts.serial)
  requireValidity(parts, profile.maxDays, issuer, now)
  requireAlternativeNames(profile.alternativeName, parts.alternativeNames)
  readPublicKey(parts.spki, profile.keys)
}

/**
 * What no list may ever be: another issuer's, without end, or of another time.
 * @throws IdentityError profile-violation
 */
export function requireListWithinBounds(issuer: IssuerIdentity, list: CertListHeader, now: number): void {
  const maxDays = LIST_MAX_DAYS[issuer.issuer]
  if (compareBytes(list.issuer, issuer.subject) !== 0) throw violation('the list names another issuer')
  if (compareBytes(list.authorityKeyIdentifier, issuer.keyIdentifier) !== 0)
    throw violation('the list names another key')
  if (list.signatureAlgorithm !== SIGNATURE_ALGORITHM) throw violation('the list names another signature algorithm')
  if (list.nextUpdate - list.thisUpdate > maxDays * DAY) throw violation(`the list is for more than ${maxDays} days`)
  if (Math.abs(list.thisUpdate - now) > CLOCK_TOLERANCE) throw violation('thisUpdate is more than a day from now')
}

/**
 * A self-signed certificate has the key and the name of its issuer, any other one neither.
 * https://www.rfc-editor.org/rfc/rfc5280#section-3.2
 */
function requireSubject({ selfSigned }: Profile, issuer: IssuerIdentity, { commonName, spki }: CertificateParts): void {
  const sameName = compareBytes(encodeCommonName(commonName), issuer.subject) === 0
  const sameKey = compareBytes(spki, issuer.spki) === 0
  if (sameName === selfSigned && sameKey === selfSigned) return
  throw violation(selfSigned ? 'a self-signed certificate names itself' : "its name or its key is the issuer's own")
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2 */
function requireSerial(serial: Uint8Array): void {
  const [first = 0] = serial
  if (serial.length === SERIAL_BYTES && first >= 0x40 && first <= 0x7f) return
  throw violation(`a serial has ${SERIAL_BYTES} octets, the first between 0x40 and 0x7f`)
}

/** Both ends are inclusive. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
function requireValidity(parts: CertificateParts, maxDays: number, issuer: IssuerIdentity, now: number): void {
  const { notBefore, notAfter } = parts
  if (notBefore % SECOND !== 0 || notAfter % SECOND !== 0) throw violation('times are whole seconds')
  if (notAfter < notBefore) throw violation('notAfter lies before notBefore')
  if (notAfter - notBefore + SECOND > maxDays * DAY) throw violation(`its lifetime is over ${maxDays} days`)
  if (notAfter > issuer.notAfter) throw violation(`it would outlive its issuer ${issuer.issuer}`)
  if (Math.abs(notBefore - now) > CLOCK_TOLERANCE) throw violation('notBefore is more than a day from now')
}

function requireAlternativeNames(form: AlternativeName | null, names: readonly GeneralName[]): void {
  if (form === null) {
    if (names.length > 0) throw violation('it has no alternative name')
  } else if (form === 'hosts') {
    if (names.length < 1 || names.length > MOST_HOSTS || !names.every(isHost)) {
      throw violation(`its alternative names are 1 to ${MOST_HOSTS} DNS names and IP addresses`)
    }
  } else if (names.length !== 1 || names[0]?.type !== 'uri' || !URI_FORM[form].test(names[0].value)) {
    throw violation('its alternative name is not of the form that its profile prescribes')
  }
}

/** An address spelled as a DNS name matches nothing and misleads. https://www.rfc-editor.org/rfc/rfc6125#section-1.7.2 */
function isHost({ type, value }: GeneralName): boolean {
  return type === 'ip' || (type === 'dns' && parseIp(value) === undefined)
}

function violation(what: string): IdentityError {
  return new IdentityError('profile-violation', `This certificate cannot be issued: ${what}.`)
}
