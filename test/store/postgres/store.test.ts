import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import type { Store } from '../../../src/domain/store.ts'
import { monotonicNow } from '../../../src/store/deadline.ts'
import { PostgresConnection } from '../../../src/store/postgres/connection.ts'
import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import { transaction } from '../../../src/store/postgres/writer.ts'
import { storeContract } from '../contract.ts'
import { freshStore, type MakeDatabase, openStore } from '../engine.ts'
import { AUDIT_KEY, act, fresh, issue, NOW } from '../samples.ts'
import { startPostgres } from './server.ts'
import { startSilentProxy } from './silent-proxy.ts'

const server = await startPostgres()
t.teardown(() => server.stop())

/** A schema of its own is as good as a database of its own, and quicker made. */
const makeDatabase: MakeDatabase = async () => {
  const schema = `test_${fresh()}`
  await execute(server.url, `CREATE SCHEMA ${schema}`)
  const at = `${server.url}?options=-csearch_path%3D${schema}`
  return {
    engine: 'postgres',
    at,
    meddle: (sql) => execute(at, sql),
    remove: () => execute(server.url, `DROP SCHEMA ${schema} CASCADE`),
  }
}

/** Ends all connections of ours. */
const TERMINATE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'countersign'"

await storeContract(makeDatabase)

await t.test('that a further connection is needed for the first time is no news of another server', async (t) => {
  const database = await makeDatabase()
  const store = await openPostgresStore({ url: database.at, auditKey: AUDIT_KEY })
  t.teardown(async () => {
    await store.close()
    await database.remove()
  })
  const { fingerprint } = await issue(store)
  const { position } = await store.changes(0, 'events')
  await Promise.all(Array.from({ length: 100 }, () => store.certificate(fingerprint)))
  t.same(await store.changes(position, 'events'), { position, changes: [] })
})

await t.test('a database that falls silent is refused in time, and taken back when it speaks again', async (t) => {
  const database = await makeDatabase()
  const proxy = await startSilentProxy(database.at)
  const store = await openPostgresStore({ url: proxy.url, auditKey: AUDIT_KEY })
  t.teardown(async () => {
    await store.close()
    await proxy.close()
    await database.remove()
  })
  const { fingerprint } = await issue(store)
  await store.ping()

  proxy.fallSilent()
  const calls = [
    store.ping(),
    store.changes(0, 'verdicts'),
    store.certificate(fingerprint),
    store.run('hold', act(), fingerprint),
    store.run('guess', 'silent', NOW, 1),
  ]
  const answers = await Promise.race([Promise.allSettled(calls), pause(2_000, 'still waiting')])
  t.match(answers, Array(calls.length).fill({ status: 'rejected', reason: { code: 'store-unavailable' } }))
  const again = await Promise.race([
    Promise.allSettled([store.certificate(fingerprint)]),
    pause(2_000, 'still waiting'),
  ])
  t.match(again, [{ reason: { code: 'store-unavailable' } }], 'a new connection is silent too')

  proxy.speak()
  t.match(await eventually(() => store.certificate(fingerprint)), { fingerprint })
  t.equal(await eventually(() => store.run('revoke', act(), fingerprint, 'superseded')), 'revoked')
})

await t.test('a node that falls silent with the ledger locked does not stop the others for long', async (t) => {
  const { store, database } = await freshStore(t, makeDatabase)
  const frozen = new pg.Client({ connectionString: database.at })
  frozen.on('error', () => {})
  await frozen.connect()
  // as our writers do, with the bound that they set for themselves
  await frozen.query('SET idle_in_transaction_session_timeout = 1500; BEGIN; SELECT * FROM ledger FOR UPDATE')
  await t.rejects(store.run('guess', 'x', NOW, 1), { code: 'store-unavailable' })
  t.equal(await eventually(() => store.run('guess', 'x', NOW, 1)), 'allowed', 'what was refused was not counted')
})

await t.test('the store survives the restart of its database', async (t) => {
  const { store } = await freshStore(t, makeDatabase)
  const { fingerprint } = await issue(store)
  const writing = keepWriting(store)
  await server.restart()
  t.match(await eventually(() => store.certificate(fingerprint)), { fingerprint })
  await eventually(() => issue(store))
  const acknowledged = await writing.stop()
  const kept = await Promise.all(acknowledged.map((one) => store.certificate(one)))
  t.equal(kept.filter(Boolean).length, acknowledged.length, 'nothing that was acknowledged is lost')
})

