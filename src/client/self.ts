import type { JsonWebKey } from 'node:crypto'
import type { Asks } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import { fieldsOf, requireText, requireTime } from './verdict.ts'

/** What the service says of your site. */
export interface Self {
  readonly returnTo: readonly string[]
  /** where a person sees which certificate his browser shows */
  readonly checkPage: string
  /** who issues browsers' certificates, PEM: several where a new issuer takes over from an old one */
  readonly browserIssuer: string
  /** seconds */
  readonly minMaxAge: number
  /** when your API certificate ends, and from when on it may be renewed: epoch ms, by the service's clock */
  readonly notAfter: number
  readonly renewAt: number
  readonly reading: Reading
}

/** What signed verdicts for your site say, and the keys that verify them. */
export interface Reading {
  readonly issuer: string
  readonly audience: string
  /** https://www.rfc-editor.org/rfc/rfc7517#section-4 */
  readonly keys: readonly JsonWebKey[]
}

/**
 * Asks the service who you are.
 * @returns also its time when it answered, epoch ms
 * @throws CountersignError
 */
export async function describeSelf(api: Asks): Promise<{ self: Self; date: number | undefined }> {
  const { json, date } = await api.ask('/v1/site')
  const fields = fieldsOf(json)
  const certificate = fieldsOf(fields.certificate)
  const self = {
    returnTo: requireList(fields.return_to, 'return_to').map(String),
    checkPage: requireText(fields.check, 'check'),
    browserIssuer: requireText(fields.browser_issuer, 'browser_issuer'),
    minMaxAge: Number(fields.min_max_age),
    notAfter: requireTime(certificate.not_after, 'not_after').getTime(),
    renewAt: requireTime(certificate.renew_at, 'renew_at').getTime(),
    reading: readingOf(fieldsOf(fields.signed_verdicts)),
  }
  return { self, date }
}

function readingOf({ issuer, audience, keys }: Readonly<Record<string, unknown>>): Reading {
  return {
    issuer: requireText(issuer, 'issuer'),
    audience: requireText(audience, 'audience'),
    keys: requireList(keys, 'keys').map(fieldsOf),
  }
}

function requireList(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new CountersignError('answer-unreadable', `The answer has no ${name}.`)
  return value
}
