import t from 'tap'
import { Turns } from '../../src/events/turns.ts'

t.test('so many at a time, in the order in which they asked; who fails leaves his turn too', async (t) => {
  const turns = new Turns(2)
  const begun: number[] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const works = ends.map(({ promise }, index) =>
    turns.during(() => {
      begun.push(index)
      return promise
    }),
  )
  await new Promise(setImmediate)
  t.same(begun, [0, 1])
  ends[1]!.reject(new Error('in the middle'))
  await t.rejects(works[1]!, { message: 'in the middle' })
  await new Promise(setImmediate)
  t.same(begun, [0, 1, 2])
  for (const { resolve } of ends) resolve()
  await Promise.allSettled(works)
  t.same(begun, [0, 1, 2, 3, 4])
  let free = false
  await turns.during(async () => {
    free = true
  })
  t.ok(free, 'once all are done there are turns again')
})
