import { encodePem } from '../../src/x509/pem.ts'
import { SAMPLE_ORDERS } from '../ca/issuance.ts'
import type { Cast } from '../http/handshake.ts'

/** The site's next API certificate with its chain, PEM, as the service would issue it. */
export async function certify({ issuer }: Pick<Cast, 'issuer'>, request: Uint8Array): Promise<string> {
  const reservation = issuer.draft({ ...SAMPLE_ORDERS.api, request }, Date.now())
  return encodePem('CERTIFICATE', await issuer.sign(reservation)) + issuer.chain('api')
}
