import { type Der, integer, nullValue, octetString, oid, sequence } from './der-writer.ts'
import { SHA1, SHA256 } from './oid.ts'
import { derivePkcs12, type Pkcs12Hash, PURPOSE } from './pkcs12-kdf.ts'

/** A Mac took a file with an 8-octet salt that it refused with 16. */
const SALT_BYTES = 8
/** Every round is a call of WebCrypto: more than these would be felt. The password carries the strength. */
const ROUNDS = 2048

/** The key is as long as the digest. */
const HASHES = {
  'SHA-1': { oid: SHA1, length: 20 },
  'SHA-256': { oid: SHA256, length: 32 },
} as const satisfies Record<Pkcs12Hash, { readonly oid: string; readonly length: number }>

/**
 * Guards the whole file with an HMAC.
 * https://www.rfc-editor.org/rfc/rfc7292#section-4
 * @param safe AuthenticatedSafe, DER
 * @returns MacData, DER
 */
export async function pkcs12Mac(hash: Pkcs12Hash, password: string, safe: Der): Promise<Der> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const { oid: algorithm, length } = HASHES[hash]
  const secret = await derivePkcs12({ hash, purpose: PURPOSE.mac, password, salt, rounds: ROUNDS, length })
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, safe))
  const digestInfo = sequence(sequence(oid(algorithm), nullValue()), octetString(mac))
  return sequence(digestInfo, octetString(salt), integer(ROUNDS))
}
