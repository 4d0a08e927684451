import { type Der, element, explicit, implicit, integer, octetString, oid, sequence, setOf } from './der-writer.ts'
import * as OID from './oid.ts'
import { pbeSha1 } from './pbe-sha1.ts'
import { pbes2 } from './pbes2.ts'
import type { Pkcs12Cipher } from './pkcs12-cipher.ts'
import { bigEndianUtf16, type Pkcs12Hash } from './pkcs12-kdf.ts'
import { pkcs12Mac } from './pkcs12-mac.ts'

/**
 * `new`: AES-256 and SHA-256, for Windows, Linux and Firefox. `old`: 3DES and SHA-1, for the many Macs, iPhones and
 * Androids that call every newer file's password wrong.
 */
export type Pkcs12Format = 'new' | 'old'

/** What goes into the file. */
export interface Pkcs12Contents {
  /** a private key that may be wrapped (extractable); in the new format its bytes never pass through script */
  readonly key: CryptoKey
  /** DER: the leaf first, then its chain */
  readonly certificates: readonly Uint8Array[]
  /** the file is as strong as this; ASCII, since some systems fail at all else */
  readonly password: string
  /** the friendly name: what the importing system shows */
  readonly label: string
  /** default: new */
  readonly format?: Pkcs12Format
  /** rounds of PBKDF2, in the new format */
  readonly iterations?: number
}

const USUAL_ITERATIONS = 100_000
const PFX_VERSION = 3
const BMP_STRING = 0x1e

interface Scheme {
  readonly hash: Pkcs12Hash
  cipher(password: string, iterations: number): Promise<Pkcs12Cipher>
}

const SCHEMES: Readonly<Record<Pkcs12Format, Scheme>> = {
  new: { hash: 'SHA-256', cipher: pbes2 },
  old: { hash: 'SHA-1', cipher: pbeSha1 },
}

/**
 * Makes the file that takes a key with its certificates into browsers and systems: encrypted throughout, with an HMAC.
 * https://www.rfc-editor.org/rfc/rfc7292#section-4
 * @returns PFX, DER
 */
export async function buildPkcs12(contents: Pkcs12Contents): Promise<Der> {
  const scheme = SCHEMES[contents.format ?? 'new']
  const cipher = await scheme.cipher(contents.password, contents.iterations ?? USUAL_ITERATIONS)
  const localKeyId = crypto.getRandomValues(new Uint8Array(16))
  const keyBag = bag(
    OID.SHROUDED_KEY_BAG,
    await cipher.wrapKey(contents.key),
    keyAttributes(contents.label, localKeyId),
  )
  const certificateBags = contents.certificates.map((certificate, i) =>
    bag(OID.CERTIFICATE_BAG, certificateValue(certificate), i === 0 ? keyAttributes(contents.label, localKeyId) : []),
  )
  const safe = sequence(await encryptedData(cipher, sequence(...certificateBags)), data(sequence(keyBag)))
  return sequence(integer(PFX_VERSION), data(safe), await pkcs12Mac(scheme.hash, contents.password, safe))
}

/** SafeBag. https://www.rfc-editor.org/rfc/rfc7292#section-4.2 */
function bag(type: string, value: Der, attributes: readonly Der[]): Der {
  return sequence(oid(type), explicit(0, value), ...(attributes.length > 0 ? [setOf(...attributes)] : []))
}

/** The name that is shown, and the mark by which key and leaf find each other. */
function keyAttributes(label: string, localKeyId: Uint8Array): Der[] {
  return [
    sequence(oid(OID.FRIENDLY_NAME), setOf(element(BMP_STRING, bigEndianUtf16(label)))),
    sequence(oid(OID.LOCAL_KEY_ID), setOf(octetString(localKeyId))),
  ]
}

function certificateValue(certificate: Uint8Array): Der {
  return sequence(oid(OID.X509_CERTIFICATE), explicit(0, octetString(certificate)))
}

/** ContentInfo in the clear. https://www.rfc-editor.org/rfc/rfc5652#section-4 */
function data(content: Der): Der {
  return sequence(oid(OID.CMS_DATA), explicit(0, octetString(content)))
}

/** ContentInfo, encrypted. https://www.rfc-editor.org/rfc/rfc5652#section-8 */
async function encryptedData(cipher: Pkcs12Cipher, content: Der): Promise<Der> {
  const { algorithm, ciphertext } = await cipher.encrypt(content)
  const encryptedContent = sequence(oid(OID.CMS_DATA), algorithm, implicit(0, octetString(ciphertext)))
  return sequence(oid(OID.CMS_ENCRYPTED_DATA), explicit(0, sequence(integer(0), encryptedContent)))
}
