import { createHash } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { openSecret, sealSecret } from '../sealed.ts'
import type { Store } from '../store.ts'

/** Whose certificate a browser has already that opens an invitation. */
export interface Introduction {
  /** null: it showed no person's certificate */
  readonly owner: { readonly subscriberId: Hex; readonly label: string } | null
}

/**
 * `portal` asks for no certificate, and so does not see that somebody else's is in a browser. `signon` does, and tells
 * by a note that goes through the browser, which can neither read nor write it.
 */
export interface Introductions {
  /**
   * @param presented fingerprint of the certificate that was proven in the handshake; undefined: none
   * @param opening at which `portal` asked
   * @returns the note, base64url: good for this opening, for ten minutes
   * @throws IdentityError store-unavailable
   */
  introduce(presented: Hex | undefined, opening: Opening): Promise<string>
  /** @returns undefined: not a note of ours, not for this opening, or too old */
  read(note: string, opening: Opening): Introduction | undefined
}

/** An invitation in a browser. Whoever sends somebody a link could put a note into it that his own browser was given. */
export interface Opening {
  /** of the invitation */
  readonly token: string
  /** what `portal` knows the browser by, and nobody can choose */
  readonly browser: string
}

interface IntroductionParts {
  readonly store: Pick<Store, 'certificate'>
  readonly keyring: Keyring
  readonly clock: Clock
}

const LIFETIME = 10 * 60_000
/** Longer than any note of ours: what is longer is not looked at. */
const MAX_NOTE_CHARS = 2_048

interface Content extends Introduction {
  /** epoch ms */
  readonly expiresAt: number
}

export function createIntroductions({ store, keyring, clock }: IntroductionParts): Introductions {
  return {
    async introduce(presented, opening) {
      const certificate = presented === undefined ? undefined : await store.certificate(presented)
      const { subscriberId = null, label = '' } = certificate ?? {}
      const owner = subscriberId === null ? null : { subscriberId, label }
      const content: Content = { owner, expiresAt: clock.now() + LIFETIME }
      return sealSecret(keyring.introduction, Buffer.from(JSON.stringify(content)), purposeOf(opening)).toString(
        'base64url',
      )
    },

    read(note, opening) {
      if (note.length > MAX_NOTE_CHARS) return undefined
      const content = open(keyring, note, opening)
      return content && clock.now() <= content.expiresAt ? { owner: content.owner } : undefined
    },
  }
}

function open(keyring: Keyring, note: string, opening: Opening): Content | undefined {
  try {
    const bytes = openSecret(keyring.introduction, Buffer.from(note, 'base64url'), purposeOf(opening))
    return JSON.parse(bytes.toString()) as Content
  } catch (cause) {
    if (cause instanceof IdentityError) return undefined
    throw cause
  }
}

/** A note opens for its own invitation alone, in its own browser. */
function purposeOf({ token, browser }: Opening): string {
  const [invitation, place] = [token, browser].map((text) => createHash('sha256').update(text).digest('hex'))
  return `introduction ${invitation} ${place}`
}
