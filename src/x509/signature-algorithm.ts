import { IdentityError } from '../errors.ts'
import { compareBytes, type DerReader } from './der.ts'
import { type Der, nullValue, oid, sequence } from './der-writer.ts'
import * as OID from './oid.ts'

/** The signature algorithms that are made and taken. */
export const SIGNATURE_ALGORITHMS = [
  'ecdsa-sha256',
  'ecdsa-sha384',
  'rsa-sha256',
  'rsa-sha384',
  'rsa-sha512',
  'ed25519',
] as const
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number]

/**
 * AlgorithmIdentifier, DER. ECDSA and Ed25519 have no parameters, RSA has NULL.
 * https://www.rfc-editor.org/rfc/rfc5758#section-3.2
 * https://www.rfc-editor.org/rfc/rfc4055#section-5
 * https://www.rfc-editor.org/rfc/rfc8410#section-3
 */
export const ALGORITHM_IDENTIFIERS: Readonly<Record<SignatureAlgorithm, Der>> = {
  'ecdsa-sha256': sequence(oid(OID.ECDSA_SHA256)),
  'ecdsa-sha384': sequence(oid(OID.ECDSA_SHA384)),
  'rsa-sha256': sequence(oid(OID.RSA_SHA256), nullValue()),
  'rsa-sha384': sequence(oid(OID.RSA_SHA384), nullValue()),
  'rsa-sha512': sequence(oid(OID.RSA_SHA512), nullValue()),
  ed25519: sequence(oid(OID.ED25519)),
}

/**
 * Reads an AlgorithmIdentifier: one of the table, octet by octet.
 * @throws IdentityError der-malformed, key-unsupported
 */
export function takeSignatureAlgorithm(reader: DerReader): SignatureAlgorithm {
  const identifier = reader.any()
  const algorithm = SIGNATURE_ALGORITHMS.find((name) => compareBytes(ALGORITHM_IDENTIFIERS[name], identifier) === 0)
  if (algorithm) return algorithm
  throw new IdentityError(
    'key-unsupported',
    'This signature algorithm is not taken. Sign with ECDSA or RSA (PKCS #1 v1.5) and SHA-2, or with Ed25519.',
  )
}
