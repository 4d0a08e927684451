import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { storeContract } from '../contract.ts'
import { freshStore, type MakeDatabase, startChild } from '../engine.ts'
import { act, enroll, issue } from '../samples.ts'

const makeDatabase: MakeDatabase = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-store-'))
  const at = join(folder, 'countersign.db')
  return {
    engine: 'sqlite',
    at,
    meddle: async (sql) => {
      const connection = new Database(at)
      connection.exec(sql)
      connection.close()
    },
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

await storeContract(makeDatabase)

await t.test(
  'while another process holds the write lock, reads are answered and commands refused in time',
  async (t) => {
    const { store, database } = await freshStore(t, makeDatabase)
    const { fingerprint } = await issue(store)
    const { child, lines } = startChild(t, database, 'lock')
    t.equal((await lines.next()).value, 'locked')
    const { position } = await store.changes(0, 'verdicts')

    let refusal: { code?: string } | undefined
    store.run('revoke', act(), fingerprint, 'superseded').catch((error) => {
      refusal = error
    })
    let answered = 0
    for (const until = Date.now() + 5_000; !refusal && Date.now() < until; answered++) {
      t.match([store.changes(position, 'verdicts')], [{ changes: [] }])
      await store.certificate(fingerprint)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    t.match(refusal, { code: 'store-unavailable' })
    t.ok(answered > 50, `${answered} turns of the event loop went on`)

    child.stdin?.end()
    await once(child, 'exit')
    t.equal(
      await store.run('hold', act(), fingerprint),
      'held',
      'the store is back, and what it refused never happened',
    )
  },
)

await t.test('a short lock of someone else only delays', async (t) => {
  const { store, database } = await freshStore(t, makeDatabase)
  const { fingerprint } = await issue(store)
  const other = new Database(database.at)
  other.exec('BEGIN IMMEDIATE')
  let answer: string | undefined
  const revoked = store.run('revoke', act(), fingerprint, 'superseded').then((given) => {
    answer = given
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(answer, undefined)
  other.exec('ROLLBACK')
  other.close()
  await revoked
  t.equal(answer, 'revoked')
})

await t.test('the file is for its owner alone', async (t) => {
  const { database } = await freshStore(t, makeDatabase)
  for (const suffix of ['', '-wal', '-shm']) t.equal(statSync(database.at + suffix).mode & 0o777, 0o600)
})

await t.test('of a person who was erased no name is left in the file, not even between the rows', async (t) => {
  const { store, database } = await freshStore(t, makeDatabase)
  for (let others = 0; others < 20; others++) await enroll(store, { label: `Somebody's laptop ${others}` })
  const { subscriberId } = await enroll(store, { label: 'Unmistakable laptop' })
  await store.run('nameAccount', act(), subscriberId, 'Unmistakable Zoe')
  t.ok(fileOf(database.at).includes('Unmistakable'))
  await store.run('eraseSubscriber', act(), subscriberId)
  t.notOk(fileOf(database.at).includes('Unmistakable'))
  t.ok(fileOf(database.at).includes("Somebody's laptop 19"))
})

/** The database's file once all of its journal is in it. */
function fileOf(file: string): Buffer {
  const other = new Database(file)
  other.pragma('wal_checkpoint(TRUNCATE)')
  other.close()
  t.equal(statSync(`${file}-wal`).size, 0)
  return readFileSync(file)
}

await t.test('a closed store takes no command', async (t) => {
  const { store } = await freshStore(t, makeDatabase)
  await store.close()
  await t.rejects(store.run('tidy', 0), { code: 'store-unavailable' })
  t.throws(() => store.changes(0, 'verdicts'), { code: 'store-unavailable' })
  t.throws(() => store.ping(), { code: 'store-unavailable' })
})
