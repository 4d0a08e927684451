import des from 'node-forge/lib/des.js'
import type { Der } from './der-writer.ts'

/** octets */
const BLOCK = 8

/**
 * Encrypts with 3DES in CBC mode, padded. WebCrypto has no DES, and macOS before 15, iOS before 18 and most Androids read
 * nothing newer. Loaded only when such a file is asked for. node-forge does single blocks alone: its own modes would
 * make strings of what is encrypted, and those cannot be overwritten.
 * https://www.rfc-editor.org/rfc/rfc8018#appendix-B.2.2
 * @param key 24 octets
 * @param iv 8 octets
 */
export function encryptTripleDes(key: Der, iv: Der, bytes: Der): Der {
  const encrypt = blockCipher(key)
  const padding = BLOCK - (bytes.length % BLOCK)
  const whole = bytes.length + padding - BLOCK
  const last = new Uint8Array(BLOCK).fill(padding)
  last.set(bytes.subarray(whole))
  const ciphertext = new Uint8Array(whole + BLOCK)
  const [plain, final, out, chain] = [viewOf(bytes), viewOf(last), viewOf(ciphertext), viewOf(iv)]
  let before: Block = [chain.getInt32(0), chain.getInt32(4)]
  for (let at = 0; at <= whole; at += BLOCK) {
    const [from, offset] = at < whole ? [plain, at] : [final, 0]
    before = encrypt([from.getInt32(offset) ^ before[0], from.getInt32(offset + 4) ^ before[1]])
    out.setInt32(at, before[0])
    out.setInt32(at + 4, before[1])
  }
  last.fill(0)
  return ciphertext
}

/** Two halves of 32 bits. */
type Block = [number, number]

function blockCipher(key: Der): (block: Block) => Block {
  const algorithm = new des.Algorithm('3DES', SingleBlocks)
  algorithm.initialize({ key: String.fromCharCode(...key) })
  return (block) => {
    const out: Block = [0, 0]
    algorithm.mode.cipher.encrypt(block, out)
    return out
  }
}

/** Stands where node-forge wants a mode, and hands out the cipher itself. */
class SingleBlocks {
  readonly cipher: { encrypt(input: Block, output: Block): void }

  constructor({ cipher }: SingleBlocks) {
    this.cipher = cipher
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Der): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
