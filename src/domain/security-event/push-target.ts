import { IdentityError } from '../../errors.ts'
import { openSecret, sealSecret } from '../sealed.ts'
import type { PushAddress } from './security-stream.ts'

/** Where a token is pushed to. */
export interface PushTarget {
  readonly url: string
  readonly allowPrivate: boolean
  /** PEM; null: the public authorities */
  readonly anchors: string | null
  /** the value of the `Authorization` header; null: none is sent */
  readonly authorization: string | null
}

/**
 * All of it is sealed, and what is dialed is read from there alone: who can write to the store sends no token elsewhere,
 * and has nothing inside dialed.
 * @param key `keyring['push-secret']`
 */
export function sealPushTarget(key: Uint8Array, siteId: string, target: PushTarget): Uint8Array {
  return sealSecret(key, Buffer.from(JSON.stringify(target)), siteId)
}

/** @throws IdentityError internal: altered, another site's, or sealed under another key */
export function openPushTarget(key: Uint8Array, { siteId, url, sealed }: PushAddress): PushTarget {
  const target = JSON.parse(openSecret(key, sealed, siteId).toString()) as PushTarget
  if (target.url === url) return target
  throw new IdentityError('internal', 'The address in the table is not the one that the operator gave.')
}
