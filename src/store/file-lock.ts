import Database from 'better-sqlite3'

export interface FileLock {
  release(): void
}

/** What nobody holds on to is collected, and its lock would end with it. */
const held = new Set<Database.Database>()

/**
 * Takes the lock of a file, or returns undefined where another process, or this one, holds it. The lock is the operating
 * system's, held through an empty SQLite file, so it ends with the process, however that ends; the file stays, and says
 * nothing.
 * @throws SqliteError when the file cannot be opened
 */
export function lockFile(file: string): FileLock | undefined {
  const database = new Database(file, { timeout: 0 })
  try {
    database.pragma('journal_mode = DELETE')
    database.exec('BEGIN EXCLUSIVE')
    held.add(database)
    return { release: () => release(database) }
  } catch (cause) {
    database.close()
    if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) return undefined
    throw cause
  }
}

function release(database: Database.Database): void {
  held.delete(database)
  database.close()
}
