import t from 'tap'
import { requireListWithinBounds, requireWithinProfile } from '../../ca/ceilings.ts'
import { LEAF_ISSUER, PROFILES } from '../../ca/profiles.ts'
import { type CertificateParts, encodeCommonName, type IssuerIdentity } from '../../ca/tbs.ts'
import { LEAF_PROFILES, type LeafProfile } from '../../src/domain/certificate/certificate.ts'
import { keyIdentifier } from '../../src/x509/key-identifier.ts'
import { properParts } from './forgery.ts'
import { makeKeyPair, makeWeakKeyPair, spkiOf } from './request.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND
const NOW = 1_800_000_000_000
const issuerKey = spkiOf(makeKeyPair())

function issuerOf(profile: LeafProfile): IssuerIdentity {
  return {
    issuer: LEAF_ISSUER[profile],
    subject: encodeCommonName('The issuer'),
    spki: issuerKey,
    keyIdentifier: keyIdentifier(issuerKey),
    notAfter: NOW + 1_000 * DAY - SECOND,
    pkiUrl: 'http://pki.example',
  }
}

function judge(profile: LeafProfile, change: Partial<CertificateParts>, now = NOW): void {
  requireWithinProfile({ profile }, issuerOf(profile), { ...properParts(profile, NOW), ...change }, now)
}

t.test('a proper certificate of each profile passes, to the last second', async (t) => {
  for (const profile of LEAF_PROFILES) {
    const { notAfter, notBefore } = properParts(profile, NOW)
    t.equal((notAfter - notBefore + SECOND) / DAY, PROFILES[profile].maxDays)
    t.doesNotThrow(() => judge(profile, {}), profile)
    t.throws(() => judge(profile, { notAfter: notAfter + SECOND }), { code: 'profile-violation' }, profile)
  }
})

t.test('each bound, from both sides', async (t) => {
  const { notBefore, notAfter, serial } = properParts('browser', NOW)
  const last = issuerOf('browser').notAfter
  const good: Partial<CertificateParts>[] = [
    { notBefore: NOW - DAY },
    { notBefore: NOW + DAY },
    { notAfter: notBefore },
    { serial: serial.with(0, 0x40) },
    { serial: serial.with(0, 0x7f) },
    { commonName: 'ö'.repeat(64) },
    { spki: spkiOf(makeKeyPair('ec-p384')) },
  ]
  const bad: Partial<CertificateParts>[] = [
    { notBefore: NOW - DAY - SECOND, notAfter: notBefore },
    { notBefore: NOW + DAY + SECOND, notAfter },
    { notAfter: notBefore - SECOND },
    { notAfter: notAfter + 1 },
    { notBefore: notBefore + 1 },
    { serial: serial.with(0, 0x3f) },
    { serial: serial.with(0, 0x80) },
    { serial: new Uint8Array(16) },
    { serial: serial.subarray(1) },
    { serial: new Uint8Array() },
    { alternativeNames: [] },
    { spki: issuerKey },
    { commonName: 'The issuer' },
  ]
  for (const change of good)
    t.doesNotThrow(() => judge('browser', { notAfter: NOW + 2 * DAY, ...change }), name(change))
  for (const change of bad) t.throws(() => judge('browser', change), { code: 'profile-violation' }, name(change))
  const old = NOW + 999 * DAY
  t.doesNotThrow(() => judge('browser', { notBefore: old, notAfter: last }, old), 'to the last second of the issuer')
  t.throws(() => judge('browser', { notBefore: old, notAfter: last + SECOND }, old), { code: 'profile-violation' })
  for (const commonName of ['', ' ', 'x'.repeat(65), 'a\nb', 'a\u202eb']) {
    t.throws(() => judge('browser', { commonName }), { code: 'name-invalid' })
  }
  t.throws(() => judge('browser', { spki: spkiOf(makeKeyPair('ed25519')) }), { code: 'key-unsupported' })
  t.doesNotThrow(() => judge('api', { spki: spkiOf(makeKeyPair('ed25519')) }))
  t.throws(() => judge('api', { spki: spkiOf(makeWeakKeyPair()) }), { code: /^key-/ })
})

