import { join } from 'node:path'
import Database from 'better-sqlite3'
import { IdentityError } from '../../errors.ts'

/** A home that no second server, and no restore, may work on. */
export interface HomeLock {
  release(): void
}

/**
 * Takes the home for one server. The lock is the operating system's, held through an empty SQLite file, so it ends with
 * the process, however that ends. Commands beside a server do not take it.
 * @throws IdentityError home-locked
 */
export function lockHome(home: string): HomeLock {
  const file = join(home, 'server.lock')
  const database = new Database(file, { timeout: 0 })
  try {
    database.pragma('journal_mode = DELETE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new IdentityError(
      'home-locked',
      `Another server works on ${home}. End it first, or give this one a home of its own with COUNTERSIGN_HOME.`,
      { cause },
    )
  }
  return { release: () => void database.close() }
}
