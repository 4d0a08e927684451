const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const NO_DIGIT = 64
/** The value of each ASCII character as a digit. */
const VALUES = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => {
  const value = DIGITS.indexOf(String.fromCharCode(code))
  return value < 0 ? NO_DIGIT : value
})

/** Base64 with padding and without line breaks. https://www.rfc-editor.org/rfc/rfc4648#section-4 */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

/**
 * Reads what `encodeBase64` writes, and nothing else: all padding there, no bits set behind the last octet.
 * @returns undefined for any other text
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  const digits = text.length - padding
  let bits = 0
  let at = 0
  for (let i = 0; i < digits; i++) {
    const value = VALUES[text.charCodeAt(i)]
    if (value === undefined || value === NO_DIGIT) return undefined
    bits = ((bits << 6) | value) & 0xff_ffff
    const left = i & 3
    // The second, third and fourth digit of each group complete an octet, with 4, 2 and 0 bits left over.
    if (left !== 0 && at < bytes.length) bytes[at++] = bits >> (6 - 2 * left)
  }
  const spare = padding * 2
  return (bits & ((1 << spare) - 1)) === 0 ? bytes : undefined
}
