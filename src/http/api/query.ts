import { TypeCompiler } from '@sinclair/typebox/compiler'
import { isFingerprint } from '../../domain/hex.ts'
import type { Query } from '../../domain/inquiry.ts'
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
}

/** `GET /v1/verdicts/<fingerprint>?…` */
export function readFingerprintQuery(text: string, search: string): ReadQuery {
  if (!isFingerprint(text)) {
    throw new IdentityError(
      'query-invalid',
      'The address must end in a fingerprint: the SHA-256 of the DER as 64 lower-case hex digits.',
    )
  }
  const { returnTo, maxAge } = readSearch(search)
  return { query: { fingerprint: text, returnTo, maxAge }, certificate: undefined }
}

/** `POST /v1/verdicts` with the bare DER. */
export function readDerQuery(der: Uint8Array, search: string): ReadQuery {
  return ofCertificate(der, readSearch(search))
}

/** `POST /v1/verdicts` with JSON. */
export function readJsonQuery(body: Uint8Array, search: string): ReadQuery {
  refuseSearch(search)
  const value = parseJson(body)
  if (!queryShape.Check(value))
    throw shapeRefused(
      '{"certificate": "<PEM or base64 DER>" or null, "return_to"?, "max_age"?} or {"fingerprint": "<hex>", ...}',
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
  const wishes = { returnTo: body.return_to, maxAge: body.max_age === undefined ? undefined : body.max_age * 1000 }
  if ((body.certificate === undefined) === (body.fingerprint === undefined)) {
    throw new IdentityError('query-invalid', 'Send exactly one of "certificate" and "fingerprint".')
  }
  if (body.fingerprint !== undefined)
    return { query: { fingerprint: body.fingerprint, ...wishes }, certificate: undefined }
  if (body.certificate === null || body.certificate === undefined)
    return { query: { fingerprint: null, ...wishes }, certificate: undefined }
  return ofCertificate(readCertificate(body.certificate), wishes)
}

function ofCertificate(der: Uint8Array, { returnTo, maxAge }: Pick<Query, 'returnTo' | 'maxAge'>): ReadQuery {
  if (!isOneSequence(der))
    throw new IdentityError(
      'certificate-malformed',
      "The certificate is not one DER SEQUENCE of exactly its length. Send the leaf's DER alone.",
    )
  return { query: { fingerprint: fingerprint(der), returnTo, maxAge }, certificate: der }
}

function readCertificate(text: string): Uint8Array {
  if (text.startsWith('-----BEGIN')) return decodePem(text, 'CERTIFICATE')
  const der = Buffer.from(text, 'base64')
  if (der.toString('base64') !== text)
    throw new IdentityError('certificate-malformed', 'The certificate is neither PEM nor plain base64 of its DER.')
  return der
}

/**
 * `return_to` and `max_age`. A misspelled wish must not be a wish that is silently not heard: unknown and repeated
 * parameters are refused.
 * @throws IdentityError query-invalid
 */
export function readSearch(search: string): Pick<Query, 'returnTo' | 'maxAge'> {
  if (search === '') return NO_WISHES
  const wishes: { returnTo: string | undefined; maxAge: number | undefined } = {
    returnTo: undefined,
    maxAge: undefined,
  }
  const seen = new Set<string>()
  for (const [name, value] of new URLSearchParams(search)) {
    if (seen.has(name) || (name !== 'return_to' && name !== 'max_age')) {
      throw new IdentityError(
        'query-invalid',
        'The address takes return_to and max_age, each at most once, and nothing else.',
      )
    }
    seen.add(name)
    if (name === 'return_to') wishes.returnTo = value
    else wishes.maxAge = readSeconds(value)
  }
  return wishes
}

/** The site saw no certificate. */
export const NO_CERTIFICATE_QUERY: ReadQuery = Object.freeze({
  query: Object.freeze({ fingerprint: null, returnTo: undefined, maxAge: undefined }),
  certificate: undefined,
})

const NO_WISHES = Object.freeze({ returnTo: undefined, maxAge: undefined })

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
      'With a JSON body, return_to and max_age belong into the body, not into the address.',
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
