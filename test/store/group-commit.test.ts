import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Committed, DueCommand } from '../../src/store/batch.ts'
import { GroupCommit } from '../../src/store/group-commit.ts'

/** A writer whose commits end when the test says so. */
function writer() {
  const batches: DueCommand[][] = []
  const ends: ((committed: Committed) => void)[] = []
  const commit = (commands: readonly DueCommand[]) => {
    batches.push([...commands])
    return new Promise<Committed>((resolve) => ends.push(resolve))
  }
  /** answers the oldest open batch, each command with its first argument */
  const end = (head?: Committed['head']) => {
    const batch = batches[batches.length - ends.length]!
    ends.shift()!({ outcomes: batch.map(({ args }) => ({ value: args[0] })), head })
  }
  return { batches, commit, end }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
const command = (value: number) => ({ name: 'tidy', args: [value] }) as const

await t.test('commands that arrive while a commit is under way share the next one', async (t) => {
  const { batches, commit, end } = writer()
  const heads: unknown[] = []
  const queue = new GroupCommit(commit, (head) => heads.push(head), undefined)
  const first = [queue.submit(command(1)), queue.submit(command(2))]
  await turn()
  const second = [queue.submit(command(3)), queue.submit(command(4))]
  await turn()
  t.same(
    batches.map((batch) => batch.length),
    [2],
    'one batch at a time',
  )
  end({ count: 1, mac: '00' })
  t.same(await Promise.all(first), [1, 2])
  await turn()
  t.same(
    batches.map((batch) => batch.length),
    [2, 2],
  )
  end()
  t.same(await Promise.all(second), [3, 4])
  t.same(heads, [{ count: 1, mac: '00' }])
})

await t.test('each hears what became of his own command', async (t) => {
  const told: object[] = []
  const log = { warn: (facts: object) => void told.push(facts), error: () => {} }
  const outcomes = [
    { value: 'done' },
    { refused: 'internal', cause: 'x' },
    { refused: 'store-unavailable', cause: 'y' },
  ] as const
  const queue = new GroupCommit(
    async () => ({ outcomes }),
    () => {},
    log,
  )
  const answers = await Promise.allSettled([1, 2, 3].map((value) => queue.submit(command(value))))
  t.match(answers, [{ value: 'done' }, { reason: { code: 'internal' } }, { reason: { code: 'store-unavailable' } }])
  t.match(told, [
    { refused: 'internal', cause: 'x' },
    { refused: 'store-unavailable', cause: 'y' },
  ])
})

await t.test('what a batch had no time for comes first in the next one', async (t) => {
  const batches: unknown[] = []
  const commit = async (commands: readonly DueCommand[]): Promise<Committed> => {
    batches.push(commands.map(({ args }) => args[0]))
    return { outcomes: commands.map(({ args }, index) => (index === 0 ? { value: args[0] } : { deferred: true })) }
  }
  const queue = new GroupCommit(commit, () => {}, undefined)
  t.same(await Promise.all([1, 2, 3].map((value) => queue.submit(command(value)))), [1, 2, 3])
  t.same(batches, [[1, 2, 3], [2, 3], [3]])
})

await t.test('nobody waits longer than his time, and what only waited is never done', async (t) => {
  const { batches, commit, end } = writer()
  const queue = new GroupCommit(commit, () => {}, undefined)
  const inFlight = queue.submit(command(1))
  await pause(100)
  const waiting = queue.submit(command(2))
  const answers = await Promise.allSettled([inFlight, waiting])
  t.match(answers, Array(2).fill({ reason: { code: 'store-unavailable' } }))
  const late = queue.submit(command(3))
  end()
  await turn()
  t.same(
    batches.map((batch) => batch.map(({ args }) => args[0])),
    [[1], [3]],
  )
  end()
  t.equal(await late, 3)
})

await t.test('closing waits for what was submitted, and takes nothing more', async (t) => {
  const { commit, end } = writer()
  const queue = new GroupCommit(commit, () => {}, undefined)
  const last = queue.submit(command(1))
  await turn()
  const closed = queue.close()
  await t.rejects(queue.submit(command(2)), { code: 'store-unavailable' })
  end()
  t.equal(await last, 1)
  await closed
  await new GroupCommit(commit, () => {}, undefined).close()
})
