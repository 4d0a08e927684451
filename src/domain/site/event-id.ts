import { createCipheriv, createDecipheriv, createHmac, createSecretKey } from 'node:crypto'
import type { Hex } from '../hex.ts'
import { keyObject } from '../key-object.ts'

/** https://csrc.nist.gov/pubs/fips/197/final */
const BLOCK = 16
const POSITION_AT = BLOCK - 8
/** One block and no more: no two positions are alike, and the same one is to look the same. */
const CIPHER = 'aes-256-ecb'

/** The feed's positions as one site sees them. */
export interface EventIds {
  /** @returns 22 characters of base64url */
  seal(position: number): string
  /** undefined: none that was sealed for this site */
  open(id: string): number | undefined
}

/**
 * Ids of what a site is told. The feed is one for all sites: two that were told at the same position could find out by
 * it that they speak of the same person, and its steps would tell how much happens elsewhere.
 * @param key `keyring['event-id']`
 */
export function createEventIds(key: Uint8Array, siteId: Hex): EventIds {
  const ofSite = createSecretKey(createHmac('sha256', keyObject(key)).update(Buffer.from(siteId, 'hex')).digest())
  return {
    seal(position) {
      const block = Buffer.alloc(BLOCK)
      block.writeBigUInt64BE(BigInt(position), POSITION_AT)
      return createCipheriv(CIPHER, ofSite, null).setAutoPadding(false).update(block).toString('base64url')
    },
    open(id) {
      const sealed = Buffer.from(id, 'base64url')
      // other spellings of the same bytes are not taken
      if (sealed.length !== BLOCK || sealed.toString('base64url') !== id) return undefined
      const block = createDecipheriv(CIPHER, ofSite, null).setAutoPadding(false).update(sealed)
      const position = Number(block.readBigUInt64BE(POSITION_AT))
      return block.readBigUInt64BE(0) === 0n && Number.isSafeInteger(position) ? position : undefined
    },
  }
}
