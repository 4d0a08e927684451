/** The headers in which proxies write down what a browser has shown them, and how each is read. */
const SPELLINGS = {
  // one byte sequence: https://www.rfc-editor.org/rfc/rfc9440#section-2.1
  'client-cert': (value: string) => fromBase64(/^:([^:]*):$/.exec(value)?.[1]),
  // nginx and Apache: PEM in percent-encoding
  'x-ssl-client-cert': readEscapedPem,
  // Caddy and Traefik; of a list nobody knows who has joined it
  'x-forwarded-tls-client-cert': fromBase64,
} as const satisfies Readonly<Record<string, (value: string) => Uint8Array | undefined>>

/** How a proxy writes it. */
export type CertificateHeader = keyof typeof SPELLINGS

export const CERTIFICATE_HEADERS = Object.keys(SPELLINGS) as CertificateHeader[]

/**
 * The certificate that a proxy says its browser has shown.
 * @param rawHeaders names and values in turn, as they were sent: joined ones would hide that there were two
 * @returns the leaf's DER; undefined where there is none, or more than one, or what is none
 */
export function readForwarded(rawHeaders: readonly string[], header: CertificateHeader): Uint8Array | undefined {
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== header) continue
    // one of two may be the browser's own
    if (found !== undefined) return undefined
    found = rawHeaders[index + 1]!
  }
  return found === undefined ? undefined : SPELLINGS[header](found.trim())
}

const PEM = /^-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/

function readEscapedPem(value: string): Uint8Array | undefined {
  if (!URI.test(value)) return undefined
  return fromBase64(PEM.exec(decodeURIComponent(value))?.[1]?.replaceAll(/\s/g, ''))
}

/** In percent-encoding, of ASCII alone: anything else would throw. */
const URI = /^(?:[^%]|%[0-7][0-9A-Fa-f])*$/

const SEQUENCE = 0x30

/** Strictly: what two readers read differently is nobody's certificate. */
function fromBase64(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined
  const der = Buffer.from(text, 'base64')
  return der[0] === SEQUENCE && der.toString('base64') === text ? der : undefined
}
