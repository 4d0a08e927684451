import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { openSecret, sealSecret } from '../sealed.ts'
import type { NewCredential } from './check.ts'

/** ms; somebody looks for his phone, and installs an app */
const LIFETIME = 15 * 60_000

/** Characters. Ours have some two hundred. */
const MAX_SEALED = 1_024

/**
 * The secret that an app was given and has not yet proved to have, for its page to carry: no node keeps it.
 * @param now epoch ms
 * @returns base64url
 */
export function sealPendingTotp(
  keyring: Pick<Keyring, 'secret'>,
  subscriberId: Hex,
  { id, secret }: NewCredential,
  now: number,
): string {
  const content = JSON.stringify({ id, secret: Buffer.from(secret).toString('base64url'), until: now + LIFETIME })
  return sealSecret(keyring.secret, Buffer.from(content), ownerOf(subscriberId)).toString('base64url')
}

/** @returns undefined: not ours, another person's, or too old */
export function openPendingTotp(
  keyring: Pick<Keyring, 'secret'>,
  subscriberId: Hex,
  pending: string,
  now: number,
): NewCredential | undefined {
  if (pending.length > MAX_SEALED) return undefined
  const content = open(keyring, Buffer.from(pending, 'base64url'), subscriberId)
  if (!content || now > content.until) return undefined
  return { id: content.id, check: 'totp', secret: Buffer.from(content.secret, 'base64url'), lastStep: null }
}

interface Content {
  readonly id: Hex
  readonly secret: string
  readonly until: number
}

function open({ secret }: Pick<Keyring, 'secret'>, sealed: Uint8Array, subscriberId: Hex): Content | undefined {
  try {
    // What opens was sealed above.
    return JSON.parse(openSecret(secret, sealed, ownerOf(subscriberId)).toString()) as Content
  } catch {
    return undefined
  }
}

function ownerOf(subscriberId: Hex): string {
  return `pending-totp:${subscriberId}`
}
