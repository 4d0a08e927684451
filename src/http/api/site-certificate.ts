import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asker } from '../../domain/site/asker.ts'
import { type RenewedCertificate, renewalDue, type ServiceRenewal } from '../../domain/site/service-renewal.ts'
import { IdentityError } from '../../errors.ts'
import { decodeBase64 } from '../../x509/base64.ts'
import { decodePem, encodePem } from '../../x509/pem.ts'
import { iso } from './rendering.ts'
import { ProblemSchema } from './schemas.ts'

/** The renewal behind `POST /v1/site/certificate`. */
export type SiteCertificateAnswer = (request: FastifyRequest<{ Body: Buffer }>, reply: FastifyReply) => Promise<string>

/** https://www.rfc-editor.org/rfc/rfc5967#section-4.1 */
const REQUEST_MEDIA_TYPE = 'application/pkcs10'
/** https://www.rfc-editor.org/rfc/rfc8555#section-9.1 */
const CHAIN_MEDIA_TYPE = 'application/pem-certificate-chain'

const RenewedSchema = Type.Object({
  certificate: Type.String({ description: 'PEM: the leaf and its issuer' }),
  fingerprint: Type.String(),
  not_after: Type.String({ format: 'date-time' }),
  renew_at: Type.String({ format: 'date-time' }),
})

const PROBLEMS = {
  400: { ...ProblemSchema, description: 'The request cannot be read, or its key is not taken.' },
  403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
  409: { ...ProblemSchema, description: 'The key was certified before.' },
  429: { ...ProblemSchema, description: 'It was renewed too often.' },
  503: { ...ProblemSchema, description: 'The store or the signer does not answer. Try again later.' },
}

/** Declared with its schema, so that the router and the documents read the same. */
export function siteCertificateRoute(scope: FastifyInstance, answer: SiteCertificateAnswer): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(REQUEST_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  // the body is bytes; what they mean is read by the handler
  scope.setValidatorCompiler(() => () => true)
  scope.post('/v1/site/certificate', {
    schema: {
      summary: 'Renew your own API certificate, with a fresh key; your present one goes on for a week',
      consumes: [REQUEST_MEDIA_TYPE],
      body: Type.String({ description: 'PKCS#10: DER, base64 of it, or PEM. Nothing of it is heard but its key.' }),
      response: {
        200: {
          description: 'The certificate with its issuer.',
          content: {
            [CHAIN_MEDIA_TYPE]: { schema: Type.String() },
            'application/json': { schema: RenewedSchema },
          },
        },
        ...PROBLEMS,
      },
    },
    // what is sent is a text already, in either form
    serializerCompiler: () => (text) => text as string,
    handler: answer as SiteCertificateAnswer & ((request: FastifyRequest, reply: FastifyReply) => Promise<string>),
  })
}

/** @param judge the calling service, judged by the same rule as at a verdict */
export function renewCertificate(
  renewal: ServiceRenewal,
  judge: (request: FastifyRequest) => Promise<Asker>,
): SiteCertificateAnswer {
  return async (request, reply) => {
    const asker = await judge(request)
    const renewed = await renewal.renew(asker, readRequest(request.body))
    const certificate = encodePem('CERTIFICATE', renewed.der) + renewed.chain
    if (!wantsJson(request)) return reply.type(CHAIN_MEDIA_TYPE).send(certificate)
    return reply.type('application/json').send(JSON.stringify(describe(renewed, certificate)))
  }
}

/** As openssl writes it, as EST carries it, or bare. */
function readRequest(body: Buffer | undefined): Uint8Array {
  if (body?.[0] === 0x30) return body
  const text = (body ?? Buffer.alloc(0)).toString('latin1').trim()
  if (text.startsWith('-----BEGIN')) return decodePem(text, 'CERTIFICATE REQUEST')
  const der = decodeBase64(text.replaceAll(/[\r\n]/g, ''))
  if (!der || der.length === 0)
    throw new IdentityError('request-malformed', 'The body is no PKCS#10 request: send its DER, base64 of it, or PEM.')
  return der
}

function wantsJson({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('application/json') === true
}

function describe(renewed: RenewedCertificate, certificate: string): Static<typeof RenewedSchema> {
  return {
    certificate,
    fingerprint: renewed.fingerprint,
    not_after: iso(renewed.notAfter),
    renew_at: iso(renewalDue(renewed)),
  }
}
