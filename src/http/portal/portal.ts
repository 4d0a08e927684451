import { type Static, Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Enrolled, Enrollment } from '../../domain/enrollment.ts'
import { IdentityError } from '../../errors.ts'
import { decodeBase64 } from '../../x509/base64.ts'
import { encodePem } from '../../x509/pem.ts'
import { createListener } from '../listener.ts'
import { frameFor, type PageAssets } from '../page.ts'
import { commonAssets, serveAssets } from '../page-assets.ts'
import { addPageHeaders, prefersHtml } from '../page-headers.ts'
import { renderProblemPage } from '../page-problem.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { type ServerIdentity, tlsOptions } from '../tls.ts'
import { enrollScript } from './assets.ts'
import { renderEnrollmentPage, renderWelcomePage } from './enrollment-page.ts'
import { qrPath } from './qr-path.ts'

export interface PortalOptions {
  /** the public address */
  readonly url: string
  readonly identity: ServerIdentity
  readonly enrollment: Enrollment
  readonly log: FastifyBaseLogger
}

/** What the enrollment page needs beyond a plain one: its script, its one request, and nobody writing markup into it. */
const SCRIPTED = {
  'script-src': "'self'",
  'connect-src': "'self'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
} as const

/** People without a certificate: enrollment. No certificate is asked for here. */
export async function createPortal(options: PortalOptions): Promise<FastifyInstance> {
  const { stylesheet, icon } = commonAssets()
  const script = await enrollScript()
  const plain = { stylesheet: stylesheet.address, icon: icon.address }
  const pages: Pages = { ...options, plain, scripted: { ...plain, script: script.address } }
  const app = createListener({
    name: 'portal',
    tls: tlsOptions(options.identity, undefined),
    authorities: [options.url],
    log: options.log,
    renderProblem: (problem, request) =>
      prefersHtml(request.headers.accept) ? renderProblemPage(problem, frameFor(request, plain)) : undefined,
  })
  addPageHeaders(app, options.url, SCRIPTED)
  app.addHook('onRequest', requireSameOrigin(new URL(options.url).origin))
  serveAssets(app, [stylesheet, icon, script, ...script.parts])
  for (const { method, address, schema, handler } of PORTAL_ROUTES) {
    app.route<InvitationRoute>({
      method,
      url: address,
      schema,
      handler: (request, reply) => handler(pages, request, reply),
    })
  }
  return app
}

interface Pages {
  readonly enrollment: Enrollment
  readonly plain: PageAssets
  readonly scripted: PageAssets
}

/** A longer request is none; its own limits are the domain's. */
const MAX_REQUEST_CHARS = 24_576
const MAX_LABEL_UNITS = 4_096

const ApplicationSchema = Type.Object(
  {
    label: Type.String({ maxLength: MAX_LABEL_UNITS, description: 'the name of the device' }),
    request: Type.String({ maxLength: MAX_REQUEST_CHARS, description: 'PKCS#10, base64 of the DER' }),
  },
  { additionalProperties: false },
)

type InvitationRoute = { Params: { token: string }; Body: Static<typeof ApplicationSchema> }
type InvitationRequest = FastifyRequest<InvitationRoute>

/** Every address of this listener but its assets. */
export const PORTAL_ROUTES = [
  { method: 'GET', address: '/', schema: {}, handler: welcome },
  { method: 'GET', address: '/enroll/:token', schema: {}, handler: look },
  { method: 'POST', address: '/enroll/:token', schema: { body: ApplicationSchema }, handler: enroll },
] as const

async function welcome({ plain }: Pages, request: InvitationRequest, reply: FastifyReply): Promise<FastifyReply> {
  return sendPage(reply, renderWelcomePage(frameFor(request, plain)))
}

/** Looking uses nothing up: mail scanners and link previews look too. */
async function look(
  { enrollment, scripted }: Pages,
  request: InvitationRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { label } = await enrollment.look(request.params.token)
  return sendPage(reply, renderEnrollmentPage(label, frameFor(request, scripted)))
}

async function enroll({ enrollment }: Pages, request: InvitationRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { label, request: base64 } = request.body
  const enrolled = await enrollment.accept({ token: request.params.token, label, request: readBase64(base64) })
  return reply.status(201).send(describe(enrolled))
}

function describe({ certificate, chain, label, totp, recoveryCodes }: Enrolled) {
  return {
    certificate: encodePem('CERTIFICATE', certificate),
    chain,
    label,
    totp: totp && { ...totp, qr: qrPath(totp.uri) },
    recovery_codes: recoveryCodes,
  }
}

/** @throws IdentityError request-malformed */
function readBase64(text: string): Uint8Array {
  const bytes = decodeBase64(text)
  if (bytes) return bytes
  throw new IdentityError(
    'request-malformed',
    'The request is not base64. Send the PKCS#10 request as base64 of its DER.',
  )
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page)
}
