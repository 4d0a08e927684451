import { X509Certificate } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import { decodeBase64 } from '../../x509/base64.ts'
import { decodePem } from '../../x509/pem.ts'

/** How proxies write down the certificate that a browser has shown them: a header each, and how its value is read. */
const SPELLINGS: Readonly<Record<string, ((value: string) => Uint8Array) | undefined>> = {
  'client-cert': readByteSequence,
  'x-ssl-client-cert': readEscapedPem,
  'x-forwarded-tls-client-cert': readBase64Chain,
  'x-forwarded-client-cert': readEnvoyElement,
}

export function isCertificateHeader(name: string): boolean {
  return Object.hasOwn(SPELLINGS, name.toLowerCase())
}

/**
 * The certificate that a proxy says its browser has shown.
 * @param rawHeaders names and values in turn, as they were sent: joined ones would hide that there were two
 * @param only the one header that the proxy writes; undefined: it does not say. A proxy that saw no certificate may send
 *   nothing by its own name, and hand on what the browser sent by another
 * @returns the leaf's DER; null where the proxy saw none: no such header, or an empty one
 * @throws IdentityError query-invalid (more than one such header, or another one: it may be the browser's own),
 *   certificate-malformed, pem-malformed
 */
export function readForwardedCertificate(rawHeaders: readonly string[], only?: string): Uint8Array | null {
  const [first, ...more] = certificateHeaders(rawHeaders)
  if (!first) return null
  if (more.length > 0 || (only !== undefined && first[2] !== only.toLowerCase())) {
    throw new IdentityError(
      'query-invalid',
      `Send the certificate in exactly one header, of ${Object.keys(SPELLINGS).join(', ')}. Remove whatever the browser itself sent by these names.`,
    )
  }
  const [read, value] = first
  return value === '' ? null : read(value)
}

function certificateHeaders(rawHeaders: readonly string[]) {
  const found: (readonly [read: (value: string) => Uint8Array, value: string, name: string])[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase()
    const read = Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name] : undefined
    if (read) found.push([read, rawHeaders[index + 1]!.trim(), name])
  }
  return found
}

/**
 * One byte sequence without parameters.
 * https://www.rfc-editor.org/rfc/rfc9440#section-2.1
 */
function readByteSequence(value: string): Uint8Array {
  const [, base64 = ''] = /^:([A-Za-z0-9+/=]*):$/.exec(value) ?? []
  return readBase64(base64)
}

/** nginx and Apache: PEM in percent-encoding. */
function readEscapedPem(value: string): Uint8Array {
  try {
    return decodePem(decodeURIComponent(value), 'CERTIFICATE')
  } catch (error) {
    throw error instanceof URIError ? malformed() : error
  }
}

/**
 * Caddy and Traefik: base64 of the DER. Traefik lists all that the browser has shown, leaf first. A list may also be two
 * headers that somebody joined, the first of them forged: so each must have been signed by the one behind it.
 */
function readBase64Chain(value: string): Uint8Array {
  const texts = value.split(',')
  if (texts.length > MOST_IN_A_CHAIN) throw malformed()
  const [leaf, ...issuers] = texts.map((text) => readBase64(text.trim()))
  if (!leaf) throw malformed()
  let below = leaf
  for (const issuer of issuers) {
    if (!isSignedBy(below, issuer)) throw malformed()
    below = issuer
  }
  return leaf
}

const MOST_IN_A_CHAIN = 6

function isSignedBy(der: Uint8Array, issuer: Uint8Array): boolean {
  try {
    const [signed, signer] = [new X509Certificate(der), new X509Certificate(issuer)]
    return signer.ca && signed.checkIssued(signer) && signed.verify(signer.publicKey)
  } catch {
    return false
  }
}

/** Envoy: fields in one element, of which `Cert` is PEM in percent-encoding. A second element would be another proxy's. */
const ENVOY_FIELD = /^([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^";,]*))(?:;|$)/

function readEnvoyElement(value: string): Uint8Array {
  const found: string[] = []
  let rest = value
  while (rest !== '') {
    const [whole, name, quoted, bare] = ENVOY_FIELD.exec(rest) ?? []
    if (whole === undefined || name === undefined) throw malformed()
    if (name.toLowerCase() === 'cert') found.push(quoted ?? bare ?? '')
    rest = rest.slice(whole.length)
  }
  const [pem, ...more] = found
  if (pem === undefined || more.length > 0) throw malformed()
  return readEscapedPem(pem)
}

function readBase64(text: string): Uint8Array {
  const der = decodeBase64(text)
  if (!der || der.length === 0) throw malformed()
  return der
}

function malformed(): IdentityError {
  return new IdentityError(
    'certificate-malformed',
    'The header with the certificate is not spelled as docs/SITES.md spells it. Send the leaf that the handshake proved.',
  )
}
