import { X509Certificate } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as pkijs from 'pkijs'
import t from 'tap'
import { createIssuer, TLS_SERVER_LIFETIME } from '../../ca/issue.ts'
import { CEILINGS, LEAF_ISSUER, PROFILES } from '../../ca/profiles.ts'
import { LEAF_PROFILES, type LeafProfile } from '../../src/domain/certificate/certificate.ts'
import type { IssueOrder } from '../../src/domain/issuer.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import { parseTbsCertificate } from '../../src/x509/certificate.ts'
import type { KeyAlgorithm } from '../../src/x509/public-key.ts'
import { sha256 } from '../../src/x509/thumbprint.ts'
import { makeIssuance, SAMPLE_ORDERS } from './issuance.ts'
import { certtoolVerify, NssDatabase, opensslVerify, pemOf } from './judges.ts'
import { makeKeyPair, makeRequest, makeWishfulRequest, spkiOf } from './request.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND

const home = t.testdir()
const world = await makeIssuance(home)
const { authority } = world
t.teardown(() => world.signer.close())

const PURPOSE: Readonly<Record<LeafProfile, { openssl: string; nss: string; not: string }>> = {
  browser: { openssl: 'sslclient', nss: 'C', not: 'sslserver' },
  api: { openssl: 'sslclient', nss: 'C', not: 'sslserver' },
  admin: { openssl: 'sslclient', nss: 'C', not: 'sslserver' },
  'tls-server': { openssl: 'sslserver', nss: 'V', not: 'sslclient' },
}

const CASES: readonly [LeafProfile, KeyAlgorithm][] = LEAF_PROFILES.flatMap((profile) =>
  PROFILES[profile].keys.map((key) => [profile, key] as [LeafProfile, KeyAlgorithm]),
)

t.test('every profile with every key verifies in openssl, GnuTLS, NSS and pkijs', async (t) => {
  const nss = new NssDatabase(t.testdir(), authority)
  const directory = join(home, 'judged')
  mkdirSync(directory)
  for (const [profile, algorithm] of CASES) {
    const { der } = await world.issue(profile, algorithm)
    const name = `${profile}, ${algorithm}`
    const issuing = authority.issuers[LEAF_ISSUER[profile]]
    const { openssl, nss: usage, not } = PURPOSE[profile]
    const verdict = opensslVerify(directory, authority, der, ['-purpose', openssl])
    t.ok(verdict.ok, `openssl: ${name}`, { said: verdict.said })
    t.notOk(opensslVerify(directory, authority, der, ['-purpose', not]).ok, `openssl, other purpose: ${name}`)
    const gnutls = certtoolVerify(directory, authority, [pemOf(der), issuing.pem])
    t.ok(gnutls.ok, `certtool: ${name}`, { said: gnutls.said })
    // The NSS of Debian 12 knows no Ed25519 yet.
    if (algorithm !== 'ed25519') {
      const judged = nss.verify(der, usage)
      t.ok(judged.ok, `certutil: ${name}`, { said: judged.said })
    }
    const read = pkijs.Certificate.fromBER(Buffer.from(der))
    t.equal(read.extensions?.length, 7, `pkijs reads: ${name}`)
    t.ok(await read.verify(pkijs.Certificate.fromBER(Buffer.from(issuing.der))), `pkijs verifies: ${name}`)
  }
})

t.test('a certificate holds what its profile says, and nothing of the request but its key', async (t) => {
  for (const profile of LEAF_PROFILES) {
    const keys = makeKeyPair()
    const order = { ...SAMPLE_ORDERS[profile], request: makeWishfulRequest(keys) }
    const reservation = world.issuer.draft(order, Date.now())
    const certificate = new X509Certificate(await world.issuer.sign(reservation))
    t.equal(certificate.toLegacyObject().subject.CN, order.label, profile)
    t.equal(certificate.ca, false)
    t.match(certificate.subjectAltName, ALTERNATIVE_NAME[profile])
    t.notMatch(certificate.subjectAltName, /wished/)
    t.same(new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' })), spkiOf(keys))
    t.match(certificate.infoAccess, `http://localhost:8480/ca/${LEAF_ISSUER[profile]}.cer`)
    t.match(certificate.toString(), '-----BEGIN CERTIFICATE-----')
    t.equal(certificate.serialNumber.toLowerCase(), reservation.serial)
    t.ok(certificate.validToDate.getTime() - Date.now() < 456 * DAY, 'not the ten years that were wished')
  }
})

const ALTERNATIVE_NAME: Readonly<Record<LeafProfile, RegExp>> = {
  browser: /^URI:urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  api: /^URI:urn:countersign:site:shop:service:web$/,
  admin: /^URI:urn:countersign:admin:[0-9a-f]{32}$/,
  'tls-server': /^DNS:localhost, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, DNS:\*\.check\.localhost$/,
}

t.test('validity is inclusive at both ends and begins a minute ago', async (t) => {
  const now = Date.now()
  const start = Math.floor(now / SECOND) * SECOND
  const lifetimes: Readonly<Record<LeafProfile, number>> = {
    browser: DEFAULT_POLICY.browserLifetime + DEFAULT_POLICY.grace,
    api: DEFAULT_POLICY.apiLifetime,
    admin: DEFAULT_POLICY.adminLifetime,
    'tls-server': TLS_SERVER_LIFETIME,
  }
  for (const profile of LEAF_PROFILES) {
    const reservation = world.issuer.draft(orderOf(profile), now)
    const written = parseTbsCertificate(reservation.tbs)
    t.equal(written.notBefore, start - 60 * SECOND, profile)
    t.equal(written.notAfter, start + lifetimes[profile] - SECOND)
    t.equal(reservation.notBefore, written.notBefore)
    t.equal(reservation.notAfter, written.notAfter + 999, 'the last millisecond of the last second')
    const grace = profile === 'browser' ? DEFAULT_POLICY.grace : 0
    t.equal(reservation.expiresAt, reservation.notAfter - grace)
  }
})

t.test('a policy cannot pass the ceiling of a profile, nor the end of the issuer', async (t) => {
  const over: readonly [LeafProfile, Readonly<Record<string, number>>][] = [
    ['browser', { browserLifetime: CEILINGS.browser - DEFAULT_POLICY.grace + SECOND }],
    ['api', { apiLifetime: CEILINGS.api + SECOND }],
    ['admin', { adminLifetime: CEILINGS.admin + SECOND }],
  ]
  for (const [profile, change] of over) {
    const issuer = createIssuer({ authority, signer: world.signer, policy: { ...DEFAULT_POLICY, ...change } })
    t.throws(() => issuer.draft(orderOf(profile), Date.now()), { code: 'profile-violation' }, profile)
    const within = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value - SECOND]))
    const modest = createIssuer({ authority, signer: world.signer, policy: { ...DEFAULT_POLICY, ...within } })
    t.ok(modest.draft(orderOf(profile), Date.now()), `${profile}, a second less`)
  }
  t.throws(() => world.issuer.draft(orderOf('api'), authority.issuers.api.notAfter - 364 * DAY), {
    code: 'profile-violation',
  })
})

