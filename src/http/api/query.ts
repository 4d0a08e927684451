import { TypeCompiler } from '@sinclair/typebox/compiler'
import { isFingerprint } from '../../domain/hex.ts'
import { CHECKS, type CheckName } from '../../domain/proving/check.ts'
import type { Query } from '../../domain/verdict/inquiry.ts'
import { IdentityError } from '../../errors.ts'
import { decodePem } from '../../x509/pem.ts'
import { isOneSequence } from '../../x509/sequence.ts'
import { fingerprint } from '../../x509/thumbprint.ts'
import { BatchSchema, MAX_AGE_SECONDS, MAX_QUERIES, type QueryBody, QuerySchema } from './schemas.ts'

const queryShape = TypeCompiler.Compile(QuerySchema)
const batchShape = TypeCompiler.Compile(BatchSchema)

/** A query, and the certificate that came with it (DER), which the alarm about forged certificates wants to see. */
export interface ReadQuery {
  readonly query: Query
  readonly certificate: Uint8Array | undefined
  /** with a valid verdict, what other sites say of the person is wanted */
  readonly trust: boolean
}

/** `GET /v1/verdicts/<fingerprint>?…` */
export function readFingerprintQuery(text: string, search: string): ReadQuery {
  if (!isFingerprint(text)) {
    throw new IdentityError(
      'query-invalid',
      'The address must end in a fingerprint: the SHA-256 of the DER as 64 lower-case hex digits.',
    )
  }
  const { returnTo, maxAge, checks, trust } = readWishes(search)
  return { query: { fingerprint: text, returnTo, maxAge, checks }, certificate: undefined, trust }
}

/** `POST /v1/verdicts` with the bare DER. */
export function readDerQuery(der: Uint8Array, search: string): ReadQuery {
  return ofCertificate(der, readWishes(search))
}

/** `POST /v1/verdicts` with JSON. */
export function readJsonQuery(body: Uint8Array, search: string): ReadQuery {
  refuseSearch(search)
  const value = parseJson(body)
  if (!queryShape.Check(value))
    throw shapeRefused(
      '{"certificate": "<PEM or base64 DER>" or null, "return_to"?, "max_age"?, "checks"?, "trust"?} or {"fingerprint": "<hex>", ...}',
    )
  return readQuery(value)
}

/** `POST /v1/verdicts/batch` */
export function readBatch(body: Uint8Array, search: string): readonly ReadQuery[] {
  refuseSearch(search)
  const value = parseJson(body)
  if (!batchShape.Check(value)) throw shapeRefused(`{"queries": [...]} with 1 to ${MAX_QUERIES} queries`)
  return value.queries.map(readQuery)
}

function readQuery(body: QueryBody): ReadQuery {
  const wishes = {
    returnTo: body.return_to,
    maxAge: body.max_age === undefined ? undefined : body.max_age * 1000,
    checks: body.checks === undefined ? undefined : readChecks(body.checks),
    trust: body.trust ?? false,
  }
  if ((body.certificate === undefined) === (body.fingerprint === undefined)) {
    throw new IdentityError('query-invalid', 'Send exactly one of "certificate" and "fingerprint".')
  }
  if (body.fingerprint !== undefined) return withoutCertificate(body.fingerprint, wishes)
  if (body.certificate === null || body.certificate === undefined) return withoutCertificate(null, wishes)
  return ofCertificate(readCertificate(body.certificate), wishes)
}

function withoutCertificate(fingerprint: Query['fingerprint'], { trust, ...wishes }: AllWishes): ReadQuery {
  return { query: { fingerprint, ...wishes }, certificate: undefined, trust }
}

function ofCertificate(der: Uint8Array, { returnTo, maxAge, checks, trust }: AllWishes): ReadQuery {
  if (!isOneSequence(der))
    throw new IdentityError(
      'certificate-malformed',
      "The certificate is not one DER SEQUENCE of exactly its length. Send the leaf's DER alone.",
    )
  return { query: { fingerprint: fingerprint(der), returnTo, maxAge, checks }, certificate: der, trust }
}

