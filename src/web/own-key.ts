import { encodeBase64 } from '../x509/base64.ts'
import { integer, sequence } from '../x509/der-writer.ts'
import { assembleRequest, encodeRequestInfo } from '../x509/request.ts'

/** A key that was made in this page, and the request for its certificate. */
export interface OwnKey {
  /** extractable, since it leaves the page in its owner's encrypted file; by nothing else */
  readonly privateKey: CryptoKey
  /** PKCS#10, base64 of the DER: all that is ever sent */
  readonly request: string
}

/** P-256: the only curve that every browser, system and authority takes. */
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

/** The profile sets all names, so the request has none. */
const NO_NAME = sequence()

/** Makes a key and signs a request with it. */
export async function makeOwnKey(): Promise<OwnKey> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
  const info = encodeRequestInfo({ subject: NO_NAME, spki })
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNATURE, privateKey, info))
  return { privateKey, request: encodeBase64(assembleRequest(info, 'ecdsa-sha256', encodeSignature(signature))) }
}

/**
 * WebCrypto puts r and s side by side; X.509 wants a SEQUENCE of two integers.
 * https://www.w3.org/TR/WebCryptoAPI/#ecdsa-operations
 * https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3
 */
function encodeSignature(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  return sequence(integer(signature.subarray(0, half)), integer(signature.subarray(half)))
}
