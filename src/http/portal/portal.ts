import { type Static, Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AnotherDevice } from '../../domain/account/another-device.ts'
import type { Clock } from '../../domain/clock.ts'
import type { AppleProfiles } from '../../domain/enrollment/apple-profile.ts'
import type { Enrolled, Enrollment } from '../../domain/enrollment/enrollment.ts'
import type { Introductions } from '../../domain/enrollment/introduction.ts'
import { PLATFORMS } from '../../domain/enrollment/platform.ts'
import type { Policy } from '../../domain/policy.ts'
import { MAX_RETURN_ADDRESS_CHARS } from '../../domain/site/return-address.ts'
import type { VerdictKeys } from '../../domain/verdict/verdict-keys.ts'
import { IdentityError } from '../../errors.ts'
import { decodeBase64 } from '../../x509/base64.ts'
import { encodePem } from '../../x509/pem.ts'
import { fingerprint } from '../../x509/thumbprint.ts'
import { checkPath } from '../check-query.ts'
import { createListener } from '../listener.ts'
import { frameFor, type PageAssets } from '../page.ts'
import { commonAssets, serveAssets } from '../page-assets.ts'
import { addPageHeaders, contentSecurityPolicy, prefersHtml, SCRIPTED_PAGE, sendPage } from '../page-headers.ts'
import { renderProblemPage, wayToStart } from '../page-problem.ts'
import { qrPath } from '../qr-path.ts'
import { requireOwnPage, requireSameOrigin } from '../same-origin.ts'
import { type ServerIdentity, tlsOptions } from '../tls.ts'
import { APPLE_PROFILE_MEDIA_TYPE, renderAppleProfile, signAppleProfile } from './apple-profile.ts'
import { enrollScript } from './assets.ts'
import { markOf } from './browser-cookie.ts'
import { renderEnrollmentPage, renderIntroductionPage, renderWelcomePage } from './enrollment-page.ts'
import { addPairing, PAIRING_ROUTES } from './pairing.ts'
import { serveSsfConfiguration } from './ssf-configuration.ts'
import { serveVerdictKeys } from './verdict-keys.ts'

export interface PortalOptions {
  /** the public address */
  readonly url: string
  readonly identity: ServerIdentity
  /** the identity as it is now, after renewals: it signs profiles */
  readonly currentIdentity: () => ServerIdentity
  /** the public address of the listener where a browser shows its certificate */
  readonly signonUrl: string
  readonly enrollment: Enrollment
  readonly appleProfiles: AppleProfiles
  /** the other device's side of adding it */
  readonly pairing: Pick<AnotherDevice, 'claim' | 'wait'>
  readonly introductions: Pick<Introductions, 'read'>
  /** the certificates above a person's, DER */
  readonly issuers: Readonly<Record<'root' | 'browser', { readonly der: Uint8Array }>>
  readonly policy: Pick<Policy, 'enrollment'>
  /** under which verdicts are signed: their public halves are published here */
  readonly verdictKeys: VerdictKeys
  /** the public address of the listener where sites have their streams of security events */
  readonly apiUrl: string
  readonly clock: Clock
  readonly log: FastifyBaseLogger
}

/** No form of these pages is ever sent by the browser itself: the script sends its own requests. */
const PAGE_POLICY = { ...SCRIPTED_PAGE, 'form-action': "'none'" } as const

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
    renderProblem: (problem, request) => {
      if (!prefersHtml(request.headers.accept)) return undefined
      const frame = frameFor(request, plain)
      return renderProblemPage(problem, frame, wayToStart('', frame.language))
    },
  })
  addPageHeaders(app, options.url, PAGE_POLICY)
  app.addHook('onRequest', requireSameOrigin(new URL(options.url).origin))
  serveVerdictKeys(app, options.verdictKeys, options.clock)
  serveSsfConfiguration(app, options)
  serveAssets(app, [stylesheet, icon, script, ...script.parts])
  for (const { method, address, schema, handler } of INVITATION_ROUTES) {
    app.route<PortalRoute>({
      method,
      url: address,
      schema,
      handler: (request, reply) => handler(pages, request, reply),
    })
  }
  addPairing(app, pages)
  return app
}

