import type { FastifyInstance } from 'fastify'
import { DELIVERY_METHODS } from '../../domain/security-event/security-stream.ts'
import { SSF_PATHS } from '../api/ssf-streams.ts'

/** Seconds. It changes with the service's addresses alone. */
const KEEP = 3_600

/**
 * `GET /.well-known/ssf-configuration`: where a receiver of security events finds what.
 * https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-7.1
 */
export function serveSsfConfiguration(
  app: FastifyInstance,
  { url, apiUrl }: { readonly url: string; readonly apiUrl: string },
): void {
  const configuration = JSON.stringify({
    spec_version: '1_0',
    issuer: url,
    jwks_uri: `${url}/.well-known/jwks.json`,
    delivery_methods_supported: Object.values(DELIVERY_METHODS),
    configuration_endpoint: apiUrl + SSF_PATHS.streams,
    status_endpoint: apiUrl + SSF_PATHS.status,
    verification_endpoint: apiUrl + SSF_PATHS.verify,
    // https://www.rfc-editor.org/rfc/rfc8705: the certificate of the handshake says whose stream it is
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:8705' }],
    // a stream is about everybody whom its site has signed in; there is nobody to add or to take away
    default_subjects: 'ALL',
  })
  app.get('/.well-known/ssf-configuration', async (_request, reply) =>
    reply.type('application/json').header('cache-control', `public, max-age=${KEEP}`).send(configuration),
  )
}
