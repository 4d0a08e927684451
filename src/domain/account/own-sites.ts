import { IdentityError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import { countTry } from '../proving/guesses.ts'
import type { Relation } from '../site/relation.ts'
import type { Store } from '../store.ts'
import type { AccountSession } from './account-session.ts'

/** The sites that know a person. All throw store-unavailable. */
export interface OwnSites {
  list(session: AccountSession): Promise<readonly Relation[]>
  /**
   * Ends what one site knows: at the next sign-in there the owner is somebody new.
   * @throws IdentityError site-unknown: no such site knows him, or it was told to forget already; too-many-guesses
   */
  forget(session: AccountSession, siteId: Hex): Promise<void>
}

const DAY = 86_400_000

/** Who comes back is counted as somebody new, and the site pays for him once more. */
const MOST_A_DAY = 3
const TOO_OFTEN = 'This site has forgotten you several times today. Tell it again tomorrow.'

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
      const known = await store.relations(subscriberId)
      if (!known.some((relation) => relation.siteId === siteId)) throw unknown()
      const at = clock.now()
      await countTry(store, { key: `forget:${subscriberId}:${siteId}`, period: DAY, most: MOST_A_DAY }, at, TOO_OFTEN)
      const outcome = await store.run('forgetSubject', { at, actor }, subscriberId, siteId)
      if (outcome === 'unknown') throw unknown()
    },
  }
}

function unknown(): IdentityError {
  return new IdentityError('site-unknown', 'No such site knows you, or it was told to forget you already.')
}
