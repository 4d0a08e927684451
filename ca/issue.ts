import { randomBytes } from 'node:crypto'
import type { LeafProfile, OnlineIssuer, Reservation } from '../src/domain/certificate/certificate.ts'
import type { IssueOrder, Issuer } from '../src/domain/issuer.ts'
import type { Policy } from '../src/domain/policy.ts'
import { IdentityError } from '../src/errors.ts'
import { assembleCertificate } from '../src/x509/certificate.ts'
import type { GeneralName } from '../src/x509/general-name.ts'
import { parseIp } from '../src/x509/ip-address.ts'
import { readPublicKey } from '../src/x509/public-key.ts'
import { parseRequest } from '../src/x509/request.ts'
import { verifyRequest } from '../src/x509/request-signature.ts'
import { sha256 } from '../src/x509/thumbprint.ts'
import type { Authority } from './authority.ts'
import { requireWithinProfile } from './ceilings.ts'
import { lastMillisecond, lintIssued } from './lint.ts'
import { BACKDATE, LEAF_ISSUER, PROFILES } from './profiles.ts'
import { drawSerial } from './serial.ts'
import type { Signer } from './signer-process.ts'
import { buildTbs, type CertificateParts, SIGNATURE_ALGORITHM } from './tbs.ts'

const SECOND = 1_000

/** Listeners' certificates are made anew by the service itself, so nobody has to remember. */
export const TLS_SERVER_LIFETIME = 90 * 86_400 * SECOND

/** What an issuer works with. */
export interface IssuerParts {
  readonly authority: Authority
  readonly signer: Pick<Signer, 'signCertificate'>
  readonly policy: Policy
  /** for tests; default: the system's */
  readonly random?: (bytes: number) => Uint8Array
}

/** When a certificate begins, when the store lets it end, and when it ends itself. Epoch ms. */
interface Period {
  readonly notBefore: number
  readonly expiresAt: number
  /** whole seconds, the last one of validity */
  readonly notAfter: number
}

/** The certificate authority behind the domain's interface. */
export function createIssuer({ authority, signer, policy, random = randomBytes }: IssuerParts): Issuer {
  return {
    draft: (order, now) => draft({ authority, policy, random }, order, now),

    async sign(reservation) {
      const { issuer, profile, tbs } = reservation
      const signature = await signer.signCertificate(issuer, profile, tbs)
      const der = assembleCertificate(tbs, SIGNATURE_ALGORITHM, signature)
      lintIssued(der, reservation, authority.issuers[issuer])
      return der
    },

    chain: (issuer: OnlineIssuer) => authority.issuers[issuer].pem,
  }
}

function draft(parts: Required<Omit<IssuerParts, 'signer'>>, order: IssueOrder, now: number): Reservation {
  const { authority, policy, random } = parts
  const { profile, label, binding } = order
  const spki = acceptKey(order)
  const period = periodOf(profile, policy, now)
  const issuer = authority.issuers[LEAF_ISSUER[profile]]
  const certificate: CertificateParts = {
    serial: drawSerial(random),
    notBefore: period.notBefore,
    notAfter: period.notAfter,
    commonName: label,
    spki,
    alternativeNames: alternativeNamesOf(order, random),
  }
  requireWithinProfile({ profile }, issuer, certificate, now)
  return {
    ...binding,
    serial: hex(certificate.serial),
    issuer: LEAF_ISSUER[profile],
    profile,
    label,
    notBefore: period.notBefore,
    notAfter: lastMillisecond(period.notAfter),
    expiresAt: period.expiresAt,
    keyHash: hex(sha256(spki)),
    tbs: buildTbs({ profile }, issuer, certificate),
  }
}

/**
 * The only thing that is copied from a request: its key, once it is known to be good and the requester's own.
 * https://www.rfc-editor.org/rfc/rfc2986#section-3
 */
function acceptKey({ profile, request }: IssueOrder): Uint8Array {
  const parsed = parseRequest(request)
  readPublicKey(parsed.spki, PROFILES[profile].keys)
  verifyRequest(parsed)
  return parsed.spki
}

/** Lifetimes count from the second of issuance; the time before it is a gift to slow clocks. */
function periodOf(profile: LeafProfile, policy: Policy, now: number): Period {
  const start = floorSecond(now)
  const lifetime: Readonly<Record<LeafProfile, number>> = {
    browser: policy.browserLifetime,
    api: policy.apiLifetime,
    admin: policy.adminLifetime,
    'tls-server': TLS_SERVER_LIFETIME,
  }
  const grace = profile === 'browser' ? policy.grace : 0
  const expiresAt = start + lifetime[profile] - 1
  const notAfter = floorSecond(expiresAt + grace)
  return {
    notBefore: start - BACKDATE,
    expiresAt: grace > 0 ? expiresAt : lastMillisecond(notAfter),
    notAfter,
  }
}

function alternativeNamesOf(order: IssueOrder, random: (bytes: number) => Uint8Array): GeneralName[] {
  const { profile, binding, site, hosts = [] } = order
  switch (profile) {
    case 'browser':
      return [{ type: 'uri', value: `urn:uuid:${randomUuid(random)}` }]
    case 'admin':
      return [{ type: 'uri', value: `urn:countersign:admin:${hex(random(16))}` }]
    case 'api':
      if (site === undefined || binding.service === null)
        throw incomplete('an api certificate is for a site and a service')
      return [{ type: 'uri', value: `urn:countersign:site:${site}:service:${binding.service}` }]
    case 'tls-server':
      return hosts.map((host) => ({ type: parseIp(host) === undefined ? 'dns' : 'ip', value: host }))
  }
}

/** Version 4: 122 random bits. https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
function randomUuid(random: (bytes: number) => Uint8Array): string {
  const bytes = Uint8Array.from(random(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function floorSecond(epochMs: number): number {
  return Math.floor(epochMs / SECOND) * SECOND
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function incomplete(what: string): IdentityError {
  return new IdentityError('profile-violation', `This certificate cannot be issued: ${what}. Name both.`)
}
