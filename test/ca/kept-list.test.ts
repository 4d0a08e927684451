import t from 'tap'
import { KeptList } from '../../ca/kept-list.ts'
import { LIST_LIFETIME } from '../../ca/list.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { makeAuthority } from './authority.ts'
import { FakeStore, serialNumber } from './revocations.ts'
import { until } from './until.ts'

const { authority, startSigner } = await makeAuthority(t.testdir())
const signer = await startSigner()
t.teardown(() => signer.close())

/** A kept list over a store of its own, with a clock that a test can move and a log that it can read. */
function keep(test: Tap, store = new FakeStore()) {
  const time = { shift: 0, looks: 0 }
  const errors: object[] = []
  const log = { info: () => undefined, warn: () => undefined, error: (fields: object) => errors.push(fields) }
  const clock = {
    now: () => {
      time.looks++
      return Date.now() + time.shift
    },
  }
  const list = new KeptList({ store, authority, signer, clock, lookEvery: 5 }, 'browser', log)
  test.teardown(() => list.stop())
  return { list, store, time, errors }
}

/** Waits until the list has looked at the clock a few times more, and found nothing to do. */
async function looked(time: { readonly looks: number }): Promise<void> {
  const enough = time.looks + 3
  await until(() => time.looks >= enough)
}

type Tap = Pick<typeof t, 'teardown'>

function serialsOf(store: FakeStore): string[] {
  const latest = store.latest('browser')
  return latest ? parseCertList(latest.der).entries.map(({ serial }) => Buffer.from(serial).toString('hex')) : []
}

t.test('the first nudge makes the first list', async (t) => {
  const { list, store } = keep(t)
  t.same(store.published, [])
  list.nudge()
  await list.ready
  t.equal(store.published.length, 1)
})

t.test('each nudge is followed by a list that knows; many at once by few lists', async (t) => {
  const { list, store } = keep(t)
  list.nudge()
  await list.ready
  for (let i = 0; i < 50; i++) {
    store.revoke('browser', serialNumber(i))
    list.nudge()
  }
  await until(() => serialsOf(store).length === 50)
  t.ok(store.published.length <= 3, `${store.published.length} lists`)
  const numbers = store.published.map(({ number }) => number)
  t.same(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  )
})

t.test('a nudge while a list is made is not lost', async (t) => {
  const { list, store } = keep(t)
  store.onPage = () => {
    store.onPage = () => undefined
    // After this page was answered: the list that is being made does not know it.
    queueMicrotask(() => {
      store.revoke('browser', serialNumber(1))
      list.nudge()
    })
  }
  list.nudge()
  await until(() => serialsOf(store).includes(serialNumber(1)))
  t.equal(store.published.length, 2)
})

t.test('a lifted hold leaves the list, even when it was lifted while the list was made', async (t) => {
  const { list, store } = keep(t)
  store.revoke('browser', serialNumber(1), 'certificate-hold')
  store.revoke('browser', serialNumber(2), 'certificate-hold')
  store.onPage = () => {
    store.onPage = () => undefined
    queueMicrotask(() => {
      store.release('browser', serialNumber(1))
      list.seenActive(serialNumber(1))
    })
  }
  list.nudge()
  await until(() => store.published.length === 2)
  t.same(serialsOf(store), [serialNumber(2)])
  store.release('browser', serialNumber(2))
  list.seenActive(serialNumber(2))
  await until(() => serialsOf(store).length === 0)
  t.equal(store.published.length, 3)
})

t.test('a certificate that was never on the list makes none', async (t) => {
  const { list, store, time } = keep(t)
  list.nudge()
  await list.ready
  list.seenActive(serialNumber(1))
  await looked(time)
  t.equal(store.published.length, 1)
})

t.test('at half of its life, and when the clock was set back, the list is made anew', async (t) => {
  const { list, store, time } = keep(t)
  list.nudge()
  await list.ready
  time.shift = LIST_LIFETIME / 2 - 5_000
  await looked(time)
  t.equal(store.published.length, 1, 'not yet')
  time.shift = LIST_LIFETIME / 2
  await until(() => store.published.length === 2)
  time.shift = 0
  await until(() => store.published.length === 3)
  const [, second, third] = store.published
  t.ok(third!.thisUpdate < second!.thisUpdate)
  t.ok(third!.number > second!.number)
})

t.test('store and signer may be away for a while', async (t) => {
  const { list, store, errors } = keep(t)
  store.away = true
  list.nudge()
  await until(() => errors.length >= 2)
  t.match(errors[0], { issuer: 'browser', code: 'store-unavailable' })
  store.away = false
  await list.ready
  t.equal(store.published.length, 1)
})

t.test('it stops in the middle of a list', async (t) => {
  const { list, store } = keep(t)
  for (let i = 0; i < 2_000; i++) store.revoke('browser', serialNumber(i))
  const reached = new Promise<void>((resolve) => {
    store.onPage = () => resolve()
  })
  list.nudge()
  await reached
  await list.stop()
  t.same(store.published, [])
})
