import { createHash } from 'node:crypto'
import t from 'tap'
import { LEAF_ISSUER, PROFILES } from '../../ca/profiles.ts'
import {
  addressesOf,
  buildTbs,
  encodeCommonName,
  type IssuerIdentity,
  isPkiUrl,
  partsOf,
  pkiUrlOf,
} from '../../ca/tbs.ts'
import { LEAF_PROFILES } from '../../src/domain/certificate/certificate.ts'
import { parseTbsCertificate } from '../../src/x509/certificate.ts'
import { keyIdentifier } from '../../src/x509/key-identifier.ts'
import * as OID from '../../src/x509/oid.ts'
import { properParts } from './forgery.ts'
import { makeKeyPair, spkiOf } from './request.ts'

const spki = spkiOf(makeKeyPair())

function identity(issuer: IssuerIdentity['issuer'], change: Partial<IssuerIdentity> = {}): IssuerIdentity {
  const subject = encodeCommonName(`The ${issuer}`)
  return {
    issuer,
    subject,
    spki,
    keyIdentifier: keyIdentifier(spki),
    notAfter: 9e15,
    pkiUrl: 'http://pki.example',
    ...change,
  }
}

t.test('the same parts make the same bytes, and the bytes give the parts back', async (t) => {
  for (const profile of LEAF_PROFILES) {
    const issuer = identity(LEAF_ISSUER[profile])
    const parts = properParts(profile, Date.now())
    const tbs = buildTbs({ profile }, issuer, parts)
    t.same(buildTbs({ profile }, { ...issuer }, structuredClone(parts)), tbs, profile)
    t.same(partsOf(parseTbsCertificate(tbs)), parts)
  }
})

t.test('a leaf holds seven extensions, in order, and critical is its key usage alone', async (t) => {
  for (const profile of LEAF_PROFILES) {
    const issuer = LEAF_ISSUER[profile]
    const { extensions, known } = parseTbsCertificate(
      buildTbs({ profile }, identity(issuer), properParts(profile, Date.now())),
    )
    t.same(
      extensions.map(({ oid }) => oid),
      [
        OID.KEY_USAGE,
        OID.EXTENDED_KEY_USAGE,
        OID.SUBJECT_ALT_NAME,
        OID.SUBJECT_KEY_IDENTIFIER,
        OID.AUTHORITY_KEY_IDENTIFIER,
        OID.AUTHORITY_INFO_ACCESS,
        OID.CRL_DISTRIBUTION_POINTS,
      ],
    )
    t.same(
      extensions.filter(({ critical }) => critical).map(({ oid }) => oid),
      [OID.KEY_USAGE],
    )
    t.same(known.authorityInfoAccess, [`http://pki.example/ca/${issuer}.cer`])
    t.same(known.crlDistributionPoints, [`http://pki.example/crl/${issuer}.crl`])
  }
})

t.test('a CA says so, how deep, and for what', async (t) => {
  const parts = { ...properParts('browser', Date.now()), alternativeNames: [] }
  const root = parseTbsCertificate(buildTbs({ profile: 'root' }, identity('root'), parts))
  t.same(root.known.basicConstraints, { ca: true, pathLength: 1 })
  t.equal(root.known.extendedKeyUsage, undefined)
  t.same(root.extensions.length, 3)
  const purposes = { browser: [OID.CLIENT_AUTH], api: [OID.CLIENT_AUTH], internal: [OID.SERVER_AUTH, OID.CLIENT_AUTH] }
  for (const role of ['browser', 'api', 'internal'] as const) {
    const issuing = parseTbsCertificate(buildTbs({ profile: 'issuing', role }, identity('root'), parts))
    t.same(issuing.known.basicConstraints, { ca: true, pathLength: 0 })
    t.same(issuing.known.extendedKeyUsage, purposes[role], role)
    t.same(issuing.known.keyUsage, ['keyCertSign', 'cRLSign'])
    const twin = parseTbsCertificate(buildTbs({ profile: 'twin', role }, identity(role), parts))
    t.same(twin.known.extendedKeyUsage, purposes[role])
    t.equal(twin.known.crlDistributionPoints, undefined, 'a twin points nowhere')
  }
  t.throws(() => buildTbs({ profile: 'issuing' }, identity('root'), parts), TypeError)
})

t.test('an RSA server may be encrypted to; nobody else', async (t) => {
  const rsa = spkiOf(makeKeyPair('rsa'))
  const usage = (profile: 'browser' | 'tls-server', key: Uint8Array) =>
    parseTbsCertificate(
      buildTbs({ profile }, identity(LEAF_ISSUER[profile]), { ...properParts(profile, Date.now()), spki: key }),
    ).known.keyUsage
  t.same(usage('tls-server', rsa), ['digitalSignature', 'keyEncipherment'])
  t.same(usage('tls-server', spki), ['digitalSignature'])
  t.same(usage('browser', rsa), ['digitalSignature'])
  t.same(PROFILES['tls-server'].rsaKeyUsage, ['keyEncipherment'])
})

t.test('a key identifier is the left of the SHA-256 over the key', async (t) => {
  const tbs = buildTbs({ profile: 'browser' }, identity('browser'), { ...properParts('browser', Date.now()), spki })
  // The point stands behind 26 octets of algorithm and header.
  const expected = createHash('sha256').update(spki.subarray(26)).digest().subarray(0, 20)
  t.same(Buffer.from(parseTbsCertificate(tbs).known.subjectKeyIdentifier!), expected)
})

t.test('two issuers of one name and profile never share what is kept ready', async (t) => {
  const parts = properParts('browser', Date.now())
  const here = buildTbs({ profile: 'browser' }, identity('browser'), parts)
  const there = buildTbs({ profile: 'browser' }, identity('browser', { pkiUrl: 'http://other.example' }), parts)
  t.same(parseTbsCertificate(there).known.crlDistributionPoints, ['http://other.example/crl/browser.crl'])
  t.notSame(here, there)
})

t.test('the public address is plain http and is read from a certificate', async (t) => {
  const { list } = addressesOf('http://[::1]:8480/x', 'root')
  t.equal(pkiUrlOf({ crlDistributionPoints: [list] }), 'http://[::1]:8480/x')
  for (const crlDistributionPoints of [
    [],
    ['http://pki.example/crl/api.crl'],
    ['https://pki.example/crl/root.crl'],
    ['/crl/root.crl'],
  ]) {
    t.throws(() => pkiUrlOf({ crlDistributionPoints }), { code: 'certificate-malformed' })
  }
  t.throws(() => pkiUrlOf({}), { code: 'certificate-malformed' })
  for (const text of ['http://localhost:8480', 'http://pki.example.org/a/b', 'http://[::1]:80'])
    t.ok(isPkiUrl(text), text)
  for (const text of [
    'https://a',
    'http://',
    'http://a/',
    'http://A',
    'http://a?b',
    'http://a#b',
    'http://a b',
    'http://u@a',
    `http://${'a'.repeat(200)}`,
  ]) {
    t.notOk(isPkiUrl(text), text)
  }
})
