import t from 'tap'
import { ToldPositions } from '../../../src/store/postgres/told-positions.ts'

const at = (position: number) => ({ position, changes: [] })
const everything = (position: number) => ({ position, changes: 'everything' })

t.test('in one generation the feed is told as it is', async (t) => {
  const told = new ToldPositions()
  t.same(told.tell(0, 1, at(10)), at(10))
  t.same(told.tell(3, 1, at(10)), at(10), 'also after a position that was only passed')
  t.same(told.tell(10, 1, at(12)), at(12))
})

t.test('after a new connection each older position is everything, once', async (t) => {
  const told = new ToldPositions()
  told.tell(0, 1, at(10))
  told.tell(0, 1, at(12))
  t.same(told.tell(12, 2, at(12)), everything(12))
  t.same(told.tell(12, 2, at(12)), at(12))
  t.same(told.tell(10, 2, at(12)), everything(12), 'another that is further behind')
  t.same(told.tell(12, 2, at(13)), at(13))
  t.same(told.tell(13, 3, at(13)), everything(13), 'and so with the next one')
})

t.test('a server that was set back and has overtaken the position does not fool its reader', async (t) => {
  const told = new ToldPositions()
  told.tell(0, 1, at(10))
  t.same(told.tell(10, 2, at(8)), everything(8))
  t.same(told.tell(8, 2, at(9)), at(9))
  t.same(told.tell(10, 2, at(11)), everything(11), 'one that still stands at the other past')
  t.same(told.tell(9, 2, at(11)), at(11))
  t.same(told.tell(9, 3, at(11)), everything(11))
})
