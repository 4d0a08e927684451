import { randomBytes } from 'node:crypto'
import type { Authority } from '../../ca/authority.ts'
import { LEAF_ISSUER, PROFILES } from '../../ca/profiles.ts'
import { drawSerial } from '../../ca/serial.ts'
import { buildTbs, type CertificateParts, type IssuerIdentity, type Kind } from '../../ca/tbs.ts'
import type { LeafProfile } from '../../src/domain/certificate/certificate.ts'
import { encodeTbsCertificate, parseTbsCertificate, type TbsParts } from '../../src/x509/certificate.ts'
import { encodeTbsCertList } from '../../src/x509/crl.ts'
import type { Extension } from '../../src/x509/extension.ts'
import {
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
} from '../../src/x509/extensions.ts'
import { encodeName } from '../../src/x509/name.ts'
import * as OID from '../../src/x509/oid.ts'
import { makeKeyPair, makeWeakKeyPair, spkiOf } from './request.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND

/** What a parent gone bad might ask for: every field of a proper browser certificate, changed. */
export interface Forgery {
  readonly name: string
  readonly issuer: string
  readonly profile: string
  readonly tbs: Uint8Array
}

const NAMES: Readonly<Record<LeafProfile, CertificateParts['alternativeNames']>> = {
  browser: [{ type: 'uri', value: 'urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7' }],
  api: [{ type: 'uri', value: 'urn:countersign:site:shop:service:web' }],
  admin: [{ type: 'uri', value: `urn:countersign:admin:${'a1'.repeat(16)}` }],
  'tls-server': [{ type: 'dns', value: 'localhost' }],
}

/** The parts of a proper certificate of the profile, for as long as its ceiling allows. */
export function properParts(profile: LeafProfile, now: number): CertificateParts {
  const notBefore = Math.floor(now / SECOND) * SECOND - 60 * SECOND
  return {
    serial: drawSerial(randomBytes),
    notBefore,
    notAfter: notBefore + PROFILES[profile].maxDays * DAY - SECOND,
    commonName: 'a proper label',
    spki: spkiOf(makeKeyPair()),
    alternativeNames: NAMES[profile],
  }
}

/** A proper certificate's bytes, with some parts changed. */
export function leafTbs(
  authority: Pick<Authority, 'issuers'>,
  profile: LeafProfile,
  change: Partial<CertificateParts> = {},
  issuer: IssuerIdentity = authority.issuers[LEAF_ISSUER[profile]],
): Uint8Array {
  return buildTbs({ profile } satisfies Kind, issuer, { ...properParts(profile, Date.now()), ...change })
}

/** A proper list's bytes, with some parts changed. */
export function listTbs(
  issuer: IssuerIdentity,
  change: Partial<Parameters<typeof encodeTbsCertList>[0]> = {},
): Uint8Array {
  const thisUpdate = Math.floor(Date.now() / SECOND) * SECOND
  return encodeTbsCertList({
    signatureAlgorithm: 'ecdsa-sha256',
    issuer: issuer.subject,
    thisUpdate,
    nextUpdate: thisUpdate + DAY,
    number: 1,
    authorityKeyIdentifier: issuer.keyIdentifier,
    entries: [],
    ...change,
  })
}

/** All the forgeries; the signer must refuse each. */
export function forgeries(authority: Authority): Forgery[] {
  const browser = (name: string, tbs: Uint8Array): Forgery => ({ name, issuer: 'browser', profile: 'browser', tbs })
  return [
    ...Object.entries(changedParts(authority)).map(([name, change]) =>
      browser(name, leafTbs(authority, 'browser', change)),
    ),
    ...Object.entries(changedFields(authority)).map(([name, change]) => browser(name, altered(authority, change))),
    ...Object.entries(changedExtensions()).map(([name, change]) =>
      browser(
        name,
        altered(authority, ({ extensions }) => ({ extensions: change(extensions) })),
      ),
    ),
    ...foreignKinds(authority),
  ]
}

function changedParts(authority: Authority): Record<string, Partial<CertificateParts>> {
  const { notBefore, notAfter } = properParts('browser', Date.now())
  const serial = drawSerial(randomBytes)
  return {
    'a second too long': { notAfter: notAfter + SECOND },
    'begins a second earlier': { notBefore: notBefore - SECOND },
    'begins two days ago': { notBefore: notBefore - 2 * DAY, notAfter },
    'begins in two days': { notBefore: notBefore + 2 * DAY },
    'ends after its issuer': { notAfter: authority.issuers.browser.notAfter + SECOND },
    'a serial of 15 octets': { serial: serial.subarray(0, 15) },
    'a serial of 17 octets': { serial: Uint8Array.of(0x40, ...serial) },
    'a serial with its top bit set': { serial: Uint8Array.of(0x80, ...serial.subarray(1)) },
    'a serial with zeros in front': { serial: Uint8Array.of(0, ...serial.subarray(1)) },
    'a DNS name': { alternativeNames: NAMES['tls-server'] },
    "a service's name": { alternativeNames: NAMES.api },
    "an administrator's name": { alternativeNames: NAMES.admin },
    'two names': { alternativeNames: [...NAMES.browser, ...NAMES.browser] },
    'a UUID that is not random': {
      alternativeNames: [{ type: 'uri', value: 'urn:uuid:7c9e6679-7425-10de-944b-e07fc1f90ae7' }],
    },
    'an Ed25519 key': { spki: spkiOf(makeKeyPair('ed25519')) },
    "the issuer's own key": { spki: authority.issuers.browser.spki },
    "another issuer's key": { spki: authority.issuers.api.spki },
    "the issuer's own name": { commonName: authority.issuers.browser.commonName },
  }
}

