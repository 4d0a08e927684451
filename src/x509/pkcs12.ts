import { type Der, element, explicit, implicit, integer, octetString, oid, sequence, setOf } from './der-writer.ts'
import * as OID from './oid.ts'
import { pbes2 } from './pbes2.ts'
import type { Pkcs12Cipher } from './pkcs12-cipher.ts'
import { bigEndianUtf16, pkcs12Mac } from './pkcs12-mac.ts'

/** What goes into the file. */
export interface Pkcs12Contents {
  /** a private key that may be wrapped (extractable); its bytes never pass through script */
  readonly key: CryptoKey
  /** DER: the leaf first, then its chain */
  readonly certificates: readonly Uint8Array[]
  /** the file is as strong as this; ASCII, since some systems fail at all else */
  readonly password: string
  /** the friendly name: what the importing system shows */
  readonly label: string
  /** rounds of PBKDF2 */
  readonly iterations?: number
}

const USUAL_ITERATIONS = 100_000
const PFX_VERSION = 3
const BMP_STRING = 0x1e

/**
 * Makes the file that takes a key with its certificates into browsers and systems: AES-256 throughout, with an HMAC.
 * https://www.rfc-editor.org/rfc/rfc7292#section-4
 * @returns PFX, DER
 */
export async function buildPkcs12(contents: Pkcs12Contents): Promise<Der> {
  const cipher = await pbes2(contents.password, contents.iterations ?? USUAL_ITERATIONS)
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
  return sequence(integer(PFX_VERSION), data(safe), await pkcs12Mac(contents.password, safe))
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
