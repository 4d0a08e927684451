import type { RevocationList } from '../src/domain/store.ts'
import { parseCertList } from '../src/x509/crl.ts'
import type { Authority } from './authority.ts'

/** The root's list as the ceremony left it in its file, for the store that serves it. */
export function rootListOf({ rootList }: Authority): RevocationList {
  const { number, thisUpdate, nextUpdate } = parseCertList(rootList)
  return { issuer: 'root', number: Number(number), thisUpdate, nextUpdate, der: rootList }
}
