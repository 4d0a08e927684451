import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LIST_LIFETIME, publishList, publishRootList } from '../../ca/list.ts'
import { LEAF_ISSUER } from '../../ca/profiles.ts'
import type { Act } from '../../src/domain/act.ts'
import { LEAF_PROFILES, type LeafProfile, REVOCATION_REASONS } from '../../src/domain/certificate/certificate.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { type IssuedSample, makeIssuance } from './issuance.ts'
import { opensslVerify, run } from './judges.ts'
import { FakeStore, serialNumber } from './revocations.ts'

const issuance = await makeIssuance(t.testdir())
const { authority, signer } = issuance
t.teardown(() => signer.close())
const clock = { now: () => Date.now() }
const never = new AbortController().signal
const ONLINE = ['browser', 'api', 'internal'] as const

t.test('a list holds every entry with its reason, in pages', async (t) => {
  const store = new FakeStore()
  const reasons = Object.keys(REVOCATION_REASONS) as (keyof typeof REVOCATION_REASONS)[]
  for (let i = 0; i < 1_203; i++)
    store.revoke('browser', serialNumber(i), reasons[i % reasons.length], 1_790_000_000_000 + i)
  const made = await publishList({ store, authority, signer, clock }, 'browser', never)
  const list = parseCertList(store.latest('browser')!.der)
  t.equal(made.entries, 1_203)
  t.equal(list.entries.length, 1_203)
  t.equal(made.number, list.number)
  t.equal(list.nextUpdate - list.thisUpdate, LIST_LIFETIME)
  const held = list.entries.filter(({ reason }) => reason === REVOCATION_REASONS['certificate-hold'])
  t.equal(made.held.size, held.length)
  for (const [i, entry] of list.entries.entries()) {
    if (Buffer.from(entry.serial).toString('hex') !== serialNumber(i)) t.fail(`entry ${i} is out of its place`)
    if (entry.reason !== REVOCATION_REASONS[reasons[i % reasons.length]!]) t.fail(`entry ${i} has another reason`)
  }
  t.equal(list.entries[7]?.revokedAt, 1_790_000_000_000)
})

t.test('a list without entries is accepted everywhere', async (t) => {
  const home = t.testdir()
  const store = new FakeStore()
  for (const issuer of ONLINE) {
    await publishList({ store, authority, signer, clock }, issuer, never)
    const path = join(home, `${issuer}.crl`)
    writeFileSync(path, store.latest(issuer)!.der)
    writeFileSync(join(home, `${issuer}.pem`), authority.issuers[issuer].pem)
    const openssl = run('openssl', [
      'crl',
      '-in',
      path,
      '-inform',
      'DER',
      '-CAfile',
      join(home, `${issuer}.pem`),
      '-noout',
    ])
    t.match(openssl.said, 'verify OK', issuer)
    writeFileSync(join(home, `${issuer}.crl.pem`), run('openssl', ['crl', '-in', path, '-inform', 'DER']).said)
    const [ca, infile] = [join(home, `${issuer}.pem`), join(home, `${issuer}.crl.pem`)]
    const gnutls = run('certtool', ['--verify-crl', '--load-ca-certificate', ca, '--infile', infile])
    t.ok(gnutls.ok, issuer, { said: gnutls.said })
  }
})

t.test('numbers only grow: over lists, a clock set back, and the root’s own', async (t) => {
  const store = new FakeStore()
  let now = Date.now()
  const moving = { now: () => now }
  const parts = { store, authority, signer, clock: moving }
  const numbers: number[] = []
  for (const shift of [0, 0, -3_600_000, -7_200_000, 0]) {
    now = Date.now() + shift
    numbers.push((await publishList(parts, 'api', never)).number)
  }
  t.same(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  )
  await publishRootList(store, authority)
  t.same(store.latest('root')?.der, authority.rootList)
})

