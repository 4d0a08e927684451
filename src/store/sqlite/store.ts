import type { AuditHead } from '../../domain/audit/audit.ts'
import type { CommandName, Store, StoreCommands } from '../../domain/store.ts'
import { NEWEST_POSITION, type News, newsBetween } from '../feed.ts'
import { GroupCommit } from '../group-commit.ts'
import { readsThrough } from '../reads.ts'
import type { StoreLog } from '../store-log.ts'
import type { Query } from '../transaction.ts'
import { storeUnavailable } from '../unavailable.ts'
import { SqliteConnection } from './connection.ts'
import { SqliteWriter } from './writer.ts'

export interface SqliteOptions {
  /** the database's file; made if it is not there */
  readonly file: string
  /** the key of the audit chain, never in the store */
  readonly auditKey: Uint8Array
  readonly log?: StoreLog
}

/**
 * Opens the embedded store and brings its schema up to date.
 * @throws IdentityError schema-newer, store-unavailable
 */
export async function openSqliteStore({ file, auditKey, log }: SqliteOptions): Promise<Store> {
  const writer = await SqliteWriter.open({ file, auditKey })
  const reader = openForReading(file)
  const sentinel = openForReading(file)
  const ask = asking(reader)
  const listeners: ((head: AuditHead) => void)[] = []
  const queue = new GroupCommit(
    (commands) => writer.commit(commands),
    (head) => {
      for (const listener of listeners) listener(head)
    },
    log,
  )

  return {
    ...readsThrough(ask),
    changes: following(sentinel, ask),
    ping: () => void ask(NEWEST_POSITION),
    run: <N extends CommandName>(name: N, ...args: Parameters<StoreCommands[N]>) =>
      queue.submit({ name, args }) as Promise<ReturnType<StoreCommands[N]>>,
    onAudit: (listener) => void listeners.push(listener),
    close: async () => {
      await queue.close()
      sentinel.close()
      reader.close()
      await writer.close()
    },
  }
}

/** What is read is kept in the process's memory up to this size, KiB. */
const READ_CACHE = 64 * 1024

function openForReading(file: string): SqliteConnection {
  const connection = new SqliteConnection(file, 0)
  // not opened read-only: a reader must be able to repair the shared index that a killed process left behind
  connection.pragma('query_only = ON')
  connection.pragma(`cache_size = -${READ_CACHE}`)
  return connection
}

type Ask = <R>(query: Query<R>) => R

function asking(reader: SqliteConnection): Ask {
  return (query) => {
    try {
      return query.answer(reader.all(query.sql, query.params))
    } catch (cause) {
      throw storeUnavailable(cause)
    }
  }
}

/**
 * The proof of freshness. As long as no other connection of any process has committed, the version of the data is the
 * same, and no table needs to be read. The sentinel never writes, iterates or holds a transaction: then SQLite asks the
 * shared index anew each time. The version is read before the position, so a commit between the two is told twice,
 * never missed.
 */
function following(sentinel: SqliteConnection, ask: Ask): (since: number) => News {
  const dataVersion = sentinel.dataVersion()
  let known = { version: Number.NaN, position: Number.NaN }
  return (since) => {
    const version = askVersion(dataVersion)
    if (version !== known.version) known = { version, position: ask(NEWEST_POSITION) }
    const news = newsBetween(since, known.position)
    return 'sql' in news ? ask(news) : news
  }
}

function askVersion(dataVersion: () => number): number {
  try {
    return dataVersion()
  } catch (cause) {
    throw storeUnavailable(cause)
  }
}