t.test('alternative names have the form of their profile and no other', async (t) => {
  const uri = (value: string) => [{ type: 'uri', value }] as const
  const forms: readonly [LeafProfile, boolean, CertificateParts['alternativeNames']][] = [
    ['browser', true, uri('urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7')],
    ['browser', false, uri('urn:uuid:7C9E6679-7425-40de-944b-e07fc1f90ae7')],
    ['browser', false, uri('urn:uuid:7c9e6679-7425-40de-c44b-e07fc1f90ae7')],
    ['browser', false, uri('urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7 ')],
    ['api', true, uri('urn:countersign:site:a:service:b-1')],
    ['api', true, uri(`urn:countersign:site:${'a'.repeat(63)}:service:b`)],
    ['api', false, uri(`urn:countersign:site:${'a'.repeat(64)}:service:b`)],
    ['api', false, uri('urn:countersign:site:-a:service:b')],
    ['api', false, uri('urn:countersign:site:a-:service:b')],
    ['api', false, uri('urn:countersign:site:a:service:')],
    ['api', false, uri('urn:countersign:site:a:service:b:service:c')],
    ['api', false, uri('urn:countersign:site:A:service:b')],
    ['admin', true, uri(`urn:countersign:admin:${'0f'.repeat(16)}`)],
    ['admin', false, uri(`urn:countersign:admin:${'0f'.repeat(15)}`)],
    [
      'tls-server',
      true,
      [
        { type: 'dns', value: 'a.example' },
        { type: 'ip', value: '::1' },
      ],
    ],
    ['tls-server', true, Array.from({ length: 20 }, (_, i) => ({ type: 'dns', value: `h${i}.example` }) as const)],
    ['tls-server', false, Array.from({ length: 21 }, (_, i) => ({ type: 'dns', value: `h${i}.example` }) as const)],
    ['tls-server', false, [{ type: 'dns', value: '127.0.0.1' }]],
    [
      'tls-server',
      false,
      [{ type: 'dns', value: 'a.example' }, ...uri('urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7')],
    ],
    ['tls-server', false, []],
  ]
  for (const [profile, taken, alternativeNames] of forms) {
    const text = `${profile} ${name({ alternativeNames })}`
    if (taken) t.doesNotThrow(() => judge(profile, { alternativeNames }), text)
    else t.throws(() => judge(profile, { alternativeNames }), { code: 'profile-violation' }, text)
  }
})

t.test('an issuer signs its own profiles alone', async (t) => {
  for (const profile of LEAF_PROFILES) {
    for (const other of LEAF_PROFILES.filter((one) => LEAF_ISSUER[one] !== LEAF_ISSUER[profile])) {
      t.throws(() => requireWithinProfile({ profile }, issuerOf(other), properParts(profile, NOW), NOW), {
        code: 'profile-violation',
      })
    }
  }
})

t.test('a self-signed certificate names itself, by name and key', async (t) => {
  const issuer = { ...issuerOf('browser'), notAfter: NOW + 4_000 * DAY }
  const parts = { ...properParts('browser', NOW), alternativeNames: [], spki: issuerKey, commonName: 'The issuer' }
  const judgeTwin = (change: Partial<CertificateParts>) =>
    requireWithinProfile({ profile: 'twin', role: 'browser' }, issuer, { ...parts, ...change }, NOW)
  t.doesNotThrow(() => judgeTwin({}))
  t.throws(() => judgeTwin({ commonName: 'Another' }), { code: 'profile-violation' })
  t.throws(() => judgeTwin({ spki: spkiOf(makeKeyPair()) }), { code: 'profile-violation' })
  t.throws(() => judgeTwin({ alternativeNames: [{ type: 'dns', value: 'a.example' }] }), { code: 'profile-violation' })
})

t.test('a list is bound to its issuer, its algorithm and its time', async (t) => {
  const issuer = issuerOf('browser')
  const list = {
    signatureAlgorithm: 'ecdsa-sha256',
    issuer: issuer.subject,
    thisUpdate: NOW,
    nextUpdate: NOW + 7 * DAY,
    number: 1,
    authorityKeyIdentifier: issuer.keyIdentifier,
  } as const
  t.doesNotThrow(() => requireListWithinBounds(issuer, list, NOW))
  const year = { ...list, nextUpdate: NOW + 365 * DAY }
  t.doesNotThrow(() => requireListWithinBounds({ ...issuer, issuer: 'root' }, year, NOW))
  const bad = [
    year,
    { ...list, nextUpdate: NOW + 7 * DAY + SECOND },
    { ...list, issuer: encodeCommonName('Another') },
    { ...list, authorityKeyIdentifier: issuer.keyIdentifier.with(0, 0) },
    { ...list, signatureAlgorithm: 'ecdsa-sha384' as const },
    { ...list, thisUpdate: NOW + DAY + SECOND },
    { ...list, thisUpdate: NOW - DAY - SECOND, nextUpdate: NOW },
  ]
  for (const one of bad) t.throws(() => requireListWithinBounds(issuer, one, NOW), { code: 'profile-violation' })
})

function name(change: object): string {
  return JSON.stringify(change).slice(0, 80)
}
