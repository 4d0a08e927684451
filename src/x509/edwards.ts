import { bigEndian } from './big-endian.ts'

/** https://www.rfc-editor.org/rfc/rfc8032#section-5.1 */
const P = 2n ** 255n - 19n
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n

/**
 * Whether 32 octets can be an honest Ed25519 key: the point in its only right spelling, and not one of the eight of small
 * order, under which one signature fits many messages. Whether it lies on the curve at all, the verification finds out.
 * https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3
 */
export function isHonestPoint(key: Uint8Array): boolean {
  if (key.length !== 32) return false
  const y = bigEndian(key.toReversed()) & (2n ** 255n - 1n)
  if (y >= P || y <= 1n || y === P - 1n) return false
  // The double of a point of order 8 has y = 0, which with the curve's equation comes to this.
  return (D * y ** 4n + 2n * y ** 2n - 1n) % P !== 0n
}
