import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CEILINGS } from '../ca/profiles.ts'
import { authorityOf, type Config, readConfig } from '../src/config.ts'
import type { Actor } from '../src/domain/audit/audit.ts'
import type { Keyring } from '../src/domain/keyring.ts'
import type { Store } from '../src/domain/store.ts'
import { readKeyring } from '../src/seal-key.ts'
import { followAuditHead } from '../src/store/audit-head.ts'
import { openStore } from '../src/store/open-store.ts'

/** Whoever may read the home's keys is the operator; the shell knows no more. */
export const OPERATOR: Actor = 'operator:cli'

const DEV_HOME = 'certs-dev'

/**
 * The configuration of this shell: COUNTERSIGN_* and the file. Without COUNTERSIGN_HOME, the `certs-dev` of the folder
 * that the command is called in, which is said.
 */
export function configHere({ dev = false, quiet = false } = {}): Config {
  const { env } = process
  const fallback = dev || existsSync(DEV_HOME) ? resolve(DEV_HOME) : undefined
  if (env.COUNTERSIGN_HOME === undefined && fallback !== undefined && !quiet)
    process.stderr.write('Using certs-dev of this folder as home.\n')
  return readConfig({ env, defaultHome: fallback, ceilings: CEILINGS, readFile: (path) => readFileSync(path, 'utf8') })
}

/** A home that is open for one command. */
export interface OpenHome {
  readonly config: Config
  readonly keyring: Keyring
  readonly store: Store
}

/**
 * Opens the home's store for one command, beside a running server or without one, and closes it behind.
 * @param at default: this shell's configuration
 */
export async function withHome<T>(use: (home: OpenHome) => Promise<T>, at: Config = configHere()): Promise<T> {
  const keyring = readKeyring(at.sealKeyFile)
  const store = await openStore(at.store, keyring)
  try {
    const head = await followHead({ config: at, keyring, store })
    try {
      return await use({ config: at, keyring, store })
    } finally {
      await head?.stop()
    }
  } finally {
    await store.close()
  }
}

/** A head file that is gone is something to look into: no command makes a new one behind rows that are there. */
async function followHead({ config, keyring, store }: OpenHome): Promise<{ stop(): Promise<void> } | undefined> {
  const file = auditHeadFile(config)
  if (!existsSync(file) && (await store.auditHead()).count > 0) return undefined
  return followAuditHead({ file, keyring, store })
}

/** Where the end of the audit chain is kept, outside the store. */
export function auditHeadFile(config: Config): string {
  return join(config.home, 'audit.head')
}

/** Where the authority keeps its certificates and encrypted keys. */
export function authorityFolder(config: Config): string {
  return authorityOf(config).directory
}
