import { type Static, Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import type { Actor } from '../../domain/audit/audit.ts'
import {
  type CertificateRecord,
  REVOCATION_REASONS,
  type RevocationReason,
} from '../../domain/certificate/certificate.ts'
import type { Issuance } from '../../domain/certificate/issuance.ts'
import type { Revocation } from '../../domain/certificate/revocation.ts'
import type { Clock } from '../../domain/clock.ts'
import { requireFingerprint } from '../../domain/hex.ts'
import { checkName, type SiteRegistry } from '../../domain/site/site-registry.ts'
import type { Store } from '../../domain/store.ts'
import { IdentityError } from '../../errors.ts'
import { encodePem } from '../../x509/pem.ts'
import { createListener } from '../listener.ts'
import { peerFingerprint } from '../peer.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { type PeerPolicy, type ServerIdentity, tlsOptions } from '../tls.ts'
import { RefusalNotes } from './refusal-notes.ts'

export interface AdminOptions {
  readonly url: string
  readonly identity: ServerIdentity
  readonly peers: PeerPolicy
  readonly store: Pick<Store, 'certificate' | 'run'>
  readonly issuance: Issuance
  readonly revocation: Revocation
  readonly sites: SiteRegistry
  readonly clock: Clock
  readonly log: FastifyBaseLogger
}

/** The operator's listener: what `countersign cert …` does, over mutual TLS with an admin certificate. */
export function createAdmin(options: AdminOptions): FastifyInstance {
  const app = createListener({
    name: 'admin',
    tls: tlsOptions(options.identity, options.peers),
    authorities: [options.url],
    log: options.log,
  })
  // An operator's browser adds the certificate to whatever another site makes it send.
  app.addHook('onRequest', requireSameOrigin(new URL(options.url).origin))
  const operators = new WeakMap<FastifyRequest, Actor>()
  const notes = new RefusalNotes(options.store, options.clock)
  app.addHook('onRequest', async (request) => {
    operators.set(request, await requireOperator(options, notes, request))
  })
  const operator = (request: FastifyRequest): Actor => operators.get(request) ?? refused()

  app.post<{ Body: Static<typeof IssueSchema> }>(
    '/v1/certificates',
    { schema: { body: IssueSchema } },
    async (request, reply) => {
      const { site: siteName, service, request: csr } = request.body
      const site = await options.sites.named(siteName)
      const issued = await options.issuance.issue({
        actor: operator(request),
        order: {
          profile: 'api',
          request: Buffer.from(csr, 'base64'),
          label: `${site.name} ${checkName(service, 'service')}`.slice(0, 64),
          binding: { subscriberId: null, deviceId: null, siteId: site.id, service },
          site: site.name,
        },
      })
      return reply.status(201).send({
        fingerprint: issued.fingerprint,
        not_after: new Date(issued.notAfter).toISOString(),
        certificate: encodePem('CERTIFICATE', issued.der),
      })
    },
  )

  app.get<Named>('/v1/certificates/:fingerprint', async (request) => describe(await named(options, request)))

  app.post<Named & { Body: Static<typeof RevokeSchema> | undefined }>(
    '/v1/certificates/:fingerprint/revoke',
    { schema: { body: RevokeSchema }, preValidation: noBodyIsNoReason },
    async (request) => {
      await options.revocation.revoke(
        operator(request),
        request.params.fingerprint,
        request.body?.reason ?? 'unspecified',
      )
      return describe(await named(options, request))
    },
  )
  app.post<Named>('/v1/certificates/:fingerprint/hold', async (request) => {
    await options.revocation.hold(operator(request), request.params.fingerprint)
    return describe(await named(options, request))
  })
  app.post<Named>('/v1/certificates/:fingerprint/release', async (request) => {
    await options.revocation.release(operator(request), request.params.fingerprint)
    return describe(await named(options, request))
  })
  return app
}

/** As on the shell, a reason need not be given. */
async function noBodyIsNoReason(request: { body?: unknown }): Promise<void> {
  request.body ??= {}
}

type Named = { Params: { fingerprint: string } }

const IssueSchema = Type.Object(
  {
    site: Type.String({ maxLength: 63 }),
    service: Type.String({ maxLength: 63 }),
    request: Type.String({ maxLength: 32_768, description: 'PKCS#10, base64 of the DER' }),
  },
  { additionalProperties: false },
)

const reasons = Object.keys(REVOCATION_REASONS) as RevocationReason[]
const RevokeSchema = Type.Object(
  { reason: Type.Optional(Type.Unsafe<RevocationReason>(Type.Union(reasons.map((reason) => Type.Literal(reason))))) },
  { additionalProperties: false },
)

/**
 * Judges the operator's certificate from the store, at this request.
 * @throws IdentityError caller-refused, which is audited
 */
async function requireOperator(
  { store, clock }: AdminOptions,
  notes: RefusalNotes,
  request: FastifyRequest,
): Promise<Actor> {
  const fingerprint = peerFingerprint(request.raw.socket)
  const record = fingerprint === undefined ? undefined : await store.certificate(fingerprint)
  if (record && isOperator(record, clock.now())) return `operator:${record.fingerprint}`
  await notes.note(fingerprint, request.routeOptions.url ?? '')
  return refused()
}

function isOperator({ profile, status, notBefore, notAfter }: CertificateRecord, now: number): boolean {
  return profile === 'admin' && status === 'active' && now >= notBefore && now <= notAfter
}

function refused(): never {
  throw new IdentityError(
    'caller-refused',
    'Your admin certificate is revoked, held, expired or unknown here. Issue a new one with `countersign cert issue --profile admin`.',
  )
}

async function named(options: AdminOptions, request: FastifyRequest<Named>): Promise<CertificateRecord> {
  const record = await options.store.certificate(requireFingerprint(request.params.fingerprint))
  if (record) return record
  throw new IdentityError('certificate-unknown', 'No certificate here has this fingerprint.')
}

function describe(record: CertificateRecord) {
  return {
    fingerprint: record.fingerprint,
    profile: record.profile,
    label: record.label,
    status: record.status,
    reason: record.reason,
    revoked_at: record.revokedAt === null ? null : new Date(record.revokedAt).toISOString(),
    not_after: new Date(record.notAfter).toISOString(),
  }
}
