import { type Static, Type } from '@sinclair/typebox'
import { CHECKS } from '../../domain/proving/check.ts'

/** The largest batch. */
export const MAX_QUERIES = 1_000

/** Ten years: a larger max_age means nothing. */
export const MAX_AGE_SECONDS = 10 * 365 * 24 * 60 * 60

const ReturnTo = Type.String({
  description:
    'Where the browser shall come back to; an address that the site registered, or one below it. Default: the first registered.',
})
const MaxAge = Type.Integer({
  minimum: 0,
  maximum: MAX_AGE_SECONDS,
  description: 'The owner must have proven himself within this many seconds.',
})
const CHECKS_WANTED =
  'The last proof must have been by one of these (step-up, as in RFC 9470); what the site’s policy wants counts beside it.'
const Checks = Type.Union([Type.Array(Type.String(), { minItems: 1, maxItems: CHECKS.length }), Type.String()], {
  description: `${CHECKS_WANTED} A list, or with commas between them: ${CHECKS.join(', ')}.`,
})
const ChecksInAddress = Type.String({ description: `${CHECKS_WANTED} With commas between them: ${CHECKS.join(', ')}.` })
const TRUST_WISH = 'A valid verdict then tells what other sites say of the person; not with Accept: application/jwt.'
const Fingerprint = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: "SHA-256 of the certificate's DER, lower-case hex.",
})

/** A question: exactly one of `certificate` and `fingerprint`. */
export const QuerySchema = Type.Object(
  {
    certificate: Type.Optional(
      Type.Union([
        Type.String({ description: 'PEM, or base64 of the DER' }),
        Type.Null({ description: 'the site saw none' }),
      ]),
    ),
    fingerprint: Type.Optional(Fingerprint),
    return_to: Type.Optional(ReturnTo),
    max_age: Type.Optional(MaxAge),
    checks: Type.Optional(Checks),
    trust: Type.Optional(Type.Boolean({ description: TRUST_WISH })),
  },
  { additionalProperties: false },
)
export type QueryBody = Static<typeof QuerySchema>

export const BatchSchema = Type.Object(
  { queries: Type.Array(QuerySchema, { minItems: 1, maxItems: MAX_QUERIES }) },
  { additionalProperties: false },
)

export const SearchSchema = Type.Object(
  {
    return_to: Type.Optional(ReturnTo),
    max_age: Type.Optional(MaxAge),
    checks: Type.Optional(ChecksInAddress),
    trust: Type.Optional(Type.Literal('1', { description: TRUST_WISH })),
  },
  { additionalProperties: false },
)

export const FingerprintParams = Type.Object({ fingerprint: Fingerprint })

const Time = Type.String({ format: 'date-time' })
const Subject = Type.String({ description: 'The id of the owner as this site alone sees it.' })
const Account = Type.String({ description: 'What this site has called the owner, where it has.' })
const oneOf = (...values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)))

const Count = { ...oneOf('0', '1-2', '3-5', '6-10', '11+'), description: 'How many sites, in steps.' }

const TrustSchema = Type.Object(
  {
    score: Type.Integer({ description: 'What the vouches weigh, less the reports; rounded towards zero.' }),
    sites: Count,
    unproven: { ...Count, description: 'How many more vouch whose word weighs nothing yet, in steps.' },
    since: Type.Union([Type.String({ description: 'The month of the oldest vouch, as in 2026-11.' }), Type.Null()]),
    kinds: Type.Record(Type.String(), Count, { description: 'How many sites vouch for what.' }),
    reports: Type.Object({ standing: Count, appealed: Count }),
  },
  { description: 'Asked for with trust: what other sites say. Null: nothing, or the owner hides it.' },
)

export const VerdictSchema = Type.Union([
  Type.Object({
    verdict: Type.Literal('valid'),
    subject: Subject,
    validated_at: Time,
    expires_at: Time,
    account: Type.Optional(Account),
    trust: Type.Optional(Type.Union([TrustSchema, Type.Null()])),
  }),
  Type.Object({
    verdict: Type.Literal('needs-revalidation'),
    reason: oneOf('expired', 'owner-request', 'checks', 'max-age', 'never-validated', 'idle'),
    subject: Subject,
    redirect: Type.String({ format: 'uri', description: 'Send the browser here (303); it comes back to return_to.' }),
  }),
  Type.Object({ verdict: Type.Literal('revoked'), reason: Type.String(), subject: Subject, revoked_at: Time }),
  Type.Object({
    verdict: Type.Literal('missing'),
    reason: oneOf('no-certificate', 'unknown', 'expired', 'not-yet-valid'),
  }),
])

