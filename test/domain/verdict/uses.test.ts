import t from 'tap'
import type { Store } from '../../../src/domain/store.ts'
import { isNewUse, Uses } from '../../../src/domain/verdict/uses.ts'

t.test('a use that idle has no need of is not new', async (t) => {
  const policy = { idle: 1_000 }
  t.ok(isNewUse(null, 0, policy), 'the first')
  for (const [now, expected] of [
    [4_999, false],
    [5_000, false],
    [5_009, false],
    [5_010, true],
  ] as const)
    t.equal(isNewUse(5_000, now, policy), expected, `${now}`)
})

t.test('an hour is the coarsest grain: owners are shown their last use', async (t) => {
  const policy = { idle: 30 * 24 * 3_600_000 }
  t.equal(isNewUse(0, 3_599_999, policy), false)
  t.equal(isNewUse(0, 3_600_000, policy), true)
})

type Row = { readonly fingerprint: string; readonly at: number }

t.test('each certificate is written once, with its newest use, in bounded batches', async (t) => {
  const { uses, batches } = gathering()
  for (let i = 0; i < 2_500; i++) for (const at of [1, 2]) uses.saw(`${i}`, at)
  await uses.write()
  t.same(
    batches.map((rows) => rows.length),
    [1_000, 1_000, 500],
  )
  t.ok(batches.flat().every(({ at }) => at === 2))
  await uses.write()
  t.equal(batches.length, 3, 'nothing new, nothing written')
})

t.test('what could not be written is kept for the next time; a newer use wins over it', async (t) => {
  let fail = true
  const { uses, batches } = gathering(() => fail)
  uses.saw('a', 1)
  uses.saw('b', 1)
  const writing = uses.write()
  uses.saw('a', 5)
  await t.rejects(writing, { message: 'disk full' })
  fail = false
  await uses.write()
  t.same(batches.at(-1), [
    { fingerprint: 'a', at: 5 },
    { fingerprint: 'b', at: 1 },
  ])
})

t.test('a failure in a later batch loses nothing of it, and writes nothing twice', async (t) => {
  let calls = 0
  const { uses, batches } = gathering(() => ++calls === 2)
  for (let i = 0; i < 2_500; i++) uses.saw(`${i}`, 1)
  await t.rejects(uses.write(), { message: 'disk full' })
  await uses.write()
  const written = batches.flat().map(({ fingerprint }) => fingerprint)
  t.equal(written.length, 2_500)
  t.equal(new Set(written).size, 2_500)
})

t.test('a use in the middle of writing is not lost', async (t) => {
  const { uses, batches } = gathering()
  uses.saw('a', 1)
  const writing = uses.write()
  uses.saw('a', 2)
  await writing
  await uses.write()
  t.same(batches, [[{ fingerprint: 'a', at: 1 }], [{ fingerprint: 'a', at: 2 }]])
})

function gathering(fails: () => boolean = () => false) {
  const batches: Row[][] = []
  const store = {
    async run(_name: string, rows: readonly Row[]) {
      if (fails()) throw new Error('disk full')
      batches.push([...rows])
      return 'recorded'
    },
  }
  return { uses: new Uses(store as unknown as Store), batches }
}