t.test('what is not acceptable is refused before anything is stored', async (t) => {
  const request = makeRequest(makeKeyPair())
  const forged = Uint8Array.from(request)
  forged[forged.length - 1]! ^= 1
  const cases: readonly [string, Partial<IssueOrder>, LeafProfile][] = [
    ['request-signature-invalid', { request: forged }, 'browser'],
    ['der-malformed', { request: request.subarray(1) }, 'browser'],
    ['key-unsupported', { request: makeRequest(makeKeyPair('ed25519'), 'ed25519') }, 'browser'],
    ['key-unsupported', { request: makeRequest(makeKeyPair('ed25519'), 'ed25519') }, 'tls-server'],
    ['name-invalid', { label: 'x'.repeat(65) }, 'browser'],
    ['name-invalid', { label: '' }, 'browser'],
    ['name-invalid', { label: 'a\u202eb' }, 'browser'],
    ['profile-violation', { label: authority.issuers.browser.commonName }, 'browser'],
    ['profile-violation', { site: 'Shop' }, 'api'],
    ['profile-violation', { site: 'shop:service:x' }, 'api'],
    ['profile-violation', { binding: { ...SAMPLE_ORDERS.api.binding, service: null } }, 'api'],
    ['profile-violation', { hosts: [] }, 'tls-server'],
    ['profile-violation', { hosts: Array.from({ length: 21 }, (_, i) => `h${i}.example`) }, 'tls-server'],
    ['name-invalid', { hosts: ['under_score'] }, 'tls-server'],
    ['name-invalid', { hosts: ['a.*.example'] }, 'tls-server'],
  ]
  for (const [code, change, profile] of cases) {
    const order = { ...orderOf(profile), ...change }
    t.throws(() => world.issuer.draft(order, Date.now()), { code }, `${code}: ${JSON.stringify(change).slice(0, 60)}`)
  }
})

t.test('an api order without a site is refused', async (t) => {
  const { site: _, ...order } = orderOf('api')
  t.throws(() => world.issuer.draft(order, Date.now()), { code: 'profile-violation' })
})

t.test('serials and random names do not repeat, and the key is named', async (t) => {
  const order = orderOf('browser')
  const drafts = Array.from({ length: 50 }, () => world.issuer.draft(order, Date.now()))
  t.equal(new Set(drafts.map(({ serial }) => serial)).size, 50)
  const names = drafts.map(({ tbs }) => parseTbsCertificate(tbs).known.subjectAltName?.[0]?.value)
  t.equal(new Set(names).size, 50)
  for (const { serial } of drafts) t.match(serial, /^[4-7][0-9a-f]{31}$/)
  const [first] = drafts
  const { spki } = parseTbsCertificate(first!.tbs)
  t.equal(first?.keyHash, Buffer.from(sha256(spki)).toString('hex'))
})

t.test('a reservation that does not match its bytes comes to nothing', async (t) => {
  const reservation = world.issuer.draft(orderOf('browser'), Date.now())
  for (const change of [
    { label: 'another' },
    { serial: '4'.repeat(32) },
    { notAfter: reservation.notAfter + SECOND },
    { keyHash: '0'.repeat(64) },
  ]) {
    await t.rejects(world.issuer.sign({ ...reservation, ...change }), { code: 'profile-violation' })
  }
  await t.rejects(world.issuer.sign({ ...reservation, issuer: 'api' }), { code: 'signer-refused' })
  await t.rejects(world.issuer.sign({ ...reservation, profile: 'api', issuer: 'api' }), { code: 'signer-refused' })
})

t.test('the chain of a leaf is its issuing CA alone', async (t) => {
  for (const issuer of ['browser', 'api', 'internal'] as const) {
    const chain = world.issuer.chain(issuer)
    t.equal(chain.match(/BEGIN/g)?.length, 1)
    t.equal(new X509Certificate(chain).subject, `CN=${authority.issuers[issuer].commonName}`)
  }
})

function orderOf(profile: LeafProfile): IssueOrder {
  return { ...SAMPLE_ORDERS[profile], request: makeRequest(makeKeyPair()) }
}
