import { type ErrorCode, IdentityError } from '../errors.ts'

interface ProblemKind {
  readonly status: number
  readonly title: string
}

/** Every refusal's HTTP status and title. The one place where a code of the domain meets a status. */
const PROBLEMS = {
  'der-malformed': { status: 400, title: 'Not DER' },
  'pem-malformed': { status: 400, title: 'Not PEM' },
  'request-malformed': { status: 400, title: 'Not a certification request' },
  'request-signature-invalid': { status: 400, title: 'Request not signed by its key' },
  'certificate-malformed': { status: 400, title: 'Not a certificate' },
  'key-unsupported': { status: 400, title: 'Key not supported' },
  'key-weak': { status: 400, title: 'Key is weak' },
  'name-invalid': { status: 400, title: 'Name not acceptable' },
  'label-invalid': { status: 400, title: 'Label not acceptable' },
  'profile-violation': { status: 400, title: 'Outside the profile' },
  'signer-refused': { status: 500, title: 'Not signed' },
  'signer-unavailable': { status: 503, title: 'Signer unavailable' },
  'key-file-unsafe': { status: 500, title: 'Key file unsafe' },
  'key-file-unreadable': { status: 500, title: 'Key file unreadable' },
  'authority-exists': { status: 409, title: 'Authority exists' },
  'authority-missing': { status: 500, title: 'Authority missing' },
  'query-invalid': { status: 400, title: 'Query not understood' },
  'max-age-too-small': { status: 400, title: 'max_age too small' },
  'return-to-refused': { status: 400, title: 'Return address not registered' },
  'checks-unmeetable': { status: 400, title: 'Checks cannot be met' },
  'rate-limited': { status: 429, title: 'Too many questions' },
  'caller-refused': { status: 403, title: 'Certificate not accepted' },
  'right-missing': { status: 403, title: 'Right missing' },
  'subject-unknown': { status: 404, title: 'Nobody known by this subject' },
  'site-unknown': { status: 404, title: 'No such site' },
  'site-exists': { status: 409, title: 'Site exists' },
  'logo-refused': { status: 400, title: 'Logo not acceptable' },
  'site-invalid': { status: 400, title: 'Site not acceptable' },
  'plan-unknown': { status: 404, title: 'No such plan' },
  'account-invalid': { status: 400, title: 'Account not acceptable' },
  'certificate-unknown': { status: 404, title: 'No such certificate' },
  'certificate-revoked': { status: 409, title: 'Certificate is revoked' },
  'certificate-not-held': { status: 409, title: 'Certificate is not held' },
  'certificate-held': { status: 403, title: 'Certificate is on hold' },
  'certificate-expired': { status: 403, title: 'Certificate has expired' },
  'certificate-missing': { status: 403, title: 'No certificate shown' },
  'renewal-exhausted': { status: 429, title: 'Renewed too often' },
  'key-used': { status: 409, title: 'Key was used before' },
  'hold-foreign': { status: 409, title: 'Held by the operator' },
  'invitation-unusable': { status: 410, title: 'Invitation cannot be used' },
  'invitation-used': { status: 410, title: 'Invitation already used' },
  'apple-profile-unusable': { status: 410, title: 'Profile no longer here' },
  'ticket-unusable': { status: 410, title: 'Ticket cannot be used' },
  'ticket-spent': { status: 410, title: 'Ticket already used' },
  'ticket-foreign': { status: 403, title: 'Ticket of another certificate' },
  'check-failed': { status: 403, title: 'Proof not accepted' },
  'check-wanted': { status: 403, title: 'Another check is wanted' },
  'check-missing': { status: 403, title: 'No suitable check' },
  'too-many-guesses': { status: 429, title: 'Too many attempts' },
  'walk-loops': { status: 429, title: 'Sent here again and again' },
  'proof-stale': { status: 403, title: 'Proof is too old' },
  'check-refused': { status: 400, title: 'Check not accepted' },
  'check-unknown': { status: 404, title: 'No such check' },
  'check-needed': { status: 409, title: 'Check is needed' },
  'password-refused': { status: 400, title: 'Password not accepted' },
  'cross-site': { status: 403, title: 'Not sent by our own page' },
  'session-missing': { status: 403, title: 'Not signed in to the account' },
  'form-outdated': { status: 403, title: 'Form is outdated' },
  'device-unknown': { status: 404, title: 'No such device' },
  'pairing-unusable': { status: 410, title: 'Code cannot be used' },
  'text-invalid': { status: 400, title: 'Text not acceptable' },
  'report-unknown': { status: 404, title: 'No such report' },
  'report-settled': { status: 409, title: 'Report was appealed before' },
  'stream-unknown': { status: 404, title: 'No such stream' },
  'stream-exists': { status: 409, title: 'Stream exists' },
  'push-address-refused': { status: 400, title: 'Push address not accepted' },
  'verification-too-soon': { status: 429, title: 'Verification too soon' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'body-too-large': { status: 413, title: 'Body too large' },
  'body-malformed': { status: 400, title: 'Body not understood' },
  'media-type-unsupported': { status: 415, title: 'Media type not supported' },
  misdirected: { status: 421, title: 'Misdirected request' },
  'config-invalid': { status: 500, title: 'Configuration invalid' },
  'home-locked': { status: 500, title: 'Home in use' },
  'schema-newer': { status: 500, title: 'Store is newer' },
  'audit-broken': { status: 500, title: 'Audit chain broken' },
  'store-unavailable': { status: 503, title: 'Store unavailable' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Record<ErrorCode, ProblemKind>

/**
 * An error body on HTTP.
 * https://www.rfc-editor.org/rfc/rfc9457#section-3.1
 */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** the request id, for the log */
  readonly instance: string
  readonly code: ErrorCode
}

/** https://www.rfc-editor.org/rfc/rfc9457#section-6.1 */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/**
 * The public face of an error. What is no IdentityError, and every IdentityError that tells of the house's own state,
 * becomes a sentence without detail; the cause belongs into the log.
 */
export function toProblem(error: unknown, requestId: string): Problem {
  const refusal = toRefusal(error)
  const { status, title } = PROBLEMS[refusal.code]
  return {
    type: `urn:countersign:problem:${refusal.code}`,
    title,
    status,
    detail:
      status < 500 || status === 503
        ? refusal.message
        : 'Something went wrong on our side. Try again; if it stays, tell the operator the instance id.',
    instance: `urn:uuid:${requestId}`,
    code: refusal.code,
  }
}

function toRefusal(error: unknown): IdentityError {
  if (error instanceof IdentityError) return error
  const code = codeOf(error)
  if (code === 'FST_ERR_VALIDATION') return new IdentityError('query-invalid', shapeFault(error), { cause: error })
  const translated = Object.hasOwn(FASTIFY_ERRORS, code) ? FASTIFY_ERRORS[code] : undefined
  if (translated) return new IdentityError(translated.code, translated.message, { cause: error })
  return new IdentityError('internal', 'Internal error.', { cause: error })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What Fastify itself refuses, in our words: its own messages may quote the body. */
const FASTIFY_ERRORS: Readonly<Record<string, { code: ErrorCode; message: string } | undefined>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body-too-large',
    message: 'The body is larger than this address takes. Send less.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'media-type-unsupported',
    message: 'This address does not take that Content-Type.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'body-malformed', message: 'The body is empty where JSON was announced.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'body-malformed', message: 'The body is not JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'body-malformed',
    message: 'The body is not as long as Content-Length says.',
  },
  // the peer went away in the middle of its body
  ECONNRESET: { code: 'body-malformed', message: 'The request was not sent to its end.' },
  FST_ERR_BAD_URL: { code: 'not-found', message: 'The address cannot be read.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not-found', message: 'The address is longer than any of ours.' },
}

/** What Fastify's validation tells of a request, as far as our own schema has the words. */
interface Invalid {
  readonly validationContext?: string
  readonly validation?: readonly {
    readonly keyword: string
    readonly instancePath: string
    readonly params: { readonly missingProperty?: unknown }
  }[]
}

/** Which part of a request is not as its schema wants it. Names are the schema's alone, never the request's. */
function shapeFault(error: unknown): string {
  const { validationContext = '', validation } = error as Invalid
  const place = (Object.hasOwn(PLACES, validationContext) && PLACES[validationContext]) || 'The request'
  const [fault] = validation ?? []
  const named = /^\/([a-z][\w-]{0,39})(?:\/|$)/i.exec(fault?.instancePath ?? '')?.[1]
  const inside = named === undefined ? place : `${place}, at "${named}",`
  const whole = 'docs/openapi.json has the whole shape.'
  if (fault?.keyword === 'required') return `${inside} lacks "${fault.params.missingProperty}". ${whole}`
  if (fault?.keyword === 'additionalProperties') return `${inside} has a name that is not known here. ${whole}`
  return `${inside} is not as it is described. ${whole}`
}

const PLACES: Readonly<Record<string, string>> = {
  body: 'The body',
  querystring: 'The part of the address behind the question mark',
  params: 'The address',
  headers: 'The header',
}
