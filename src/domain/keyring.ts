import { hkdfSync } from 'node:crypto'

/** The fewest bytes that a seal key may have. */
export const SEAL_KEY_BYTES = 32

/** What each derived key is for. Adding a use means adding a row: no key serves two purposes. */
const PURPOSES = [
  'ticket',
  'subject',
  'audit',
  'audit-head',
  'secret',
  'recovery-code',
  'password',
  'challenge',
  'address',
  'invited-subscriber',
  'session',
  'pairing',
  'apple-profile',
  'introduction',
  'verdict-signing',
  'site-account',
  'security-event',
  'push-secret',
  'event-id',
] as const
type Purpose = (typeof PURPOSES)[number]

/** The service's symmetric keys, 32 bytes each, all derived from the seal key. None of them is ever in the store. */
export type Keyring = Readonly<Record<Purpose, Buffer>>

/**
 * Derives the keyring by HKDF-SHA-256, one `info` for each purpose.
 * https://www.rfc-editor.org/rfc/rfc5869
 * @param sealKey at least 32 random bytes
 * @throws TypeError when the seal key is shorter
 */
export function deriveKeyring(sealKey: Uint8Array): Keyring {
  if (sealKey.length < SEAL_KEY_BYTES) throw new TypeError(`a seal key has at least ${SEAL_KEY_BYTES} bytes`)
  const entries = PURPOSES.map((purpose) => [
    purpose,
    Buffer.from(hkdfSync('sha256', sealKey, new Uint8Array(), `countersign ${purpose} v1`, 32)),
  ])
  return Object.freeze(Object.fromEntries(entries)) as Keyring
}
