import { type Der, integer, nullValue, octetString, oid, sequence } from './der-writer.ts'
import { SHA256 } from './oid.ts'

/** A Mac took a file with an 8-octet salt that it refused with 16. */
const SALT_BYTES = 8
/** Every round is a call of WebCrypto: more than these would be felt. The password carries the strength. */
const ROUNDS = 2048
/** https://www.rfc-editor.org/rfc/rfc7292#appendix-B.3: 3 makes a key for a MAC. */
const MAC_KEY = 3
/** the block of SHA-256, in octets */
const BLOCK = 64

/**
 * Guards the whole file with HMAC-SHA-256.
 * https://www.rfc-editor.org/rfc/rfc7292#section-4
 * @param safe AuthenticatedSafe, DER
 * @returns MacData, DER
 */
export async function pkcs12Mac(password: string, safe: Der): Promise<Der> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const secret = await deriveMacKey(password, salt)
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, safe))
  const digestInfo = sequence(sequence(oid(SHA256), nullValue()), octetString(mac))
  return sequence(digestInfo, octetString(salt), integer(ROUNDS))
}

/** Text as BMPStrings and the key derivation want it. https://www.rfc-editor.org/rfc/rfc7292#appendix-B.1 */
export function bigEndianUtf16(text: string): Der {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i))
  return bytes
}

/** https://www.rfc-editor.org/rfc/rfc7292#appendix-B.2, where one digest is as long as the key. */
async function deriveMacKey(password: string, salt: Der): Promise<ArrayBuffer> {
  const secret = filled(bigEndianUtf16(`${password}\0`))
  const input = new Uint8Array([...new Uint8Array(BLOCK).fill(MAC_KEY), ...filled(salt), ...secret])
  let key = await crypto.subtle.digest('SHA-256', input)
  for (let round = 1; round < ROUNDS; round++) key = await crypto.subtle.digest('SHA-256', key)
  return key
}

/** Repeats the bytes to a multiple of the block. */
function filled(bytes: Der): Der {
  return Uint8Array.from({ length: Math.ceil(bytes.length / BLOCK) * BLOCK }, (_, i) => bytes[i % bytes.length]!)
}
