import type { IssuerName, LeafProfile, OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import type { Ceilings } from '../src/domain/policy.ts'
import type { KeyUsage } from '../src/x509/extensions.ts'
import type { KeyAlgorithm } from '../src/x509/public-key.ts'

/** Every kind of certificate that a key of ours may sign. A new kind (`ocsp-responder`) is a row here and in PROFILES.md. */
export const PROFILE_NAMES = ['root', 'issuing', 'twin', 'browser', 'api', 'admin', 'tls-server'] as const
export type ProfileName = (typeof PROFILE_NAMES)[number]

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
export type Purpose = 'clientAuth' | 'serverAuth'

/** The only form that a profile's subjectAltName may have. */
export type AlternativeName = 'uuid' | 'service' | 'admin' | 'hosts'

/** What one kind of certificate holds. `ca/PROFILES.md` says the same with its reasons; a test reads both. */
export interface Profile {
  /** the issuers whose key signs it; a root and a twin sign themselves */
  readonly signedBy: readonly IssuerName[]
  readonly selfSigned: boolean
  readonly keys: readonly KeyAlgorithm[]
  readonly keyUsage: readonly KeyUsage[]
  /** what an RSA key is allowed besides */
  readonly rsaKeyUsage: readonly KeyUsage[]
  /** null: none; 'issuer': what {@link ISSUER_PURPOSES} says of the CA that it certifies */
  readonly purposes: readonly Purpose[] | 'issuer' | null
  /** pathLenConstraint of a CA; null: no CA, and no basicConstraints */
  readonly pathLength: number | null
  readonly alternativeName: AlternativeName | null
  /** the hard ceiling, whatever a policy says; both ends are inclusive */
  readonly maxDays: number
  /** whether it carries authorityKeyIdentifier, caIssuers and a CRL address */
  readonly pointers: boolean
}

// Ten calendar years never have fewer days before 2096.
const TEN_YEARS = 3652
const NONE = Object.freeze([])
const CA_KEY_USAGE = Object.freeze(['keyCertSign', 'cRLSign'] as const)
const CA_KEYS = Object.freeze(['ec-p256'] as const)
const LEAF_KEY_USAGE = Object.freeze(['digitalSignature'] as const)
const LEAF_KEYS = Object.freeze(['ec-p256', 'ec-p384', 'rsa'] as const)
const ISSUING = Object.freeze(['browser', 'api', 'internal'] as const)

/** The EKU of each issuing CA: no path below it serves another purpose. */
export const ISSUER_PURPOSES: Readonly<Record<OnlineIssuer, readonly Purpose[]>> = Object.freeze({
  browser: Object.freeze(['clientAuth'] as const),
  api: Object.freeze(['clientAuth'] as const),
  internal: Object.freeze(['serverAuth', 'clientAuth'] as const),
})

export const PROFILES: Readonly<Record<ProfileName, Profile>> = Object.freeze({
  root: Object.freeze({
    signedBy: Object.freeze(['root'] as const),
    selfSigned: true,
    keys: CA_KEYS,
    keyUsage: CA_KEY_USAGE,
    rsaKeyUsage: NONE,
    purposes: null,
    pathLength: 1,
    alternativeName: null,
    maxDays: TEN_YEARS,
    pointers: false,
  }),
  issuing: Object.freeze({
    signedBy: Object.freeze(['root'] as const),
    selfSigned: false,
    keys: CA_KEYS,
    keyUsage: CA_KEY_USAGE,
    rsaKeyUsage: NONE,
    purposes: 'issuer',
    pathLength: 0,
    alternativeName: null,
    maxDays: TEN_YEARS,
    pointers: true,
  }),
  twin: Object.freeze({
    signedBy: ISSUING,
    selfSigned: true,
    keys: CA_KEYS,
    keyUsage: CA_KEY_USAGE,
    rsaKeyUsage: NONE,
    purposes: 'issuer',
    pathLength: 0,
    alternativeName: null,
    maxDays: TEN_YEARS,
    pointers: false,
  }),
  browser: Object.freeze({
    signedBy: Object.freeze(['browser'] as const),
    selfSigned: false,
    keys: LEAF_KEYS,
    keyUsage: LEAF_KEY_USAGE,
    rsaKeyUsage: NONE,
    purposes: Object.freeze(['clientAuth'] as const),
    pathLength: null,
    alternativeName: 'uuid',
    maxDays: 456,
    pointers: true,
  }),
  api: Object.freeze({
    signedBy: Object.freeze(['api'] as const),
    selfSigned: false,
    keys: Object.freeze(['ec-p256', 'ec-p384', 'rsa', 'ed25519'] as const),
    keyUsage: LEAF_KEY_USAGE,
    rsaKeyUsage: NONE,
    purposes: Object.freeze(['clientAuth'] as const),
    pathLength: null,
    alternativeName: 'service',
    maxDays: 397,
    pointers: true,
  }),
  admin: Object.freeze({
    signedBy: Object.freeze(['internal'] as const),
    selfSigned: false,
    keys: LEAF_KEYS,
    keyUsage: LEAF_KEY_USAGE,
    rsaKeyUsage: NONE,
    purposes: Object.freeze(['clientAuth'] as const),
    pathLength: null,
    alternativeName: 'admin',
    maxDays: 397,
    pointers: true,
  }),
  'tls-server': Object.freeze({
    signedBy: Object.freeze(['internal'] as const),
    selfSigned: false,
    keys: LEAF_KEYS,
    keyUsage: LEAF_KEY_USAGE,
    rsaKeyUsage: Object.freeze(['keyEncipherment'] as const),
    purposes: Object.freeze(['serverAuth'] as const),
    pathLength: null,
    alternativeName: 'hosts',
    maxDays: 100,
    pointers: true,
  }),
})

/** The issuer of each end-entity profile. */
export const LEAF_ISSUER: Readonly<Record<LeafProfile, OnlineIssuer>> = Object.freeze({
  browser: 'browser',
  api: 'api',
  admin: 'internal',
  'tls-server': 'internal',
})

/**
 * 16 octets, positive and not zero: the first octet lies between 0x40 and 0x7f, so that DER never adds or drops one.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
 */
export const SERIAL_BYTES = 16

/** A certificate is used within the second in which it is made, by peers whose clocks may be a little slow. Milliseconds. */
export const BACKDATE = 60_000

const DAY = 86_400_000

/** So long a policy may let them live, from their issuance on, ms: before it lies the time that is a gift to slow clocks. */
export const CEILINGS: Ceilings = Object.freeze({
  browser: PROFILES.browser.maxDays * DAY - BACKDATE,
  api: PROFILES.api.maxDays * DAY - BACKDATE,
  admin: PROFILES.admin.maxDays * DAY - BACKDATE,
})

/** The most days between thisUpdate and nextUpdate; the root's list is made in a ceremony once a year. */
export const LIST_MAX_DAYS: Readonly<Record<IssuerName, number>> = Object.freeze({
  root: 397,
  browser: 7,
  api: 7,
  internal: 7,
})