t.test('openssl -crl_check_all agrees with the table: revoked, held, active', async (t) => {
  const home = t.testdir()
  const store = await openSqliteStore({ file: join(home, 'countersign.db'), auditKey: new Uint8Array(32) })
  t.teardown(() => store.close())
  const act: Act = { at: Date.now(), actor: 'operator:cli' }
  const leaves = new Map<LeafProfile, IssuedSample[]>()
  for (const profile of LEAF_PROFILES) {
    const samples = await Promise.all([0, 1, 2, 3].map(() => issuance.issue(profile)))
    leaves.set(profile, samples)
    for (const { reservation, der } of samples) {
      await store.run('reserve', act, { ...reservation, subscriberId: null, deviceId: null, siteId: null })
      t.equal(await store.run('complete', act, reservation.serial, fingerprint(der), der), 'issued')
    }
    const [, revoked, held, released] = samples as [IssuedSample, IssuedSample, IssuedSample, IssuedSample]
    t.equal(await store.run('revoke', act, fingerprint(revoked.der), 'key-compromise'), 'revoked')
    t.equal(await store.run('hold', act, fingerprint(held.der)), 'held')
    t.equal(await store.run('hold', act, fingerprint(released.der)), 'held')
    t.equal(await store.run('release', act, fingerprint(released.der)), 'released')
  }
  for (const issuer of ONLINE) await publishList({ store, authority, signer, clock }, issuer, never)
  await publishRootList(store, authority)

  const bundle = join(home, 'crls.pem')
  const lists = await Promise.all((['root', ...ONLINE] as const).map((issuer) => store.revocationList(issuer)))
  writeFileSync(
    bundle,
    lists.map((list) => run('openssl', ['crl', '-inform', 'DER'], Buffer.from(list!.der)).said).join(''),
  )
  for (const profile of LEAF_PROFILES) {
    const [active, revoked, held, released] = (leaves.get(profile) ?? []).map(({ der }) =>
      opensslVerify(home, authority, der, ['-crl_check_all', '-CRLfile', bundle]),
    )
    t.ok(active?.ok, `${profile}: active`, { said: active?.said })
    t.ok(released?.ok, `${profile}: released`, { said: released?.said })
    for (const judged of [revoked, held])
      t.match(judged, { ok: false, said: /certificate revoked/ }, `${LEAF_ISSUER[profile]}`)
  }
})

t.test('others have their turn between two pages, and the work can be called off', async (t) => {
  const pages = Array.from({ length: 100 }, (_, page) =>
    Array.from({ length: 500 }, (_, i) => ({
      serial: serialNumber(page * 500 + i),
      revokedAt: Date.now(),
      reason: 'superseded' as const,
    })),
  )
  const store = new FakeStore()
  let asked = 0
  let turns = 0
  const ticker = setInterval(() => turns++, 0)
  const turnsAtPage: number[] = []
  const revoked = () => {
    turnsAtPage.push(turns)
    return pages[asked++] ?? []
  }
  const parts = { store: { revoked, run: store.run.bind(store) }, authority, signer, clock }
  const list = await publishList(parts, 'browser', never)
  clearInterval(ticker)
  t.equal(list.entries, 50_000)
  t.ok(new Set(turnsAtPage).size > 20, 'timers ran while pages were read')

  asked = 0
  const stop = new AbortController()
  store.published.length = 0
  const cut = publishList(parts, 'browser', stop.signal)
  stop.abort()
  await t.rejects(cut, { name: 'AbortError' })
  t.ok(asked < 5)
  t.same(store.published, [])
})

t.test('a signature that is not the issuer’s is not published', async (t) => {
  const store = new FakeStore()
  const wrong = {
    signList: (_issuer: 'browser', tbs: Uint8Array) =>
      signer.signList('browser', Uint8Array.from(tbs)).then((one) => one.with(9, one[9]! ^ 1)),
  }
  await t.rejects(publishList({ store, authority, signer: wrong as never, clock }, 'browser', never), {
    code: 'profile-violation',
  })
  t.same(store.published, [])
})
