import { IdentityError } from '../errors.ts'
import type { AccountSession } from './account-session.ts'
import type { Clock } from './clock.ts'
import type { Hex } from './hex.ts'
import type { Relation } from './relation.ts'
import type { Store } from './store.ts'

/** The sites that know a person. All throw store-unavailable. */
export interface OwnSites {
  list(session: AccountSession): Promise<readonly Relation[]>
  /**
   * Ends what one site knows: at the next sign-in there the owner is somebody new.
   * @throws IdentityError site-unknown: no such site knows him, or it was told to forget already
   */
  forget(session: AccountSession, siteId: Hex): Promise<void>
}

const SITE_ID = /^[0-9a-f]{32}$/

export function createOwnSites({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'run' | 'relations'>
  readonly clock: Clock
}): OwnSites {
  return {
    list: async ({ subscriberId }) => store.relations(subscriberId),

    async forget({ subscriberId, actor }, siteId) {
      if (!SITE_ID.test(siteId)) throw unknown()
      const outcome = await store.run('forgetSubject', { at: clock.now(), actor }, subscriberId, siteId)
      if (outcome === 'unknown') throw unknown()
    },
  }
}

function unknown(): IdentityError {
  return new IdentityError('site-unknown', 'No such site knows you, or it was told to forget you already.')
}