export const SignedVerdictSchema = Type.String({
  description:
    'With Accept: application/jwt. A JWS (ES256) with the verdict’s members and iss, aud, sub (valid alone), cnf, iat, exp, jti; keys at /.well-known/jwks.json of the portal.',
})

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
  },
  { description: 'RFC 9457' },
)

export const BatchAnswerSchema = Type.Object({
  answers: Type.Array(Type.Union([VerdictSchema, ProblemSchema]), { description: 'in the order of the queries' }),
})

/** https://www.rfc-editor.org/rfc/rfc7517#section-4 */
const VerdictKeySchema = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String(),
  y: Type.String(),
  kid: Type.String(),
  alg: Type.Literal('ES256'),
  use: Type.Literal('sig'),
})

/** What counts for the asking service, of the operator's, the site's and its own policies. */
export const SitePolicySchema = Type.Object({
  max_age: Type.Union([Type.Integer(), Type.Null()], { description: 'seconds, at every question; null: any age' }),
  idle: Type.Integer({ description: 'seconds' }),
  languages: Type.Array(Type.String(), { description: 'of the page where people prove themselves' }),
  name: Type.String({ description: 'as people read it there' }),
  logo: Type.Union([Type.String({ format: 'uri' }), Type.Null()]),
  events: Type.Array(Type.String(), { description: 'what GET /v1/events tells you' }),
  verdicts_per_second: Type.Integer({ description: '0: as many as you like' }),
})

export const SiteSchema = Type.Object({
  site: Type.String(),
  service: Type.String(),
  return_to: Type.Array(Type.String()),
  checks: Type.Array(Type.String()),
  rights: Type.Array(Type.String()),
  min_max_age: Type.Integer({ description: 'seconds' }),
  policy: SitePolicySchema,
  check: Type.String({ description: 'Where a person sees which certificate his browser shows, and what to do.' }),
  browser_issuer: Type.String({
    description: 'PEM, one after the other where there are several; ask browsers for certificates of these issuers',
  }),
  certificate: Type.Object({
    fingerprint: Fingerprint,
    not_after: Time,
    renew_at: Type.String({ format: 'date-time', description: 'POST /v1/site/certificate renews it from then on' }),
  }),
  signed_verdicts: Type.Object(
    {
      issuer: Type.String(),
      audience: Type.String(),
      keys: Type.Array(VerdictKeySchema),
    },
    { description: 'What signed verdicts for you say in `iss` and `aud`, and the keys that verify them.' },
  ),
})

const optionalText = (description: string) => Type.Optional(Type.String({ description }))

/** What a proxy says about its browser's request. At most one of the first four. */
export const ForwardAuthHeaders = Type.Object({
  'client-cert': optionalText('RFC 9440: base64 of the DER between colons'),
  'x-ssl-client-cert': optionalText('PEM in percent-encoding (nginx, Apache)'),
  'x-forwarded-tls-client-cert': optionalText('base64 of the DER, leaf first (Caddy, Traefik)'),
  'x-forwarded-client-cert': optionalText('one element with Cert="…", PEM in percent-encoding (Envoy)'),
  'x-original-url': optionalText('the visited page; the browser comes back to it where it is registered'),
  'x-forwarded-proto': optionalText('with host and uri another spelling of the visited page'),
  'x-forwarded-host': Type.Optional(Type.String()),
  'x-forwarded-uri': Type.Optional(Type.String()),
})

export const ForwardAuthSearchSchema = Type.Object(
  {
    return_to: Type.Optional(ReturnTo),
    max_age: Type.Optional(MaxAge),
    checks: Type.Optional(ChecksInAddress),
    answer: Type.Optional(Type.Literal('303', { description: 'a redirect where there would be a 401' })),
    certificate_in: optionalText('the one header that your proxy writes; a certificate in any other is refused'),
  },
  { additionalProperties: false },
)

/** The answers without a body: what they say is in `Countersign-Verdict`, `-Subject`, `-Reason` and `-Redirect`. */
export const FORWARD_AUTH_ANSWERS = {
  200: Type.Null({ description: 'valid: the person is Countersign-Subject' }),
  303: Type.Null({ description: 'as 401, with ?answer=303' }),
  401: Type.Null({ description: 'needs-revalidation or missing: send the browser to Countersign-Redirect' }),
  403: Type.Null({
    description: 'revoked; without Countersign-Verdict it is a problem of your own certificate or right',
  }),
} as const
