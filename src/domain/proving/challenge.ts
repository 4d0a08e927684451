import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AnsweredChallenge, Moment } from './check.ts'

const LIFETIME = 5 * 60_000
const ID_BYTES = 16
const TIME_BYTES = 6
const MAC_BYTES = 16
const LENGTH = ID_BYTES + TIME_BYTES + MAC_BYTES

/**
 * A challenge that no node has to remember: a random id, its end, and an HMAC over both and over what it was made for.
 * That it is answered once is the store's business.
 * https://www.w3.org/TR/webauthn-3/#sctn-cryptographic-challenges
 * @returns base64url
 */
export function makeChallenge(key: Uint8Array, { now, context }: Moment): string {
  const head = Buffer.alloc(ID_BYTES + TIME_BYTES)
  randomBytes(ID_BYTES).copy(head)
  head.writeUIntBE(now + LIFETIME, ID_BYTES, TIME_BYTES)
  return Buffer.concat([head, macOf(key, head, context)]).toString('base64url')
}

/** @returns undefined: not ours, too old, or made for something else */
export function readChallenge(
  key: Uint8Array,
  challenge: string,
  { now, context }: Moment,
): AnsweredChallenge | undefined {
  if (challenge.length > LENGTH * 2) return undefined
  const bytes = Buffer.from(challenge, 'base64url')
  if (bytes.length !== LENGTH || bytes.toString('base64url') !== challenge) return undefined
  const head = bytes.subarray(0, -MAC_BYTES)
  if (!timingSafeEqual(macOf(key, head, context), bytes.subarray(-MAC_BYTES))) return undefined
  const expiresAt = head.readUIntBE(ID_BYTES, TIME_BYTES)
  return now > expiresAt ? undefined : { id: head.toString('hex', 0, ID_BYTES), expiresAt }
}

function macOf(key: Uint8Array, head: Uint8Array, context: string): Buffer {
  return createHmac('sha256', key).update(head).update(context).digest().subarray(0, MAC_BYTES)
}
