import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { Store } from '../../src/domain/store.ts'
import { openPostgresStore } from '../../src/store/postgres/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { AUDIT_KEY } from './samples.ts'

/** Where a database is, as another process can be told it. */
export interface Location {
  readonly engine: 'sqlite' | 'postgres'
  /** the file, or the URL */
  readonly at: string
}

/** A database of one engine: a store can be opened on it more than once, as by several nodes or processes. */
export interface Database extends Location {
  /** Runs a statement behind the store's back. */
  meddle(sql: string): Promise<void>
  remove(): Promise<void>
}

/** Makes an empty database. */
export type MakeDatabase = () => Promise<Database>

export function openStore({ engine, at }: Location, auditKey = AUDIT_KEY): Promise<Store> {
  return engine === 'sqlite' ? openSqliteStore({ file: at, auditKey }) : openPostgresStore({ url: at, auditKey })
}

/** A new database for this test, which goes away with it, and so many stores on it. */
export async function freshStores(t: Test, make: MakeDatabase, count: number): Promise<[Database, ...Store[]]> {
  const database = await make()
  const stores: Store[] = []
  t.teardown(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await database.remove()
  })
  for (let index = 0; index < count; index++) stores.push(await openStore(database))
  return [database, ...stores]
}

export async function freshStore(t: Test, make: MakeDatabase): Promise<{ store: Store; database: Database }> {
  const [database, store] = await freshStores(t, make, 1)
  return { store: store!, database }
}

/** Another process on the same database (`child.ts`), which ends with the test at the latest. */
export function startChild(
  t: Test,
  database: Location,
  ...wish: string[]
): { child: ChildProcess; lines: AsyncIterator<string> } {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url))
  const given = JSON.stringify({ engine: database.engine, at: database.at } satisfies Location)
  const child = spawn(process.execPath, [script, given, ...wish], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}
