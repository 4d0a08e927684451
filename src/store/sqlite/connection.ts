import Database from 'better-sqlite3'
import type { Spelling } from '../migrations.ts'
import type { Transaction, Value } from '../transaction.ts'

export const SPELLING: Spelling = {
  bytes: 'BLOB',
  integer: 'INTEGER',
  counted: 'INTEGER PRIMARY KEY',
  strict: 'STRICT',
  keyed: 'STRICT, WITHOUT ROWID',
}

interface Prepared {
  readonly statement: Database.Statement<Value[]>
  /** which parameter each `?` takes, or undefined when they stand in order */
  readonly order: readonly number[] | undefined
}

/** One connection with its prepared statements. All of it is synchronous. */
export class SqliteConnection {
  readonly #database: Database.Database
  readonly #prepared = new Map<string, Prepared>()

  /** @param patience how long a call may wait for the locks of others, ms; it stops its thread for as long */
  constructor(file: string, patience: number) {
    this.#database = new Database(file, { timeout: patience })
  }

  all<Columns>(sql: string, params: readonly Value[]): Columns[] {
    const { statement, order } = this.#prepare(sql)
    return statement.all(...arranged(params, order)) as Columns[]
  }

  one<Columns>(sql: string, params: readonly Value[]): Columns | undefined {
    const { statement, order } = this.#prepare(sql)
    return statement.get(...arranged(params, order)) as Columns | undefined
  }

  /** @returns how many rows were changed */
  run(sql: string, params: readonly Value[]): number {
    const { statement, order } = this.#prepare(sql)
    return statement.run(...arranged(params, order)).changes
  }

  /** A number that another connection's commit changes: the cheapest proof that nothing happened. */
  dataVersion(): () => number {
    const statement = this.#database.prepare<[], number>('PRAGMA data_version').pluck()
    return () => statement.get()!
  }

  pragma(text: string): unknown {
    return this.#database.pragma(text, { simple: true })
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  close(): void {
    this.#database.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) return known
    const order: number[] = []
    // Plain `?` bind fastest, in their order of appearance. The unary plus, a no-op, keeps the planner from looking at
    // the value: where it may, SQLite prepares the statement anew at each call (better-sqlite3 clears the bindings, and
    // https://www.sqlite.org/c3ref/prepare.html tells the rest): a verdict's state cost 30 µs that way, 5 µs this way.
    const text = sql.replace(/\$(\d+)/g, (_, digits: string) => {
      order.push(Number(digits) - 1)
      return '+?'
    })
    const inOrder = order.every((parameter, index) => parameter === index)
    const prepared = { statement: this.#database.prepare<Value[]>(text), order: inOrder ? undefined : order }
    this.#prepared.set(sql, prepared)
    return prepared
  }
}

function arranged(params: readonly Value[], order: readonly number[] | undefined): readonly Value[] {
  return order ? order.map((parameter) => params[parameter] as Value) : params
}

/** An open transaction of this connection. Each call has already happened when it returns. */
export function transactionOn(connection: SqliteConnection): Transaction {
  return {
    one: async <Columns>(sql: string, params: readonly Value[]) => connection.one<Columns>(sql, params),
    all: async <Columns>(sql: string, params: readonly Value[]) => connection.all<Columns>(sql, params),
    run: async (sql, params) => connection.run(sql, params),
    write: (sql, params) => {
      connection.run(sql, params)
    },
  }
}

/** Faults of the statement or its data; all other errors of SQLite are about the file, its locks or its disk. */
const FAULT_OF_COMMAND = /^SQLITE_(CONSTRAINT|MISMATCH|RANGE|TOOBIG|ERROR$)/

/** Whether it is the database that failed, not what it was told to do. */
export function isDatabaseFailure(cause: unknown): boolean {
  return cause instanceof Database.SqliteError && !FAULT_OF_COMMAND.test(cause.code)
}

/** Whether another connection holds a lock that is wanted. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')
}
