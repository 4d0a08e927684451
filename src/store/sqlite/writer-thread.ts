import { createSecretKey } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { IdentityError } from '../../errors.ts'
import { type BatchEngine, commitBatch } from '../batch.ts'
import { monotonicNow } from '../deadline.ts'
import { type MigrationEngine, migrate } from '../migrate.ts'
import { isBusy, isDatabaseFailure, SPELLING, SqliteConnection, transactionOn } from './connection.ts'
import type { FromWriter, ToWriter, WriterData } from './writer.ts'

/** How long the start may wait for another process that is migrating or writing, ms. */
const START_PATIENCE = 5_000

const NOBODY_WAKES = new Int32Array(new SharedArrayBuffer(4))

if (parentPort) await serve(parentPort, workerData as WriterData)

/** The thread that owns the write connection: it opens and migrates the file, then commits batch after batch. */
async function serve(port: MessagePort, { file, auditKey }: WriterData): Promise<void> {
  const tell = (message: FromWriter) => port.postMessage(message)
  const connection = await opened(file, tell)
  if (!connection) return

  const engine = batchEngine(connection)
  const key = createSecretKey(auditKey)
  tell({ kind: 'ready' })
  port.on('message', async (message: ToWriter) => {
    if (message.kind === 'batch') {
      return tell({ kind: 'committed', committed: await commitBatch(engine, key, message.commands) })
    }
    connection.close()
    port.close()
  })
}

async function opened(file: string, tell: (message: FromWriter) => void): Promise<SqliteConnection | undefined> {
  try {
    return await openForWriting(file)
  } catch (cause) {
    const code = cause instanceof IdentityError ? cause.code : 'store-unavailable'
    tell({ kind: 'failed', code, message: cause instanceof Error ? cause.message : String(cause) })
    return undefined
  }
}

async function openForWriting(file: string): Promise<SqliteConnection> {
  // SQLite gives its journal and its shared memory the mode of the file
  closeSync(openSync(file, 'a', 0o600))
  const connection = new SqliteConnection(file, START_PATIENCE)
  await patiently(START_PATIENCE, () => connection.pragma('journal_mode = WAL'))
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  // What a person had erased is not to be found between the rows that stay.
  connection.pragma('secure_delete = ON')
  await migrate(migrationEngine(connection))
  // from here on the waiting is ours, so that each caller's time is kept
  connection.pragma('busy_timeout = 0')
  return connection
}

/** Changing the journal's mode does not always heed the busy timeout. */
async function patiently<T>(patience: number, work: () => T): Promise<T> {
  const until = monotonicNow() + patience
  for (;;) {
    try {
      return work()
    } catch (cause) {
      if (!isBusy(cause) || monotonicNow() >= until) throw cause
      pause(10)
    }
  }
}

function migrationEngine(connection: SqliteConnection): MigrationEngine {
  return {
    spelling: SPELLING,
    alone: async (work) => {
      connection.run('BEGIN IMMEDIATE', [])
      return finish(connection, work(transactionOn(connection)))
    },
  }
}

function batchEngine(connection: SqliteConnection): BatchEngine {
  const tx = transactionOn(connection)
  return {
    // BEGIN IMMEDIATE has locked the whole file
    ledgerLock: 'SELECT position, audit_count, audit_mac FROM ledger WHERE id = 1',
    transaction: (due, work) => {
      beginBefore(connection, due)
      return finish(connection, work(tx))
    },
    isUnavailable: isDatabaseFailure,
  }
}

/** Takes the file's write lock, which another process (the command line) may hold for a while. */
function beginBefore(connection: SqliteConnection, due: number): void {
  for (let wait = 1; ; wait = Math.min(wait * 2, 10)) {
    try {
      connection.run('BEGIN IMMEDIATE', [])
      return
    } catch (cause) {
      if (!isBusy(cause) || monotonicNow() + wait >= due) throw cause
      pause(wait)
    }
  }
}

async function finish<T>(connection: SqliteConnection, work: Promise<T>): Promise<T> {
  try {
    const result = await work
    connection.run('COMMIT', [])
    return result
  } catch (cause) {
    // a full disk has already rolled back
    if (connection.inTransaction) connection.run('ROLLBACK', [])
    throw cause
  }
}

/** Stops this thread, which has nothing else to do, ms. */
function pause(milliseconds: number): void {
  Atomics.wait(NOBODY_WAKES, 0, 0, milliseconds)
}
