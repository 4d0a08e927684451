import { createSecretKey, type KeyObject } from 'node:crypto'

const made = new WeakMap<Uint8Array, KeyObject>()

/**
 * A symmetric key as node:crypto takes it at once. Whether raw bytes are a key object Node 24 finds out by throwing
 * errors and catching them, at each use, which costs more than the HMAC that is wanted.
 * @param bytes never changed afterwards
 */
export function keyObject(bytes: Uint8Array): KeyObject {
  const known = made.get(bytes)
  if (known) return known
  const key = createSecretKey(bytes)
  made.set(bytes, key)
  return key
}