function readCertificate(text: string): Uint8Array {
  if (text.startsWith('-----BEGIN')) return decodePem(text, 'CERTIFICATE')
  const der = Buffer.from(text, 'base64')
  if (der.toString('base64') !== text)
    throw new IdentityError('certificate-malformed', 'The certificate is neither PEM nor plain base64 of its DER.')
  return der
}

/** What a verdict follows from, beside the certificate. */
export type Wishes = Pick<Query, 'returnTo' | 'maxAge' | 'checks'>

/** And what is told with it. */
interface AllWishes extends Wishes {
  readonly trust: boolean
}
type Writable<W> = { -readonly [N in keyof W]: W[N] }

/**
 * `return_to`, `max_age` and `checks`, for an answer that has no place to tell more.
 * @throws IdentityError query-invalid
 */
export function readSearch(search: string): Wishes {
  const { trust, ...wishes } = readWishes(search)
  if (trust) throw new IdentityError('query-invalid', 'This answer does not tell of trust. Ask for it with a verdict.')
  return wishes
}

/** A misspelled wish must not be a wish that is silently not heard: unknown and repeated parameters are refused. */
function readWishes(search: string): AllWishes {
  if (search === '') return NO_WISHES
  const wishes: Writable<AllWishes> = { ...NO_WISHES }
  const seen = new Set<string>()
  for (const [name, value] of new URLSearchParams(search)) {
    if (seen.has(name) || !isWish(name)) {
      throw new IdentityError(
        'query-invalid',
        `The address takes ${Object.keys(WISHES).join(', ')}, each at most once, and nothing else.`,
      )
    }
    seen.add(name)
    WISHES[name](value, wishes)
  }
  return wishes
}

/** How each parameter of the address is read. */
const WISHES = {
  return_to: (value, wishes) => {
    wishes.returnTo = value
  },
  max_age: (value, wishes) => {
    wishes.maxAge = readSeconds(value)
  },
  checks: (value, wishes) => {
    wishes.checks = readChecks(value)
  },
  trust: (value, wishes) => {
    if (value !== '1') throw new IdentityError('query-invalid', 'trust is 1, or is left out.')
    wishes.trust = true
  },
} as const satisfies Record<string, (value: string, wishes: Writable<AllWishes>) => void>

function isWish(name: string): name is keyof typeof WISHES {
  return Object.hasOwn(WISHES, name)
}

/** Those of the house, in its order, each once. @param named a list, or names with commas between them */
function readChecks(named: string | readonly string[]): readonly CheckName[] {
  const names: readonly string[] = typeof named === 'string' ? named.split(',') : named
  if (names.every((name) => (CHECKS as readonly string[]).includes(name)))
    return CHECKS.filter((name) => names.includes(name))
  throw new IdentityError('query-invalid', `checks is a list of one or more of ${CHECKS.join(', ')}.`)
}

/** The site saw no certificate. */
export const NO_CERTIFICATE_QUERY: ReadQuery = Object.freeze({
  query: Object.freeze({ fingerprint: null, returnTo: undefined, maxAge: undefined, checks: undefined }),
  certificate: undefined,
  trust: false,
})

const NO_WISHES: AllWishes = Object.freeze({
  returnTo: undefined,
  maxAge: undefined,
  checks: undefined,
  trust: false,
})

function readSeconds(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > MAX_AGE_SECONDS) {
    throw new IdentityError('query-invalid', `max_age is a whole number of seconds, at most ${MAX_AGE_SECONDS}.`)
  }
  return Number(text) * 1000
}

function refuseSearch(search: string): void {
  if (search !== '')
    throw new IdentityError(
      'query-invalid',
      'With a JSON body, return_to, max_age and checks belong into the body, not into the address.',
    )
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch (cause) {
    throw new IdentityError('body-malformed', 'The body is not JSON in UTF-8.', { cause })
  }
}

function shapeRefused(shape: string): IdentityError {
  return new IdentityError('query-invalid', `The body must be ${shape}. docs/openapi.json has the whole shape.`)
}
