import type { Keyring } from '../domain/keyring.ts'
import type { Store } from '../domain/store.ts'
import { openPostgresStore } from './postgres/store.ts'
import { openSqliteStore } from './sqlite/store.ts'
import type { StoreLog } from './store-log.ts'

/** Which database it is, and where. */
export type StorePlace =
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly url: string }

/**
 * Opens the store that a configuration names, and brings its schema up to date.
 * @throws IdentityError store-unavailable, schema-newer
 */
export function openStore(place: StorePlace, keyring: Keyring, log?: StoreLog): Promise<Store> {
  const common = { auditKey: keyring.audit, ...(log && { log }) }
  return place.engine === 'sqlite'
    ? openSqliteStore({ file: place.file, ...common })
    : openPostgresStore({ url: place.url, ...common })
}
