import { CountersignError } from './countersign-error.ts'

/** May this certificate's holder be signed in? Switch over `verdict`: there is no fifth word, and no boolean to get wrong. */
export type Verdict = ValidVerdict | NeedsRevalidation | RevokedVerdict | MissingVerdict

export interface ValidVerdict {
  readonly verdict: 'valid'
  /** the person, as your site alone knows him: the key of your accounts */
  readonly subject: string
  /** when the owner last proved himself */
  readonly validatedAt: Date
  readonly expiresAt: Date
  /** what your site has called the person, by `PUT /v1/subjects/<subject>/account` */
  readonly account?: string
}

export interface NeedsRevalidation {
  readonly verdict: 'needs-revalidation'
  /** `expired`, `owner-request`, `checks`, `max-age`, `never-validated`, `idle`, or a later word */
  readonly reason: string
  readonly subject: string
  /** where the browser has to go; good for a few minutes, once */
  readonly redirect: string
}

export interface RevokedVerdict {
  readonly verdict: 'revoked'
  readonly reason: string
  readonly subject: string
  readonly revokedAt: Date
}

export interface MissingVerdict {
  readonly verdict: 'missing'
  /** `no-certificate`, `unknown`, `expired`, `not-yet-valid`, or a later word */
  readonly reason: string
}

export const NO_CERTIFICATE: MissingVerdict = Object.freeze({ verdict: 'missing', reason: 'no-certificate' })

/**
 * Reads a verdict as the service sends it.
 * @throws CountersignError answer-unreadable: it is none that is known here, and so nobody is signed in
 */
export function readVerdict(answer: unknown): Verdict {
  const fields = fieldsOf(answer)
  const text = (name: string): string => requireText(fields[name], name)
  const time = (name: string): Date => requireTime(fields[name], name)
  switch (fields.verdict) {
    case 'valid':
      return {
        verdict: 'valid',
        subject: text('subject'),
        validatedAt: time('validated_at'),
        expiresAt: time('expires_at'),
        ...(fields.account !== undefined && { account: text('account') }),
      }
    case 'needs-revalidation':
      return {
        verdict: 'needs-revalidation',
        reason: text('reason'),
        subject: text('subject'),
        redirect: requireAddress(fields.redirect),
      }
    case 'revoked':
      return { verdict: 'revoked', reason: text('reason'), subject: text('subject'), revokedAt: time('revoked_at') }
    case 'missing':
      return { verdict: 'missing', reason: text('reason') }
    default:
      throw unreadable('there is no verdict in it')
  }
}

/** @throws CountersignError answer-unreadable: it is no JSON object */
export function fieldsOf(answer: unknown): Readonly<Record<string, unknown>> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw unreadable('it is no object')
  return answer as Readonly<Record<string, unknown>>
}

/** @throws CountersignError answer-unreadable */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw unreadable(`it has no ${name}`)
  return value
}

/** @throws CountersignError answer-unreadable */
export function requireTime(value: unknown, name: string): Date {
  const time = new Date(requireText(value, name))
  if (Number.isNaN(time.getTime())) throw unreadable(`${name} is no time`)
  return time
}

/** A browser will be sent there. */
function requireAddress(value: unknown): string {
  const address = requireText(value, 'redirect')
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') throw unreadable('redirect is no https address')
  return address
}

function unreadable(why: string): CountersignError {
  return new CountersignError('answer-unreadable', `The answer cannot be read: ${why}. Nobody is signed in.`)
}
