import { verify } from 'node:crypto'
import { IdentityError } from '../src/errors.ts'
import { assembleCertList, encodeTbsCertList, type TbsCertListParts } from '../src/x509/crl.ts'
import { importPublicKey } from './authority.ts'
import { SIGNATURE_ALGORITHM } from './tbs.ts'

/** The two steps in the making of a list: what is to be signed, and the whole. */
export type ToPress =
  | { readonly kind: 'encode'; readonly parts: TbsCertListParts }
  | { readonly kind: 'finish'; readonly tbs: Uint8Array; readonly signature: Uint8Array; readonly spki: Uint8Array }

export type FromPress =
  | { readonly bytes: Uint8Array }
  | { readonly refused: { readonly code: 'profile-violation' | 'internal'; readonly message: string } }

/**
 * Does one step, wherever it is done.
 * @returns TBSCertList or CertificateList, DER
 * @throws IdentityError profile-violation: the signature is not the issuer's
 */
export function press(order: ToPress): Uint8Array {
  if (order.kind === 'encode') return encodeTbsCertList(order.parts)
  const { tbs, signature, spki } = order
  if (verify('sha256', tbs, importPublicKey(spki), signature)) {
    return assembleCertList(tbs, SIGNATURE_ALGORITHM, signature)
  }
  throw new IdentityError('profile-violation', "The list's signature is not that of its issuer.")
}
