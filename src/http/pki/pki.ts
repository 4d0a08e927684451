import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { ISSUERS, type IssuerName } from '../../domain/certificate/certificate.ts'
import type { Store } from '../../domain/store.ts'
import { IdentityError } from '../../errors.ts'
import { createListener } from '../listener.ts'
import { KeptLists } from './kept-lists.ts'

export interface PkiOptions {
  readonly store: Pick<Store, 'revocationList' | 'revocationListNumber'>
  /** certificates of the issuers, DER */
  readonly issuers: Readonly<Record<IssuerName, { readonly der: Uint8Array }>>
  readonly log: FastifyBaseLogger
}

/**
 * Certificates and revocation lists of the issuers, for anyone, over plain HTTP: they are signed, and fetching them
 * over TLS would need themselves.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13
 */
export function createPki(options: PkiOptions): FastifyInstance {
  const app = createListener({ name: 'pki', tls: undefined, authorities: [], log: options.log })
  app.get<{ Params: { file: string } }>('/ca/:file', (request, reply) => {
    const issuer = issuerOf(request.params.file, '.cer')
    // https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1
    return reply
      .type('application/pkix-cert')
      .header('cache-control', 'public, max-age=86400')
      .send(Buffer.from(options.issuers[issuer].der))
  })
  const lists = new KeptLists(options.store)
  app.get<{ Params: { file: string } }>('/crl/:file', async (request, reply) => {
    const issuer = issuerOf(request.params.file, '.crl')
    const number = (await lists.number(issuer)) ?? notMadeYet(issuer)
    reply.header('cache-control', 'no-cache')
    if (isKnown(request.headers['if-none-match'], tagOf(issuer, number)))
      return reply.status(304).header('etag', tagOf(issuer, number)).send()
    const list = (await lists.list(issuer, number)) ?? notMadeYet(issuer)
    // https://www.rfc-editor.org/rfc/rfc2585#section-3
    return reply
      .type('application/pkix-crl')
      .header('last-modified', new Date(list.thisUpdate).toUTCString())
      .header('etag', tagOf(issuer, list.number))
      .send(Buffer.from(list.der.buffer, list.der.byteOffset, list.der.length))
  })
  return app
}

function issuerOf(file: string, suffix: string): IssuerName {
  const issuer = ISSUERS.find((name) => file === name + suffix)
  if (issuer) return issuer
  throw new IdentityError('not-found', `There are ${ISSUERS.map((name) => name + suffix).join(', ')} here.`)
}

function notMadeYet(issuer: IssuerName): never {
  throw new IdentityError(
    'not-found',
    `There is no revocation list of ${issuer} yet; it is made when the service starts.`,
  )
}

function tagOf(issuer: IssuerName, number: number): string {
  return `"${issuer}-${number}"`
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2: tags are compared weakly. */
function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  return ifNoneMatch?.split(',').some((known) => ['*', tag, `W/${tag}`].includes(known.trim())) ?? false
}
