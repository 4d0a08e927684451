import { createSecretKey, type KeyObject } from 'node:crypto'
import pg from 'pg'
import { type BatchEngine, type Committed, commitBatch, type DueCommand } from '../batch.ts'
import { monotonicNow } from '../deadline.ts'
import { type MigrationEngine, migrate } from '../migrate.ts'
import type { StoreLog } from '../store-log.ts'
import type { Transaction, Value } from '../transaction.ts'
import { ConnectionFailure, PostgresConnection, type Session } from './connection.ts'

/** The one connection of this node that writes. Over all nodes, the ledger's row lock lets one transaction in at a time. */
export class PostgresWriter {
  readonly #connection: PostgresConnection
  readonly #engine: BatchEngine
  readonly #auditKey: KeyObject

  private constructor(connection: PostgresConnection, auditKey: Uint8Array) {
    this.#connection = connection
    this.#engine = batchEngine(connection)
    this.#auditKey = createSecretKey(auditKey)
  }

  /**
   * Connects and brings the schema to the program's version.
   * @throws IdentityError schema-newer; ConnectionFailure, pg.DatabaseError
   */
  static async open(url: string, auditKey: Uint8Array, log: StoreLog | undefined): Promise<PostgresWriter> {
    const connection = new PostgresConnection(url, log)
    try {
      await migrate(migrationEngine(connection))
      return new PostgresWriter(connection, auditKey)
    } catch (cause) {
      await connection.close()
      throw cause
    }
  }

  /** Never rejects. The caller sends no second batch before the first has come back. */
  commit(commands: readonly DueCommand[]): Promise<Committed> {
    return commitBatch(this.#engine, this.#auditKey, commands)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

function batchEngine(connection: PostgresConnection): BatchEngine {
  return {
    ledgerLock: 'SELECT position, audit_count, audit_mac FROM ledger WHERE id = 1 FOR UPDATE',
    transaction: (due, work) => transaction(connection, due, work),
    isUnavailable,
  }
}

/** How long a node may wait for another one that is migrating, and then migrate, ms. */
const MIGRATION_PATIENCE = 60_000

/** "countersign" as a number, so that nobody else's advisory lock is ours. */
const MIGRATION_LOCK = 0x636f_756e

function migrationEngine(connection: PostgresConnection): MigrationEngine {
  return {
    spelling: {
      bytes: 'BYTEA',
      integer: 'BIGINT',
      counted: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
      strict: '',
      keyed: '',
    },
    alone: (work) =>
      transaction(connection, monotonicNow() + MIGRATION_PATIENCE, async (tx) => {
        await tx.one('SET LOCAL statement_timeout = 0', [])
        await tx.one('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
        return work(tx)
      }),
  }
}

/**
 * Runs the work in one transaction on one connection: should that be lost in its midst, nothing of it goes to the next.
 * All statements go out behind one another; a failure shows at the latest when the commit turns out to be a rollback.
 * After a failure the connection is dropped: that undoes everything, whatever state it was in.
 * @param due when the caller stops waiting (monotonic, ms)
 * @throws ConnectionFailure, pg.DatabaseError; what the work throws
 */
export async function transaction<T>(
  connection: PostgresConnection,
  due: number,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const session = await connection.session(due)
  let failure: unknown
  const send = (sql: string, params: readonly Value[]) => {
    const result = session.query(sql, params, due)
    // the first one tells why; those behind it only that the transaction is aborted
    result.catch((cause: unknown) => {
      failure ??= cause
    })
    return result
  }
  try {
    void send('BEGIN', [])
    const result = await work(transactionOn(send))
    const { tag } = await send('COMMIT', [])
    if (failure) throw failure
    if (tag !== 'COMMIT') throw new Error('the transaction was rolled back')
    return result
  } catch (cause) {
    connection.drop()
    throw failure ?? cause
  }
}

function transactionOn(send: (sql: string, params: readonly Value[]) => ReturnType<Session['query']>): Transaction {
  return {
    one: async <Columns>(sql: string, params: readonly Value[]) =>
      (await send(sql, params)).rows[0] as Columns | undefined,
    all: async <Columns>(sql: string, params: readonly Value[]) => (await send(sql, params)).rows as readonly Columns[],
    run: async (sql, params) => (await send(sql, params)).changed,
    write: (sql, params) => void send(sql, params),
  }
}

/**
 * Faults of the statement or its data: data exception, integrity constraint violation, syntax or access rule.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const FAULT_OF_COMMAND = /^(22|23|42)/

function isUnavailable(cause: unknown): boolean {
  if (cause instanceof ConnectionFailure) return true
  return cause instanceof pg.DatabaseError && !FAULT_OF_COMMAND.test(cause.code ?? '')
}