type Change = (proper: TbsParts) => Partial<TbsParts>

function changedFields({ issuers }: Authority): Record<string, Change> {
  const twoNames = encodeName([
    { type: OID.COMMON_NAME, value: 'a label' },
    { type: OID.ORGANIZATION, value: 'Acme' },
  ])
  return {
    "another issuer's name": () => ({ issuer: issuers.api.subject }),
    "the root's name as issuer": () => ({ issuer: issuers.root.subject }),
    'two attributes in its subject': () => ({ subject: twoNames }),
    'no subject': () => ({ subject: encodeName([]) }),
    'an organization for a label': () => ({ subject: encodeName([{ type: OID.ORGANIZATION, value: 'Acme' }]) }),
    'another signature algorithm': () => ({ signatureAlgorithm: 'ecdsa-sha384' }),
    'a key of 1024 bits': () => ({ spki: spkiOf(makeWeakKeyPair()) }),
  }
}

function changedExtensions(): Record<string, (extensions: readonly Extension[]) => readonly Extension[]> {
  const unknown: Extension = { oid: '1.2.3.4', critical: false, value: Uint8Array.of(5, 0) }
  const without = (oid: string) => (all: readonly Extension[]) => all.filter((one) => one.oid !== oid)
  const instead = (extension: Extension) => (all: readonly Extension[]) =>
    all.map((one) => (one.oid === extension.oid ? extension : one))
  return {
    'CA:TRUE': (all) => [basicConstraints({ ca: true }), ...all],
    'CA:FALSE, which no profile writes': (all) => [basicConstraints({ ca: false }), ...all],
    keyCertSign: instead(keyUsage(['digitalSignature', 'keyCertSign'])),
    serverAuth: instead(extendedKeyUsage([OID.CLIENT_AUTH, OID.SERVER_AUTH])),
    anyExtendedKeyUsage: instead(extendedKeyUsage(['2.5.29.37.0'])),
    'no extended key usage': without(OID.EXTENDED_KEY_USAGE),
    'no key usage': without(OID.KEY_USAGE),
    'no alternative name': without(OID.SUBJECT_ALT_NAME),
    'no key identifier': without(OID.SUBJECT_KEY_IDENTIFIER),
    'no address of a list': without(OID.CRL_DISTRIBUTION_POINTS),
    'an address elsewhere': instead(crlDistributionPoints('http://elsewhere.example/crl/browser.crl')),
    'a foreign name beside its own': instead(
      subjectAltName([...NAMES.browser, { type: 'dns', value: 'foreign.example' }]),
    ),
    'a critical name': instead({ ...subjectAltName(NAMES.browser), critical: true }),
    'an extension more': (all) => [...all, unknown],
    'a critical extension more': (all) => [...all, { ...unknown, critical: true }],
    'another order': (all) => all.toReversed(),
  }
}

/** Proper in itself, but handed in as something else. */
function foreignKinds(authority: Authority): Forgery[] {
  const proper = leafTbs(authority, 'browser')
  const list = listTbs(authority.issuers.browser)
  const kinds: readonly (readonly [issuer: string, profile: string, tbs: Uint8Array])[] = [
    ['browser', 'api', proper],
    ['api', 'browser', proper],
    ['internal', 'browser', proper],
    ['internal', 'tls-server', proper],
    ['root', 'browser', proper],
    ['browser', 'issuing', proper],
    ['browser', 'twin', proper],
    ['browser', 'root', proper],
    ['browser', 'browser', list],
    ['browser', 'browser', leafTbs(authority, 'api')],
    ['internal', 'admin', leafTbs(authority, 'tls-server')],
    ['browser', 'browser', new Uint8Array()],
    ['browser', 'browser', randomBytes(500)],
    ['browser', 'browser', Buffer.concat([proper, Uint8Array.of(0)])],
    ['browser', 'browser', proper.subarray(0, -1)],
  ]
  return kinds.map(([issuer, profile, tbs], i) => ({ name: `kind ${i}: ${issuer} ${profile}`, issuer, profile, tbs }))
}

function altered(authority: Authority, change: Change): Uint8Array {
  const proper = parseTbsCertificate(leafTbs(authority, 'browser'))
  return encodeTbsCertificate({ ...proper, ...change(proper) })
}
