import { createPublicKey, verify } from 'node:crypto'
import { CountersignError } from './countersign-error.ts'
import type { Reading } from './self.ts'
import { fieldsOf, readVerdict, type Verdict } from './verdict.ts'

/** What a token must fit. */
export interface Expected extends Reading {
  /** of the certificate that was shown, lower-case hex */
  readonly fingerprint: string
  /** the service's time, epoch ms; undefined: it did not say, and nothing is believed */
  readonly now: number | undefined
}

/** Its key may be newer than those that are known here. */
export class UnknownKey extends CountersignError {}

/** https://www.rfc-editor.org/rfc/rfc8725#section-3.11 */
const TYPE = 'countersign-verdict+jwt'
/** Its clock and its answer's `Date` are of the same service, to the second, ms. */
const LEEWAY = 1_000
/** None is ever good for longer, ms. */
const LONGEST = 5 * 60_000

/**
 * Reads a signed verdict: whose key signed it, for whom, about which certificate, and when.
 * @param token a compact JWS. https://www.rfc-editor.org/rfc/rfc7515#section-7.1
 * @returns the verdict, and until when it may be believed, by the service's clock
 * @throws CountersignError answer-unreadable: anything of it is not as it must be; UnknownKey where it is that
 */
export function readSignedVerdict(
  token: string | undefined,
  expected: Expected,
): { verdict: Verdict; goodUntil: number } {
  const [header, payload, signature, ...more] = token?.split('.') ?? []
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    throw unbelievable('it is no token')
  requireSignature(`${header}.${payload}`, signature, jsonOf(header), expected)
  const claims = jsonOf(payload)
  const goodUntil = requireTimes(claims, expected.now)
  requireFit(claims, expected)
  const { sub, ...rest } = claims
  return { verdict: readVerdict(rest.verdict === 'valid' ? { ...rest, subject: sub } : rest), goodUntil }
}

/** The algorithm is ours to say, never the token's. https://www.rfc-editor.org/rfc/rfc8725#section-3.1 */
function requireSignature(signed: string, signature: string, header: Claims, { keys }: Expected): void {
  if (header.typ !== TYPE || header.alg !== 'ES256' || 'crit' in header) throw unbelievable('it is of another type')
  const jwk = keys.find(({ kid }) => typeof kid === 'string' && kid === header.kid)
  if (!jwk) throw new UnknownKey('answer-unreadable', unbelieved('its key is not known'))
  if (jwk.kty !== 'EC' || jwk.crv !== 'P-256') throw unbelievable('its key is of another kind')
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64url')))
    throw unbelievable('its signature is wrong')
}

/** @returns its end, epoch ms */
function requireTimes({ iat, exp }: Claims, now: number | undefined): number {
  if (typeof iat !== 'number' || typeof exp !== 'number' || now === undefined) throw unbelievable('it has no times')
  const [from, until] = [iat * 1_000, exp * 1_000]
  if (from > now + LEEWAY || until <= now - LEEWAY || until - from > LONGEST)
    throw unbelievable('it is not of this time')
  return until
}

function requireFit({ iss, aud, cnf }: Claims, { issuer, audience, fingerprint }: Expected): void {
  if (iss !== issuer || aud !== audience) throw unbelievable('it is not for this site')
  // https://www.rfc-editor.org/rfc/rfc8705#section-3.1
  const thumbprint = Buffer.from(fingerprint, 'hex').toString('base64url')
  if (fieldsOf(cnf)['x5t#S256'] !== thumbprint) throw unbelievable('it is about another certificate')
}

type Claims = Readonly<Record<string, unknown>>

function jsonOf(part: string): Claims {
  try {
    return fieldsOf(JSON.parse(Buffer.from(part, 'base64url').toString()))
  } catch (cause) {
    throw unbelievable('it is no token', cause)
  }
}

function unbelievable(why: string, cause?: unknown): CountersignError {
  return new CountersignError('answer-unreadable', unbelieved(why), { cause })
}

function unbelieved(why: string): string {
  return `The signed verdict is not believed: ${why}.`
}
