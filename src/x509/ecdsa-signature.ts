import { readDer } from './der.ts'

/**
 * Whether the bytes are an ECDSA-Sig-Value in its only right spelling: a SEQUENCE of r and s, both positive, and nothing
 * behind it. Parsers that take others let one signature be rewritten into many.
 * https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3
 */
export function isEcdsaSignature(signature: Uint8Array): boolean {
  try {
    return readDer(signature, (reader) =>
      reader.sequence((inner) => [inner.integer(), inner.integer()].every(isPositive)),
    )
  } catch {
    return false
  }
}

function isPositive(integer: Uint8Array): boolean {
  return integer[0]! < 0x80 && integer.some((octet) => octet !== 0)
}