interface Pages extends PortalOptions {
  readonly plain: PageAssets
  readonly scripted: PageAssets
}

/** A longer request is none; its own limits are the domain's. */
const MAX_REQUEST_CHARS = 24_576
const MAX_LABEL_UNITS = 4_096
const MAX_PASSKEY_CHARS = 16_384
const MAX_PASSWORD_UNITS = 4_096
const MAX_DIGESTS = 64
const MAX_DIGEST_CHARS = 128

const ApplicationSchema = Type.Object(
  {
    label: Type.String({ maxLength: MAX_LABEL_UNITS, description: 'the name of the device' }),
    request: Type.String({ maxLength: MAX_REQUEST_CHARS, description: 'PKCS#10, base64 of the DER' }),
    platform: Type.Optional(Type.Union(PLATFORMS.map((name) => Type.Literal(name)))),
    passkey: Type.Optional(Type.String({ maxLength: MAX_PASSKEY_CHARS, description: 'RegistrationResponseJSON' })),
    password: Type.Optional(Type.String({ maxLength: MAX_PASSWORD_UNITS })),
    recovery_digests: Type.Optional(
      Type.Array(Type.String({ maxLength: MAX_DIGEST_CHARS }), {
        maxItems: MAX_DIGESTS,
        description: 'of the recovery codes that the page has drawn; see docs/SITES.md, section 3',
      }),
    ),
  },
  { additionalProperties: false },
)

const PasskeyOrderSchema = Type.Object(
  { label: Type.String({ maxLength: MAX_LABEL_UNITS }) },
  { additionalProperties: false },
)

/** Sealed texts of ours; what they may hold is the domain's. */
const MAX_SEALED_CHARS = 12_288

const ProfileOrderSchema = Type.Object(
  {
    permit: Type.String({ maxLength: MAX_SEALED_CHARS, description: 'what came with the certificate' }),
    file: Type.String({ maxLength: MAX_SEALED_CHARS, description: 'PKCS#12, base64 of the DER, encrypted' }),
  },
  { additionalProperties: false },
)

const ProfileAddressSchema = Type.Object({ handle: Type.String({ maxLength: MAX_SEALED_CHARS }) })

const InvitationAddressSchema = Type.Object({
  shown: Type.Optional(Type.String({ maxLength: MAX_SEALED_CHARS, description: 'the note of `signon`' })),
  return_to: Type.Optional(Type.String({ maxLength: MAX_RETURN_ADDRESS_CHARS })),
})

type PortalRoute = {
  Params: { token: string }
  Querystring: Static<typeof ProfileAddressSchema> & Static<typeof InvitationAddressSchema>
  Body: Static<typeof ApplicationSchema> & Static<typeof ProfileOrderSchema>
}
type PortalRequest = FastifyRequest<PortalRoute>

const INVITATION_ROUTES = [
  { method: 'GET', address: '/', schema: {}, handler: welcome },
  { method: 'GET', address: '/enroll/:token', schema: { querystring: InvitationAddressSchema }, handler: look },
  { method: 'POST', address: '/enroll/:token', schema: { body: ApplicationSchema }, handler: enroll },
  { method: 'POST', address: '/enroll/:token/passkey', schema: { body: PasskeyOrderSchema }, handler: offerPasskey },
  { method: 'POST', address: '/enroll', schema: {}, handler: inviteYourself },
  { method: 'POST', address: '/apple-profile', schema: { body: ProfileOrderSchema }, handler: offerProfile },
  { method: 'GET', address: '/apple-profile', schema: { querystring: ProfileAddressSchema }, handler: sendProfile },
] as const

/** Every address of this listener but its assets. */
export const PORTAL_ROUTES = [...INVITATION_ROUTES, ...PAIRING_ROUTES] as const

async function welcome(
  { plain, policy, signonUrl }: Pages,
  request: PortalRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const open = policy.enrollment === 'open'
  if (open) reply.header('content-security-policy', contentSecurityPolicy())
  return sendPage(reply, renderWelcomePage({ open, signonUrl }, frameFor(request, plain)))
}

