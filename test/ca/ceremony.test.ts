import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as pkijs from 'pkijs'
import t from 'tap'
import { initAuthority, renewRootList } from '../../ca/ceremony.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { makeAuthority } from './authority.ts'
import { certtoolVerify, NssDatabase, opensslVerify, run } from './judges.ts'

const ONLINE = ['browser', 'api', 'internal'] as const
const DAY = 86_400_000

t.test('the authority is whole, and its folder is private', async (t) => {
  const { authority, directory } = await makeAuthority(t.testdir())
  const files = ['root', ...ONLINE].flatMap((name) => [`${name}.key`, `${name}.pem`])
  const twins = ONLINE.map((name) => `${name}.twin.pem`)
  t.same(readdirSync(directory).sort(), [...files, ...twins, 'root.crl'].sort())
  t.equal(statSync(directory).mode & 0o777, 0o700)
  for (const name of ['root', ...ONLINE]) {
    t.equal(statSync(join(directory, `${name}.key`)).mode & 0o777, 0o600)
    t.match(readFileSync(join(directory, `${name}.key`), 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/)
  }
  t.equal(authority.pkiUrl, 'http://localhost:8480')
  t.equal(new Set(Object.values(authority.issuers).map(({ commonName }) => commonName)).size, 4)
})

t.test('its certificates verify in openssl, GnuTLS and NSS, and pkijs verifies them', async (t) => {
  const home = t.testdir()
  const { authority } = await makeAuthority(home)
  const { root } = authority.issuers
  const nss = new NssDatabase(t.testdir(), authority)
  for (const issuer of ONLINE) {
    const { der, pem } = authority.issuers[issuer]
    const strict = opensslVerify(home, authority, der, ['-purpose', 'crlsign'])
    t.ok(strict.ok, `openssl: ${issuer}`, { said: strict.said })
    const gnutls = certtoolVerify(home, authority, [pem])
    t.ok(gnutls.ok, `certtool: ${issuer}`, { said: gnutls.said })
    const judged = nss.verifyIssuer(issuer)
    t.ok(judged.ok, `certutil: ${issuer}`, { said: judged.said })
    t.ok(await readByPkijs(der).verify(readByPkijs(root.der)), `pkijs: ${issuer}`)
  }
  const self = opensslVerify(home, authority, root.der, [])
  t.ok(self.ok, 'openssl: root', { said: self.said })
  t.ok(await readByPkijs(root.der).verify(), 'pkijs: root')
})

t.test('a twin has key, name and key identifier of its CA, and is its own issuer', async (t) => {
  const { authority } = await makeAuthority(t.testdir())
  for (const issuer of ONLINE) {
    const twin = new X509Certificate(authority.twins[issuer])
    const issuing = new X509Certificate(authority.issuers[issuer].pem)
    t.equal(twin.subject, issuing.subject)
    t.equal(twin.issuer, twin.subject)
    t.ok(twin.publicKey.equals(issuing.publicKey))
    t.ok(twin.verify(issuing.publicKey))
    t.equal(twin.ca, true)
    t.same(twin.keyUsage, issuing.keyUsage, 'the same purposes')
    t.not(twin.fingerprint256, issuing.fingerprint256)
  }
})

t.test("the root's list is for a year and verifies", async (t) => {
  const home = t.testdir()
  const { authority, directory } = await makeAuthority(home)
  const list = parseCertList(authority.rootList)
  t.equal(list.nextUpdate - list.thisUpdate, 365 * DAY)
  t.same(list.entries, [])
  const judged = run('openssl', [
    'crl',
    '-in',
    join(directory, 'root.crl'),
    '-inform',
    'DER',
    '-CAfile',
    join(directory, 'root.pem'),
    '-noout',
  ])
  t.match(judged.said, 'verify OK')
})

t.test("the root's list is made anew with a greater number, even by a clock that was set back", async (t) => {
  const { authority, directory, passphraseFile } = await makeAuthority(t.testdir())
  const first = parseCertList(authority.rootList).number
  const back = await renewRootList({ directory, passphraseFile, now: Date.now() - 3_600_000 })
  const second = parseCertList(back.rootList)
  t.equal(second.number, first + 1)
  t.ok(second.thisUpdate < parseCertList(authority.rootList).thisUpdate)
})

t.test('nothing is overwritten, and two ceremonies at once leave one authority', async (t) => {
  const home = t.testdir()
  const { authority, directory, passphraseFile } = await makeAuthority(home)
  const order = { directory, passphraseFile, pkiUrl: 'http://localhost:8480', now: Date.now() }
  await t.rejects(initAuthority(order), { code: 'authority-exists' })
  t.equal(readFileSync(join(directory, 'root.pem'), 'utf8'), authority.issuers.root.pem)

  const race = { ...order, directory: join(home, 'race') }
  const results = await Promise.allSettled([initAuthority(race), initAuthority(race)])
  t.same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.match(
    results.find(({ status }) => status === 'rejected'),
    { reason: { code: 'authority-exists' } },
  )
  t.same(
    readdirSync(home).filter((name) => name.endsWith('.new')),
    [],
    'no workshop is left behind',
  )
})

t.test('an empty folder is a place for an authority', async (t) => {
  const home = t.testdir()
  mkdirSync(join(home, 'ca'))
  t.ok(await makeAuthority(home))
})

t.test('a ceremony that fails leaves nothing behind', async (t) => {
  const home = t.testdir()
  writeFileSync(join(home, 'short'), 'too short\n', { mode: 0o600 })
  const order = { directory: join(home, 'ca'), pkiUrl: 'http://localhost:8480', now: Date.now() }
  await t.rejects(initAuthority({ ...order, passphraseFile: join(home, 'short') }), { code: 'key-file-unreadable' })
  await t.rejects(initAuthority({ ...order, passphraseFile: join(home, 'none') }), { code: 'key-file-unreadable' })
  const passphraseFile = join(home, 'passphrase')
  writeFileSync(passphraseFile, 'a passphrase of the tests', { mode: 0o600 })
  for (const pkiUrl of [
    'https://pki.example',
    'pki.example',
    'http://pki.example/?x',
    'http://a b',
    'http://u@pki.example',
  ]) {
    await t.rejects(initAuthority({ ...order, passphraseFile, pkiUrl }), { code: 'config-invalid' }, pkiUrl)
  }
  await t.rejects(initAuthority({ ...order, passphraseFile, pkiUrl: order.pkiUrl, name: 'x'.repeat(60) }), {
    code: 'name-invalid',
  })
  await t.rejects(
    initAuthority({ ...order, passphraseFile, now: 0 }),
    { code: 'signer-refused' },
    'a clock that is off',
  )
  t.notOk(existsSync(order.directory))
  t.same(readdirSync(home).sort(), ['passphrase', 'short'])
})

function readByPkijs(der: Uint8Array): pkijs.Certificate {
  return pkijs.Certificate.fromBER(Buffer.from(der))
}
