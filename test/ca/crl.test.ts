import t, { type Test } from 'tap'
import { createListPublisher } from '../../ca/crl.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { makeAuthority } from './authority.ts'
import { FakeStore, serialNumber } from './revocations.ts'
import { until } from './until.ts'

const { authority, startSigner } = await makeAuthority(t.testdir())
const signer = await startSigner()
t.teardown(() => signer.close())
const ONLINE = ['browser', 'api', 'internal'] as const

function publish(test: Test, store: FakeStore) {
  const warnings: object[] = []
  const log = { info: () => undefined, warn: (fields: object) => warnings.push(fields), error: () => undefined }
  const publisher = createListPublisher({
    store,
    authority,
    signer,
    clock: { now: () => Date.now() },
    log,
    pollEvery: 5,
  })
  test.teardown(() => publisher.stop())
  return { publisher, warnings }
}

function entriesOf(store: FakeStore, issuer: string): number {
  const latest = store.latest(issuer)
  return latest ? parseCertList(latest.der).entries.length : -1
}

t.test('at the start each issuer has a list, the root the one of its ceremony', async (t) => {
  const store = new FakeStore()
  store.revoke('api', serialNumber(1))
  const { publisher } = publish(t, store)
  await publisher.ready
  t.equal(store.published.length, 4)
  t.same(store.latest('root')?.der, authority.rootList)
  t.same(
    ONLINE.map((issuer) => entriesOf(store, issuer)),
    [0, 1, 0],
  )
})

t.test('a revocation that another process tells by the feed comes on its own list alone', async (t) => {
  const store = new FakeStore()
  const { publisher } = publish(t, store)
  await publisher.ready
  store.revoke('internal', serialNumber(1))
  await until(() => entriesOf(store, 'internal') === 1)
  store.revoke('browser', serialNumber(2), 'certificate-hold')
  await until(() => entriesOf(store, 'browser') === 1)
  store.release('browser', serialNumber(2))
  await until(() => entriesOf(store, 'browser') === 0)
  t.equal(store.published.filter(({ issuer }) => issuer === 'api').length, 1)
})

t.test('a nudge needs no feed', async (t) => {
  const store = new FakeStore()
  const { publisher } = publish(t, store)
  await publisher.ready
  store.revoke('api', serialNumber(1))
  store.feed.length = 0
  publisher.nudge('api')
  await until(() => entriesOf(store, 'api') === 1)
  t.pass()
})

t.test('what is issued makes no new list', async (t) => {
  const store = new FakeStore()
  const { publisher } = publish(t, store)
  await publisher.ready
  for (let i = 0; i < 100; i++) store.issue('browser', serialNumber(i))
  store.revoke('api', serialNumber(1))
  await until(() => entriesOf(store, 'api') === 1)
  t.equal(store.published.filter(({ issuer }) => issuer === 'browser').length, 1)
})

t.test('a feed that cannot be told in full, or a certificate that is not there, renews all lists', async (t) => {
  const store = new FakeStore()
  store.issue('browser', serialNumber(1))
  const { publisher } = publish(t, store)
  await publisher.ready
  store.revoke('api', serialNumber(1))
  store.feed.length = 0
  await until(() => ONLINE.every((issuer) => store.published.filter((list) => list.issuer === issuer).length === 2))
  store.feed.push({ position: 1, kind: 'certificate', key: 'ff'.repeat(32) })
  await until(() => ONLINE.every((issuer) => store.published.filter((list) => list.issuer === issuer).length === 3))
  t.equal(entriesOf(store, 'api'), 1)
})

t.test('a feed that is away is followed again from where it was', async (t) => {
  const store = new FakeStore()
  const { publisher, warnings } = publish(t, store)
  await publisher.ready
  store.away = true
  store.revoke('browser', serialNumber(1))
  await until(() => warnings.length > 0)
  t.match(warnings[0], { code: 'store-unavailable' })
  store.away = false
  await until(() => entriesOf(store, 'browser') === 1)
})

t.test('it stops at once, also before anything was published', async (t) => {
  const store = new FakeStore()
  store.away = true
  const { publisher } = publish(t, store)
  await publisher.stop()
  t.same(store.published, [])
})
