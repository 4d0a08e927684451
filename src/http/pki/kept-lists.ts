import type { IssuerName } from '../../domain/certificate/certificate.ts'
import type { RevocationList, Store } from '../../domain/store.ts'

/**
 * The newest list of each issuer, once in this process: a list may have many megabytes, and whoever fetches it decides
 * how long it is held.
 */
export class KeptLists {
  readonly #store: Pick<Store, 'revocationList' | 'revocationListNumber'>
  readonly #kept = new Map<
    IssuerName,
    { readonly number: number; readonly list: Promise<RevocationList | undefined> }
  >()

  constructor(store: Pick<Store, 'revocationList' | 'revocationListNumber'>) {
    this.#store = store
  }

  /**
   * The number of the newest list.
   * @throws IdentityError store-unavailable
   */
  async number(issuer: IssuerName): Promise<number | undefined> {
    return this.#store.revocationListNumber(issuer)
  }

  /**
   * The list of this number, or a newer one; read from the store at most once, for all who ask.
   * @throws IdentityError store-unavailable
   */
  list(issuer: IssuerName, number: number): Promise<RevocationList | undefined> {
    const kept = this.#kept.get(issuer)
    if (kept?.number === number) return kept.list
    const list = this.#read(issuer)
    this.#kept.set(issuer, { number, list })
    list.catch(() => {
      if (this.#kept.get(issuer)?.list === list) this.#kept.delete(issuer)
    })
    return list
  }

  async #read(issuer: IssuerName): Promise<RevocationList | undefined> {
    return this.#store.revocationList(issuer)
  }
}
