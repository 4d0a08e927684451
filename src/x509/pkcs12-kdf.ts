import type { Der } from './der-writer.ts'

/** The hashes of the two formats; both take blocks of {@link BLOCK} octets. */
export type Pkcs12Hash = 'SHA-1' | 'SHA-256'

/** What derived octets are for. https://www.rfc-editor.org/rfc/rfc7292#appendix-B.3 */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const

/** the block of SHA-1 and of SHA-256, in octets */
const BLOCK = 64

export interface Pkcs12Derivation {
  readonly hash: Pkcs12Hash
  readonly purpose: (typeof PURPOSE)[keyof typeof PURPOSE]
  readonly password: string
  readonly salt: Der
  /** each is a call of WebCrypto */
  readonly rounds: number
  /** octets that are wanted */
  readonly length: number
}

/**
 * Derives octets from a password as PKCS#12 has it.
 * https://www.rfc-editor.org/rfc/rfc7292#appendix-B.2
 */
export async function derivePkcs12(derivation: Pkcs12Derivation): Promise<Der> {
  const { hash, purpose, password, salt, rounds, length } = derivation
  const diversifier = new Uint8Array(BLOCK).fill(purpose)
  const input = joined([filled(salt), filled(bigEndianUtf16(`${password}\0`))])
  const derived = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const digest = await hashed(hash, rounds, joined([diversifier, input]))
    derived.set(digest.subarray(0, length - at), at)
    at += digest.length
    if (at < length) advance(input, digest)
  }
  return derived
}

/** Text as BMPStrings and the key derivation want it. https://www.rfc-editor.org/rfc/rfc7292#appendix-B.1 */
export function bigEndianUtf16(text: string): Der {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i))
  return bytes
}

async function hashed(hash: Pkcs12Hash, rounds: number, input: Der): Promise<Der> {
  let digest = await crypto.subtle.digest(hash, input)
  for (let round = 1; round < rounds; round++) digest = await crypto.subtle.digest(hash, digest)
  return new Uint8Array(digest)
}

/** Step 6C: to each block of the input the digest is added, and one. */
function advance(input: Der, digest: Der): void {
  for (let start = 0; start < input.length; start += BLOCK) {
    let carry = 1
    for (let i = BLOCK - 1; i >= 0; i--) {
      const sum = input[start + i]! + digest[i % digest.length]! + carry
      input[start + i] = sum
      carry = sum >> 8
    }
  }
}

/** Repeats the bytes to a multiple of the block. */
function filled(bytes: Der): Der {
  return Uint8Array.from({ length: Math.ceil(bytes.length / BLOCK) * BLOCK }, (_, i) => bytes[i % bytes.length]!)
}

function joined(parts: readonly Der[]): Der {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
