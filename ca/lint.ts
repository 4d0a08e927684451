import type { Reservation } from '../src/domain/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { type ParsedCertificate, parseCertificate } from '../src/x509/certificate.ts'
import { compareBytes } from '../src/x509/der.ts'
import { verifySignature } from '../src/x509/signature.ts'
import { sha256 } from '../src/x509/thumbprint.ts'
import { buildTbs, type IssuerIdentity, type Kind, partsOf } from './tbs.ts'

/**
 * Reads a finished certificate as strictly as a stranger's: it holds the bytes that were to be signed, is what its
 * profile makes of its parts, and its issuer's key signed it.
 * @param der the certificate
 * @param tbs what was to be signed, DER
 * @throws IdentityError profile-violation, der-malformed, certificate-malformed, name-invalid
 */
export function lintCertificate(
  der: Uint8Array,
  tbs: Uint8Array,
  kind: Kind,
  issuer: IssuerIdentity,
): ParsedCertificate {
  const parsed = parseCertificate(der)
  if (compareBytes(parsed.tbs, tbs) !== 0) throw fault('it holds other bytes than were to be signed')
  if (compareBytes(buildTbs(kind, issuer, partsOf(parsed)), tbs) !== 0)
    throw fault('its profile makes other bytes of its parts')
  if (!verifySignature(issuer.spki, parsed.signatureAlgorithm, tbs, parsed.signature)) {
    throw fault(`its signature is not that of issuer ${issuer.issuer}`)
  }
  return parsed
}

/**
 * Lints an end-entity certificate and compares it with its row in the table.
 * @throws IdentityError profile-violation, der-malformed, certificate-malformed, name-invalid
 */
export function lintIssued(der: Uint8Array, reservation: Reservation, issuer: IssuerIdentity): void {
  const parsed = lintCertificate(der, reservation.tbs, { profile: reservation.profile }, issuer)
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
