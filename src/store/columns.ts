import type { Hex } from '../domain/hex.ts'

/**
 * Hex as the tables hold it: bytes.
 * @throws TypeError when the text is not hexadecimal (Buffer would cut it off in silence)
 */
export function bytes(hex: Hex): Buffer {
  const buffer = Buffer.from(hex, 'hex')
  if (buffer.length * 2 !== hex.length) throw new TypeError('not a hexadecimal text')
  return buffer
}

export function bytesOrNull(hex: Hex | null): Buffer | null {
  return hex === null ? null : bytes(hex)
}

/** Bytes of the tables as the domain writes them. */
export function hex(bytes: Buffer): Hex {
  return bytes.toString('hex')
}

export function hexOrNull(bytes: Buffer | null): Hex | null {
  return bytes === null ? null : bytes.toString('hex')
}