/** Where everybody may come, whoever comes invites himself. */
async function inviteYourself(
  { enrollment }: Pages,
  request: PortalRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { token } = await enrollment.inviteYourself(request.ip)
  return reply.redirect(`/enroll/${token}`, 303)
}

/**
 * Looking uses nothing up: mail scanners and link previews look too. A browser goes by way of `signon`, which sees whose
 * certificate it has; whose note is no good is led there by his own click, so that nothing goes round by itself. A note is
 * good in the browser that was sent for it: whoever sent the link could have put another into it, which tells of nobody.
 */
async function look(pages: Pages, request: PortalRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { enrollment, introductions, signonUrl, scripted, plain } = pages
  const { token } = request.params
  const invitation = await enrollment.look(token)
  const { shown, return_to: returnTo } = request.query
  // Where it leads is judged at the end of the check: only an address that a site registered is ever gone to.
  const { digest: browser, setCookie } = markOf(request.headers.cookie)
  const asking = new URLSearchParams({ browser, ...(returnTo !== undefined && { return_to: returnTo }) })
  const introduce = `${signonUrl}/introduce/${token}?${asking}`
  if (setCookie !== undefined) reply.header('set-cookie', setCookie)
  if (shown === undefined && prefersHtml(request.headers.accept)) return reply.redirect(introduce, 303)
  const introduction = shown === undefined ? { owner: null } : introductions.read(shown, { token, browser })
  return sendPage(
    reply,
    introduction
      ? renderEnrollmentPage({ ...invitation, ...introduction }, frameFor(request, scripted))
      : renderIntroductionPage(introduce, frameFor(request, plain)),
  )
}

async function offerPasskey({ enrollment }: Pages, request: PortalRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.send(await enrollment.beginPasskey(request.params.token, request.body.label))
}

async function enroll(pages: Pages, request: PortalRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { request: base64, recovery_digests: recoveryDigests, ...typed } = request.body
  const enrolled = await pages.enrollment.accept({
    ...typed,
    recoveryDigests,
    token: request.params.token,
    request: readBase64(base64, 'request-malformed'),
  })
  return reply.status(201).send(describe(pages, enrolled))
}

function describe({ signonUrl, appleProfiles }: Pages, enrolled: Enrolled) {
  const { certificate, chain, label, totp, recoveryCodes } = enrolled
  const expect = fingerprint(certificate)
  return {
    certificate: encodePem('CERTIFICATE', certificate),
    chain,
    label,
    totp: totp && { ...totp, qr: qrPath(totp.uri) },
    recovery_codes: recoveryCodes,
    check: signonUrl + checkPath({ from: 'enrollment', expect }),
    profile_permit: appleProfiles.permit(expect),
  }
}

/** The file comes in encrypted and goes out sealed, within the address: nothing of it stays here. */
async function offerProfile(pages: Pages, request: PortalRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { permit, file } = request.body
  const handle = await pages.appleProfiles.offer(permit, readBase64(file, 'body-malformed'))
  return reply.status(201).send({ address: `/apple-profile?handle=${handle}` })
}

/** Signed in our name, so nobody's link brings somebody else's identity to a device. */
async function sendProfile(pages: Pages, request: PortalRequest, reply: FastifyReply): Promise<FastifyReply> {
  requireOwnPage(request)
  const { appleProfiles, issuers, url, currentIdentity, clock } = pages
  const identity = await appleProfiles.take(request.query.handle)
  const profile = renderAppleProfile(identity, {
    host: new URL(url).hostname,
    root: issuers.root.der,
    issuer: issuers.browser.der,
  })
  const signed = signAppleProfile(profile, currentIdentity(), clock.now())
  return reply
    .type(APPLE_PROFILE_MEDIA_TYPE)
    .header('content-disposition', 'attachment; filename="countersign.mobileconfig"')
    .send(Buffer.from(signed))
}

/** @throws IdentityError with this code */
function readBase64(text: string, code: 'request-malformed' | 'body-malformed'): Uint8Array {
  const bytes = decodeBase64(text)
  if (bytes) return bytes
  throw new IdentityError(code, 'This is not base64. Send the base64 of the DER, without white space.')
}
