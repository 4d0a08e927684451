import t from 'tap'
import { createEventIds } from '../../../src/domain/site/event-id.ts'
import { KEYRING, SHOP } from '../asking.ts'

const KEY = KEYRING['event-id']

t.test('an id opens to its position, at the site that it was sealed for', async (t) => {
  const [ids, others] = [createEventIds(KEY, SHOP.id), createEventIds(KEY, 'cd'.repeat(16))]
  for (const position of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const id = ids.seal(position)
    t.match(id, /^[\w-]{22}$/)
    t.equal(ids.open(id), position)
    t.equal(createEventIds(KEY, SHOP.id).seal(position), id, 'the same at every node')
    t.not(others.seal(position), id)
    t.equal(others.open(id), undefined)
  }
})

t.test('what was not sealed so does not open', async (t) => {
  const ids = createEventIds(KEY, SHOP.id)
  const id = ids.seal(7)
  const last = id.at(-1) === 'A' ? 'B' : String.fromCharCode(id.charCodeAt(21) + 1)
  for (const other of ['', '7', 'A'.repeat(22), `${id}A`, `${id}==`, id.slice(0, 21) + last, id.slice(1)])
    t.equal(ids.open(other), undefined, other)
})
