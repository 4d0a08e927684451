import { type KeyObject, verify } from 'node:crypto'
import type { Reservation } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { type ParsedCertificate, parseCertificate } from '../src/x509/certificate.ts'
import { compareBytes } from '../src/x509/der.ts'
import { sha256 } from '../src/x509/thumbprint.ts'
import type { IssuerCertificate } from './authority.ts'
import { partsOf, SIGNATURE_ALGORITHM } from './tbs.ts'

/**
 * Reads a finished certificate as strictly as a stranger's: it holds the very bytes that were to be signed, and its
 * issuer's key signed them. That its profile makes these bytes of its parts has been seen by the signer.
 * @param der the certificate
 * @param tbs what was to be signed, DER
 * @param publicKey the issuer's
 * @throws IdentityError profile-violation, der-malformed, certificate-malformed, name-invalid
 */
export function lintCertificate(der: Uint8Array, tbs: Uint8Array, publicKey: KeyObject): ParsedCertificate {
  const parsed = parseCertificate(der)
  if (compareBytes(parsed.tbs, tbs) !== 0) throw fault('it holds other bytes than were to be signed')
  if (parsed.signatureAlgorithm !== SIGNATURE_ALGORITHM) throw fault('it names another signature algorithm than ours')
  if (!verify('sha256', tbs, publicKey, parsed.signature)) throw fault("its signature is not its issuer's")
  return parsed
}

/**
 * Lints an end-entity certificate and compares it with its row in the table.
 * @throws IdentityError profile-violation, der-malformed, certificate-malformed, name-invalid
 */
export function lintIssued(der: Uint8Array, reservation: Reservation, issuer: IssuerCertificate): void {
  const parsed = lintCertificate(der, reservation.tbs, issuer.publicKey)
  const parts = partsOf(parsed)
  const said = {
    serial: hex(parts.serial),
    label: parts.commonName,
    notBefore: parts.notBefore,
    notAfter: lastMillisecond(parts.notAfter),
    keyHash: hex(sha256(parts.spki)),
  }
  for (const [field, value] of Object.entries(said)) {
    if (value !== reservation[field as keyof typeof said]) throw fault(`its ${field} is not the reservation's`)
  }
}

/** A certificate is valid through the whole of its last second. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
export function lastMillisecond(notAfter: number): number {
  return notAfter + 999
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function fault(what: string): IdentityError {
  return new IdentityError('profile-violation', `The certificate that was made is thrown away: ${what}.`)
}
