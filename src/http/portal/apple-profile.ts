import { createHash, X509Certificate } from 'node:crypto'
import type { AppleIdentity } from '../../domain/enrollment/apple-profile.ts'
import { encodeBase64 } from '../../x509/base64.ts'
import { signCms } from '../../x509/cms.ts'
import { html, type Markup } from '../page.ts'
import type { ServerIdentity } from '../tls.ts'

/** What a profile is made of besides the person's own file. */
export interface AppleProfileParts {
  /** name of the service's host: whose profile it is */
  readonly host: string
  /** the authority's certificates, DER */
  readonly root: Uint8Array
  readonly issuer: Uint8Array
}

/** https://developer.apple.com/library/archive/featuredarticles/iPhoneConfigurationProfileRef/ */
export const APPLE_PROFILE_MEDIA_TYPE = 'application/x-apple-aspen-config'

/**
 * A configuration profile that brings in an identity file and the certificates above it. The password is not inside:
 * the device asks for it.
 * https://developer.apple.com/documentation/devicemanagement/certificatepkcs12
 * @returns a property list, XML
 */
export function renderAppleProfile({ fingerprint, label, file }: AppleIdentity, parts: AppleProfileParts): string {
  const { host, root, issuer } = parts
  const id = `${host.split('.').toReversed().join('.')}.countersign.${fingerprint.slice(0, 16)}`
  const payload = (type: string, name: string, content: Uint8Array): Markup => {
    const own = { PayloadType: type, PayloadDisplayName: name, ...identify(`${id}.${type}`) }
    return dictionary([...strings(own), ['PayloadContent', html`<data>${encodeBase64(content)}</data>`]])
  }
  const payloads = [
    payload('com.apple.security.root', `${host}: root`, root),
    payload('com.apple.security.pkcs1', `${host}: browsers`, issuer),
    payload('com.apple.security.pkcs12', label, file),
  ]
  const whole = { PayloadType: 'Configuration', PayloadDisplayName: label, PayloadOrganization: host, ...identify(id) }
  const profile = dictionary([...strings(whole), ['PayloadContent', html`<array>${payloads}</array>`]])
  return html`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">${profile}</plist>
`.text
}

/**
 * Signs it as the portal itself: with the certificate that the person's browser has just trusted for this very address.
 * No key of the authority is ever used for it.
 * @param identity of the portal's TLS
 * @param now epoch ms
 * @throws IdentityError signer-refused: the operator's own certificate has another key than RSA or ECDSA
 */
export function signAppleProfile(profile: string, { cert, key }: ServerIdentity, now: number): Uint8Array {
  const blocks = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const certificates = blocks.map((pem) => new Uint8Array(new X509Certificate(pem).raw))
  return signCms(Buffer.from(profile), { certificates, key }, now)
}

/** A payload's names. The same certificate makes the same profile, so that bringing it in twice leaves one. */
function identify(id: string) {
  return { PayloadIdentifier: id, PayloadUUID: uuidOf(id) }
}

/** https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest()
  hash[6] = (hash[6]! & 0x0f) | 0x80
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
    .join('-')
    .toUpperCase()
}

type Entry = readonly [key: string, value: Markup]

function strings(values: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(values).map(([key, value]) => [key, html`<string>${value}</string>`])
}

function dictionary(entries: readonly Entry[]): Markup {
  const version: Entry = ['PayloadVersion', html`<integer>1</integer>`]
  return html`<dict>${[...entries, version].map(([key, value]) => html`<key>${key}</key>${value}`)}</dict>`
}
