import { createSecretKey } from 'node:crypto'
import t from 'tap'
import { type BatchEngine, commitBatch } from '../../src/store/batch.ts'
import { monotonicNow } from '../../src/store/deadline.ts'
import { migrate } from '../../src/store/migrate.ts'
import { SPELLING, SqliteConnection, transactionOn } from '../../src/store/sqlite/connection.ts'
import type { Transaction } from '../../src/store/transaction.ts'
import { AUDIT_KEY, NOW } from './samples.ts'

const key = createSecretKey(AUDIT_KEY)

/** A database in memory whose statements take as long as the test says, and fail as it says. */
async function engine(given: { delay?: number; fault?: Error } = {}): Promise<BatchEngine> {
  const connection = new SqliteConnection(':memory:', 0)
  const tx = transactionOn(connection)
  const slow: Transaction = {
    ...tx,
    run: async (sql, params) => {
      await new Promise((resolve) => setTimeout(resolve, given.delay ?? 0))
      if (given.fault) throw given.fault
      return tx.run(sql, params)
    },
  }
  const transaction: BatchEngine['transaction'] = async (_, work) => {
    connection.run('BEGIN', [])
    try {
      const result = await work(slow)
      connection.run('COMMIT', [])
      return result
    } catch (error) {
      connection.run('ROLLBACK', [])
      throw error
    }
  }
  await migrate({
    spelling: SPELLING,
    alone: async (work) => work(tx),
  })
  return {
    ledgerLock: 'SELECT position, audit_count, audit_mac FROM ledger',
    transaction,
    isUnavailable: (cause) => cause instanceof Error && cause.message === 'gone',
  }
}

function guess(key: unknown, due = 1_500) {
  return { name: 'guess', args: [key, NOW, 1], due: monotonicNow() + due } as const
}

await t.test('a batch ends when it had its time; the rest is for the next one', async (t) => {
  const commands = Array.from({ length: 5 }, (_, index) => guess(String(index)))
  const { outcomes } = await commitBatch(await engine({ delay: 130 }), key, commands)
  t.match(outcomes[0], { value: 'allowed' })
  t.match(outcomes.at(-1), { deferred: true })
})

await t.test('however slow it is, a batch gets on by one', async (t) => {
  const { outcomes } = await commitBatch(await engine({ delay: 400 }), key, [guess('a'), guess('b')])
  t.match(outcomes, [{ value: 'allowed' }, { deferred: true }])
})

await t.test('what comes too late is not done', async (t) => {
  const { outcomes } = await commitBatch(await engine(), key, [guess('a', -1), guess('a')])
  t.match(outcomes, [{ refused: 'store-unavailable' }, { value: 'allowed' }])
})

await t.test('broken data is refused alone, a lost database for all', async (t) => {
  // SQLite cannot bind an object
  const { outcomes } = await commitBatch(await engine(), key, [guess('a'), guess({}), guess('b')])
  t.match(outcomes, [{ value: 'allowed' }, { refused: 'internal' }, { value: 'allowed' }])
  const lost = await commitBatch(await engine({ fault: new Error('gone') }), key, [guess('a'), guess('b')])
  t.match(lost.outcomes, Array(2).fill({ refused: 'store-unavailable', cause: /gone/ }))
})

await t.test(
  'one that is broken again and again does not make each of the others wait for a commit of its own',
  async (t) => {
    const { transaction, ...rest } = await engine()
    let commits = 0
    const counted: BatchEngine = {
      ...rest,
      transaction: (due, work) => {
        commits++
        return transaction(due, work)
      },
    }
    const commands = Array.from({ length: 256 }, (_, index) => guess(index === 99 ? {} : String(index), 60_000))
    const { outcomes } = await commitBatch(counted, key, commands)
    t.equal(outcomes.filter((outcome) => 'value' in outcome).length, 255)
    t.match(outcomes[99], { refused: 'internal' })
    t.ok(commits <= 17, `${commits} transactions`)
  },
)

await t.test('the end of the chain is told, also by commands that had to go alone', async (t) => {
  const event = { at: NOW, actor: 'operator:cli', action: 'site-added', object: 'x', detail: {} }
  const note = { name: 'note', args: [event], due: monotonicNow() + 1_500 } as const
  t.match(await commitBatch(await engine(), key, [note, note]), { head: { count: 2 } })
  t.match(await commitBatch(await engine(), key, [note, guess({})]), { head: { count: 1 } })
  t.equal((await commitBatch(await engine(), key, [guess('a')])).head, undefined)
})
