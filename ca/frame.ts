import { IdentityError } from '../src/errors.ts'

/**
 * What parent and signer say to each other over a pipe: two lengths (unsigned 32 bits, big-endian), then a JSON head,
 * then a body of bytes. Both lengths are judged before anything behind them is kept.
 */
export interface Frame {
  readonly head: unknown
  readonly body: Uint8Array
}

/** How much a peer may send. */
export interface FrameBounds {
  readonly head: number
  readonly body: number
}

const PREFIX_BYTES = 8

/** @returns the pieces to write, in order; the body is not copied */
export function encodeFrame(head: object, body: Uint8Array = new Uint8Array()): readonly [Buffer, Uint8Array] {
  const text = Buffer.from(JSON.stringify(head))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(text.length, 0)
  prefix.writeUInt32BE(body.length, 4)
  return [Buffer.concat([prefix, text]), body]
}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  readonly #bounds: FrameBounds
  #chunks: Uint8Array[] = []
  #length = 0
  #needed = PREFIX_BYTES

  constructor(bounds: FrameBounds) {
    this.#bounds = bounds
  }

  /**
   * @returns the frames that this chunk completes
   * @throws IdentityError signer-refused: too long, or no JSON; the stream cannot be followed any further
   */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#length >= this.#needed) {
      const frame = this.#advance()
      if (frame !== undefined) frames.push(frame)
    }
    return frames
  }

  #advance(): Frame | undefined {
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks)
    this.#chunks = [bytes]
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const bodyStart = PREFIX_BYTES + this.#bounded(view.getUint32(0), this.#bounds.head)
    const end = bodyStart + this.#bounded(view.getUint32(4), this.#bounds.body)
    if (bytes.length < end) {
      this.#needed = end
      return undefined
    }
    this.#chunks = [bytes.subarray(end)]
    this.#length = bytes.length - end
    this.#needed = PREFIX_BYTES
    return { head: parseHead(bytes.subarray(PREFIX_BYTES, bodyStart)), body: bytes.subarray(bodyStart, end) }
  }

  #bounded(length: number, bound: number): number {
    if (length <= bound) return length
    throw new IdentityError('signer-refused', `A frame of ${length} bytes is over the bound of ${bound}.`)
  }
}

function parseHead(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw new IdentityError('signer-refused', 'A frame has a head that is no JSON.', { cause })
  }
}
