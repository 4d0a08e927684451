import { generateKeyPairSync, sign } from 'node:crypto'

/** A key that was made here, and the request for its certificate. */
export interface OwnRequest {
  /** PKCS#8, PEM */
  readonly key: string
  /** PKCS#10, DER */
  readonly request: Uint8Array
}

/** DER of what never differs: INTEGER 0, an empty Name, an empty [0]. https://www.rfc-editor.org/rfc/rfc2986#section-4.1 */
const VERSION = Uint8Array.of(0x02, 0x01, 0x00)
const NO_NAME = Uint8Array.of(0x30, 0x00)
const NO_ATTRIBUTES = Uint8Array.of(0xa0, 0x00)
/** SEQUENCE { ecdsa-with-SHA256 }. https://www.rfc-editor.org/rfc/rfc5758#section-3.2 */
const ECDSA_WITH_SHA256 = Uint8Array.from([0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])

const SEQUENCE = 0x30
const BIT_STRING = 0x03

/** Makes a P-256 key and a request signed by it. It names nobody: whose certificate it becomes, the service knows. */
export function makeOwnRequest(): OwnRequest {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const info = der(SEQUENCE, VERSION, NO_NAME, spki, NO_ATTRIBUTES)
  const signature = der(BIT_STRING, Uint8Array.of(0), sign('sha256', info, privateKey))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    request: der(SEQUENCE, info, ECDSA_WITH_SHA256, signature),
  }
}

/** Of up to 255 octets, which a request over P-256 never exceeds. */
function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents)
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Uint8Array.of(tag, ...length), content])
}
