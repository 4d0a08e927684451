import { Worker } from 'node:worker_threads'
import { IdentityError } from '../src/errors.ts'
import type { TbsCertListParts } from '../src/x509/crl.ts'
import { type FromPress, press, type ToPress } from './list-bytes.ts'

/** Turns entries into bytes to sign, and these with their signature into a list. */
export interface ListPress {
  /** @returns TBSCertList, DER */
  encode(parts: TbsCertListParts): Promise<Uint8Array>
  /**
   * The bytes are the press's from here on.
   * @param spki the issuer's SubjectPublicKeyInfo, DER
   * @returns CertificateList, DER
   * @throws IdentityError profile-violation: the signature is not the issuer's
   */
  finish(tbs: Uint8Array, signature: Uint8Array, spki: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}

/** Copying and hashing this much takes a few milliseconds: about ten thousand entries. */
const PRESSED_HERE = 512 * 1024

/** The built program has `.js` where the checkout has `.ts`. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './list-press-thread.ts' : './list-press-thread.js',
  import.meta.url,
)

/** @param bytes how long the list will be, about; a long one is made in a thread of its own */
export function openPress(bytes: number): ListPress {
  return bytes > PRESSED_HERE ? new ThreadPress() : HERE
}

const HERE: ListPress = {
  encode: async (parts) => press({ kind: 'encode', parts }),
  finish: async (tbs, signature, spki) => press({ kind: 'finish', tbs, signature, spki }),
  close: async () => undefined,
}

/** The bytes are handed over and back, never copied. */
class ThreadPress implements ListPress {
  // Nothing that was preloaded into the process (a test runner, a debugger) belongs into this thread.
  readonly #worker = new Worker(THREAD, { execArgv: [] })

  encode(parts: TbsCertListParts): Promise<Uint8Array> {
    const buffers = new Set(parts.entries.map(({ buffer }) => buffer as ArrayBuffer))
    return this.#ask({ kind: 'encode', parts }, [...buffers])
  }

  finish(tbs: Uint8Array, signature: Uint8Array, spki: Uint8Array): Promise<Uint8Array> {
    return this.#ask({ kind: 'finish', tbs, signature, spki }, [tbs.buffer as ArrayBuffer])
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(order: ToPress, handedOver: ArrayBuffer[]): Promise<Uint8Array> {
    const answered = new Promise<Uint8Array>((resolve, reject) => {
      const ended = () => reject(new Error('the thread that makes the list has ended'))
      this.#worker.once('error', reject)
      this.#worker.once('exit', ended)
      this.#worker.once('message', (message: FromPress) => {
        this.#worker.off('error', reject)
        this.#worker.off('exit', ended)
        if ('bytes' in message) resolve(message.bytes)
        else reject(new IdentityError(message.refused.code, message.refused.message))
      })
    })
    this.#worker.postMessage(order, handedOver)
    return answered
  }
}
