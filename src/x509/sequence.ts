/** https://www.itu.int/rec/T-REC-X.690 8.9: SEQUENCE, constructed */
const SEQUENCE = 0x30

/**
 * Whether bytes are one DER SEQUENCE of exactly their length: the outermost shape of a certificate. Nothing inside is
 * looked at: what we have not issued is unknown by its hash, whatever it holds.
 */
export function isOneSequence(bytes: Uint8Array): boolean {
  const first = bytes[1]
  if (bytes[0] !== SEQUENCE || first === undefined) return false
  if (first < 0x80) return bytes.length === 2 + first
  const width = first - 0x80
  if (width < 1 || width > 3 || bytes.length < 2 + width) return false
  let length = 0
  for (let i = 0; i < width; i++) length = length * 256 + bytes[2 + i]!
  // DER: the shortest form of the length, and no other.
  const minimal = width === 1 ? length >= 0x80 : length >= 256 ** (width - 1)
  return minimal && bytes.length === 2 + width + length
}