await t.test('a standby is never asked, since it tells the past', async (t) => {
  const { store, database } = await freshStore(t, makeDatabase)
  await issue(store)
  await server.restart('standby')
  await t.rejects(openStore(database), { code: 'store-unavailable' })
  await t.rejects(
    eventually(() => store.ping(), 300),
    { code: 'store-unavailable' },
  )
  await server.restart('primary')
  await eventually(() => issue(store))
})

await t.test('a transaction whose connection is replaced in its midst fails, and leaves nothing behind', async (t) => {
  const database = await makeDatabase()
  const connection = new PostgresConnection(database.at, undefined)
  t.teardown(async () => {
    await connection.close()
    await database.remove()
  })
  await database.meddle('CREATE TABLE halves (half TEXT)')
  for (const lost of [() => connection.drop(), () => cutOff(connection)]) {
    const halved = transaction(connection, monotonicNow() + 5_000, async (tx) => {
      await tx.run("INSERT INTO halves VALUES ('first')", [])
      await lost()
      tx.write("INSERT INTO halves VALUES ('second')", [])
      tx.write("INSERT INTO halves VALUES ('third')", [])
    })
    await t.rejects(halved, { name: 'ConnectionFailure' })
    const { rows } = await connection.query('SELECT half FROM halves', [], monotonicNow() + 5_000)
    t.same(rows, [])
  }
})

await t.test(
  'a database that lost commits and has overtaken the position again does not fool who follows it',
  async (t) => {
    const { store, database } = await freshStore(t, makeDatabase)
    const { fingerprint } = await issue(store)
    const { position } = await store.changes(0, 'verdicts')
    await store.changes(0, 'events')
    // the failover: a server that never saw the certificate, and has gone on since
    await database.meddle(`UPDATE ledger SET position = ${position - 1}; DELETE FROM changes;
    DELETE FROM certificate_bytes; DELETE FROM certificates`)
    await execute(server.url, TERMINATE)
    await eventually(() => issue(store))
    t.same(await eventually(() => store.changes(position, 'verdicts')), { position, changes: 'everything' })
    await issue(store)
    t.match(await store.changes(position, 'events'), { changes: 'everything' }, 'each follower is told for himself')
    t.match(await store.changes(position, 'verdicts'), { changes: [{ position: position + 1 }] })
    t.equal(await store.certificate(fingerprint), undefined)
    t.same(await store.changes(position + 1, 'verdicts'), { position: position + 1, changes: [] }, 'once')
    await issue(store)
    t.match(await store.changes(position + 1, 'verdicts'), {
      position: position + 2,
      changes: [{ position: position + 2 }],
    })
  },
)

await t.test('a database that is not there is a refusal at the start', async (t) => {
  const nowhere = 'postgres://countersign@127.0.0.1:1/postgres'
  await t.rejects(openStore({ engine: 'postgres', at: nowhere }), { code: 'store-unavailable' })
})

/** Issues until it is told to stop; remembers what was acknowledged. */
function keepWriting(store: Store): { stop(): Promise<string[]> } {
  const acknowledged: string[] = []
  let stopped = false
  const writer = async () => {
    while (!stopped) {
      await issue(store).then(
        ({ fingerprint }) => acknowledged.push(fingerprint),
        () => pause(5),
      )
    }
  }
  const writers = Promise.all(Array.from({ length: 4 }, writer))
  return {
    stop: async () => {
      stopped = true
      await writers
      return acknowledged
    },
  }
}

/** Calls until it is answered. */
async function eventually<R>(call: () => R | Promise<R>, patience = 10_000): Promise<R> {
  for (const until = Date.now() + patience; ; await pause(20)) {
    try {
      return await call()
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** Ends all connections of ours, as the server does that goes; this one has heard of it then. */
async function cutOff(connection: PostgresConnection): Promise<void> {
  const before = connection.generation
  await execute(server.url, TERMINATE)
  await eventually(() => {
    if (connection.generation === before) throw new Error('it stands')
  })
}
