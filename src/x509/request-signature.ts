import { IdentityError } from '../errors.ts'
import type { CertificationRequest } from './request.ts'
import { verifySignature } from './signature.ts'

/**
 * Proves that whoever made the request holds its key.
 * @throws IdentityError request-signature-invalid, key-unsupported, der-malformed
 */
export function verifyRequest(request: CertificationRequest): void {
  if (verifySignature(request.spki, request.signatureAlgorithm, request.info, request.signature)) return
  throw new IdentityError(
    'request-signature-invalid',
    'The request was not signed with the key that it holds. Make the request anew.',
  )
}
