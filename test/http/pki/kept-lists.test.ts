import t from 'tap'
import type { RevocationList } from '../../../src/domain/store.ts'
import { IdentityError } from '../../../src/errors.ts'
import { KeptLists } from '../../../src/http/pki/kept-lists.ts'

t.test('a list is read once for all who ask, also at once, and again when its number changed', async (t) => {
  const { lists, store } = open()
  const [one, two] = await Promise.all([lists.list('browser', 7), lists.list('browser', 7)])
  t.equal(one, two)
  t.equal(await lists.list('browser', 7), one)
  t.equal(store.reads, 1)
  store.newest = 8
  t.equal(await lists.number('browser'), 8)
  t.match(await lists.list('browser', 8), { number: 8 })
  t.equal(store.reads, 2)
  t.match(await lists.list('api', 8), { issuer: 'api' }, 'each issuer has its own')
})

t.test('a read that failed is tried again', async (t) => {
  const { lists, store } = open()
  store.down = true
  await t.rejects(lists.number('browser'), { code: 'store-unavailable' })
  await t.rejects(lists.list('browser', 7), { code: 'store-unavailable' })
  store.down = false
  t.match(await lists.list('browser', 7), { number: 7 })
})

function open() {
  const answer = <T>(value: T): T => {
    if (store.down) throw new IdentityError('store-unavailable', 'down')
    return value
  }
  const store = {
    newest: 7,
    reads: 0,
    down: false,
    revocationListNumber: () => answer(store.newest),
    revocationList: (issuer: RevocationList['issuer']): RevocationList => {
      store.reads++
      return answer({ issuer, number: store.newest, thisUpdate: 0, nextUpdate: 1, der: new Uint8Array(1) })
    },
  }
  return { lists: new KeptLists(store), store }
}
