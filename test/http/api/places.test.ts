import t from 'tap'
import { Places } from '../../../src/http/api/places.ts'

t.test('each site has its places, all have theirs, and what is left is free again', async (t) => {
  const places = new Places({ ofSite: 2, all: 3 })
  t.same([places.take('shop'), places.take('shop'), places.take('shop')], [true, true, false])
  t.same([places.take('bank'), places.take('bank')], [true, false], 'no more for all')
  places.leave('shop')
  t.equal(places.take('bank'), true)
  t.equal(places.take('shop'), false)
  for (const site of ['shop', 'bank', 'bank']) places.leave(site)
  t.same([places.take('shop'), places.take('shop'), places.take('shop')], [true, true, false])
})

t.test('without a bound for all there is none', async (t) => {
  const places = new Places({ ofSite: 1 })
  for (let site = 0; site < 100; site++) t.equal(places.take(`site-${site}`), true)
})
