import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { CEILINGS } from '../../ca/profiles.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Keyring } from '../../src/domain/keyring.ts'
import type { Store } from '../../src/domain/store.ts'
import { readKeyring } from '../../src/seal-key.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { TestService } from './service.ts'

/** A service's home, opened by the test beside it, as the command line opens it. */
export interface Inside {
  readonly config: Config
  readonly keyring: Keyring
  readonly store: Store
}

export async function openInside(t: Test, service: TestService): Promise<Inside> {
  const config = configOf(service)
  const keyring = readKeyring(config.sealKeyFile)
  const store = await openStore(config.store, keyring)
  t.teardown(() => store.close())
  return { config, keyring, store }
}

export function configOf({ place }: Pick<TestService, 'place'>): Config {
  return readConfig({
    env: place.settings,
    defaultHome: undefined,
    ceilings: CEILINGS,
    readFile: (path) => readFileSync(path, 'utf8'),
  })
}
