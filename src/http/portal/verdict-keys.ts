import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../domain/clock.ts'
import type { VerdictKeys } from '../../domain/verdict/verdict-keys.ts'

/** https://www.rfc-editor.org/rfc/rfc7517#section-8.5.2 */
const JWK_SET_MEDIA_TYPE = 'application/jwk-set+json'

/** Seconds. A key is published for weeks before it signs, so who asks once an hour never meets an unknown one. */
const KEEP = 3_600

/** `GET /.well-known/jwks.json`: the public keys of signed verdicts, for whoever reads one. */
export function serveVerdictKeys(app: FastifyInstance, keys: VerdictKeys, clock: Clock): void {
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply
      .type(JWK_SET_MEDIA_TYPE)
      .header('cache-control', `public, max-age=${KEEP}`)
      .send(JSON.stringify({ keys: keys.published(clock.now()) })),
  )
}
