import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type JWTPayload, SignJWT } from 'jose'
import type { Clock } from '../../domain/clock.ts'
import type { Hex } from '../../domain/hex.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Asker } from '../../domain/site/asker.ts'
import { audienceOf } from '../../domain/site/audience.ts'
import type { Outcome, Query } from '../../domain/verdict/inquiry.ts'
import type { Answer } from '../../domain/verdict/known-states.ts'
import type { PublicVerdictKey, VerdictKeys } from '../../domain/verdict/verdict-keys.ts'
import type { ReadQuery } from './query.ts'
import { renderAnswer } from './rendering.ts'
import { type Ends, Waiting } from './waiting.ts'

/** https://www.rfc-editor.org/rfc/rfc7519#section-10.3.1 */
export const JWT_MEDIA_TYPE = 'application/jwt'

/**
 * Our tokens are of a type of their own: none of them can be taken for another issuer's access or id token.
 * https://www.rfc-editor.org/rfc/rfc8725#section-3.11
 */
export const SIGNED_VERDICT_TYPE = 'countersign-verdict+jwt'

export interface VerdictSigner {
  /** @returns a compact JWS: the verdict on this certificate for this site, and for a few minutes at most */
  sign(asker: Asker, query: Query, answer: Answer): Promise<string>
}

/** What a reader of them must know beside the certificate: whose, for whom, and under which keys. */
export interface SignedVerdictReading {
  readonly issuer: string
  readonly audience: string
  readonly keys: PublicVerdictKey[]
}

/** @param parts.issuer as of {@link createVerdictSigner} */
export function createVerdictReading({ keys, clock, issuer }: Pick<SignerParts, 'keys' | 'clock' | 'issuer'>) {
  return (asker: Asker): SignedVerdictReading => ({
    issuer,
    audience: audienceOf(asker.site),
    keys: [...keys.published(clock.now())],
  })
}

interface SignerParts {
  readonly keys: VerdictKeys
  readonly clock: Clock
  readonly policy: Pick<Policy, 'signedVerdictLifetime'>
  /** the portal's public address, below which the keys are published */
  readonly issuer: string
}

export function createVerdictSigner(parts: SignerParts): VerdictSigner {
  const { keys, clock, policy, issuer } = parts
  return {
    sign(asker, query, answer) {
      const now = clock.now()
      const { privateKey, publicKey } = keys.at(now)
      const end = Math.min(now + policy.signedVerdictLifetime, ...ends(query, answer))
      return new SignJWT({ ...claimsOf(answer), ...satisfied(query), ...confirmation(query) })
        .setProtectedHeader({ alg: publicKey.alg, typ: SIGNED_VERDICT_TYPE, kid: publicKey.kid })
        .setIssuer(issuer)
        .setAudience(audienceOf(asker.site))
        .setIssuedAt(seconds(now))
        .setExpirationTime(seconds(end))
        .setJti(randomUUID())
        .sign(privateKey)
    },
  }
}

/** As in JSON; but somebody is `sub` only where he may be signed in: many readers look at nothing else. */
function claimsOf(answer: Answer): JWTPayload {
  const { subject, ...claims } = JSON.parse(renderAnswer(answer)) as JWTPayload & { readonly subject?: string }
  if (subject === undefined) return claims
  return answer.verdict.verdict === 'valid' ? { ...claims, sub: subject } : { ...claims, subject }
}

/** What a valid verdict may not outlive, epoch ms. */
function ends({ maxAge }: Query, { verdict }: Answer): readonly number[] {
  if (verdict.verdict !== 'valid') return []
  return maxAge === undefined ? [verdict.expiresAt] : [verdict.expiresAt, verdict.validatedAt + maxAge]
}

/** A reader that demands certain checks must not take a token for which nobody had asked for them. */
function satisfied({ checks }: Query): object {
  return checks === undefined ? {} : { checks }
}

/** Good only beside the certificate that it is about. https://www.rfc-editor.org/rfc/rfc8705#section-3.1 */
function confirmation({ fingerprint }: Query): object {
  return fingerprint === null ? {} : { cnf: { 'x5t#S256': Buffer.from(fingerprint, 'hex').toString('base64url') } }
}

function seconds(time: number): number {
  return Math.floor(time / 1_000)
}

/**
 * Whether the caller wants its answer signed. Read off the raw headers: `headers` would make an object of all of them,
 * at every request.
 */
export function wantsSigned(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length !== 6 || name.toLowerCase() !== 'accept') continue
    const ranges = rawHeaders[index + 1]!.toLowerCase().split(',')
    if (ranges.some((range) => range.split(';', 1)[0]!.trim() === JWT_MEDIA_TYPE)) return true
  }
  return false
}

/** One question whose answer is signed. */
export class WaitingSigned extends Waiting {
  readonly queries: readonly Query[]
  readonly #read: ReadQuery
  readonly #signer: VerdictSigner

  constructor(ends: Ends, res: ServerResponse, caller: Hex | undefined, read: ReadQuery, signer: VerdictSigner) {
    super(ends, res, caller)
    this.queries = [read.query]
    this.#read = read
    this.#signer = signer
  }

  settle(asker: Asker, [outcome]: readonly Outcome[]): void {
    if (!outcome || outcome instanceof Error) {
      this.refuse(outcome)
      return
    }
    this.tell(asker, outcome, this.#read.certificate)
    this.#signer.sign(asker, this.#read.query, outcome).then(
      (token) => this.#send(token),
      (error) => this.refuse(error),
    )
  }

  #send(token: string): void {
    if (this.res.destroyed) return
    this.res.writeHead(200, {
      'Content-Type': JWT_MEDIA_TYPE,
      'Cache-Control': 'no-store',
      'Content-Length': token.length,
    })
    this.res.end(token, 'latin1')
  }
}
