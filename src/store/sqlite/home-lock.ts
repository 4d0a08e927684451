import { join } from 'node:path'
import { IdentityError } from '../../errors.ts'
import { type FileLock, lockFile } from '../file-lock.ts'

/**
 * Takes the home for one server, on which no second one, and no restore, may work then. Commands beside a server do not
 * take it.
 * @throws IdentityError home-locked
 */
export function lockHome(home: string): FileLock {
  const lock = lockFile(join(home, 'server.lock'))
  if (lock) return lock
  throw new IdentityError(
    'home-locked',
    `Another server works on ${home}. End it first, or give this one a home of its own with COUNTERSIGN_HOME.`,
  )
}
