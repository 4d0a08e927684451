import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Config, readConfig } from '../src/config.ts'
import type { Actor } from '../src/domain/audit.ts'
import type { Clock } from '../src/domain/clock.ts'
import { deriveKeyring, type Keyring, SEAL_KEY_BYTES } from '../src/domain/keyring.ts'
import type { Store } from '../src/domain/store.ts'
import { IdentityError } from '../src/errors.ts'
import { openStore } from '../src/main.ts'

/** Whoever may read the home's keys is the operator; the shell knows no more. */
export const OPERATOR: Actor = 'operator:cli'

export const systemClock: Clock = { now: () => Date.now() }

const DEV_HOME = 'certs-dev'

/**
 * The configuration of this shell: COUNTERSIGN_* and the file. Without COUNTERSIGN_HOME, the `certs-dev` of the folder
 * that the command is called in, which is said.
 */
export function configHere({ dev = false, quiet = false } = {}): Config {
  const { env } = process
  const fallback = dev || existsSync(DEV_HOME) ? resolve(DEV_HOME) : undefined
  if (env.COUNTERSIGN_HOME === undefined && fallback !== undefined && !quiet) process.stderr.write('Using certs-dev of this folder as home.\n')
  return readConfig({ env, defaultHome: fallback, readFile: (path) => readFileSync(path, 'utf8') })
}

/** A home that is open for one command. */
export interface OpenHome {
  readonly config: Config
  readonly keyring: Keyring
  readonly store: Store
}

/** Opens the home's store for one command, beside a running server or without one, and closes it behind. */
export async function withHome<T>(use: (home: OpenHome) => Promise<T>): Promise<T> {
  const config = configHere()
  const keyring = readKeyring(config.sealKeyFile)
  const { store, close } = await openStore(config, keyring)
  try {
    return await use({ config, keyring, store })
  } finally {
    await close()
  }
}

/**
 * Reads the seal key: its raw bytes, mode 0600.
 * @throws IdentityError key-file-unreadable, key-file-unsafe
 */
export function readKeyring(path: string): Keyring {
  if (!existsSync(path)) {
    throw new IdentityError('key-file-unreadable', `There is no seal key at ${path}. \`countersign ca init\` makes one; on a second node, copy the first node's file.`)
  }
  if ((statSync(path).mode & 0o077) !== 0) throw new IdentityError('key-file-unsafe', `Others may read ${path}. Run chmod 600 on it.`)
  const key = readFileSync(path)
  if (key.length < SEAL_KEY_BYTES) throw new IdentityError('key-file-unreadable', `${path} has fewer than ${SEAL_KEY_BYTES} bytes and is no seal key.`)
  return deriveKeyring(key)
}

/** Where the authority keeps its certificates and encrypted keys. */
export function authorityFolder(config: Config): string {
  return join(config.home, 'ca')
}
