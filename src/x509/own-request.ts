import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encodeName } from './name.ts'
import { COMMON_NAME } from './oid.ts'
import { assembleRequest, encodeRequestInfo } from './request.ts'

/** A key made here, and the request for its certificate. */
export interface OwnRequest {
  readonly key: KeyObject
  /** PKCS#10, DER */
  readonly request: Uint8Array
}

/** Makes a P-256 key in this process and a request signed by it. Its name is only a placeholder: profiles set their own. */
export function makeOwnRequest(): OwnRequest {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const info = encodeRequestInfo({ subject: encodeName([{ type: COMMON_NAME, value: 'Countersign' }]), spki })
  return { key: privateKey, request: assembleRequest(info, 'ecdsa-sha256', sign('sha256', info, privateKey)) }
}
