import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { encodeFrame, FrameReader } from '../../ca/frame.ts'
import type { SignerReply } from '../../ca/message.ts'

/** A reply of the signer with the bytes behind it. */
export type RawReply = SignerReply & { readonly body: Uint8Array }

/** Speaks the signer's protocol as its parent does, but says whatever a test wants. */
export class SignerParent {
  readonly child: ChildProcess
  /** the exit code, when it has ended */
  readonly exit: Promise<number | null>
  readonly #reader = new FrameReader({ head: 100_000, body: 100_000 })
  readonly #replies: RawReply[] = []
  #arrived = Promise.withResolvers<void>()
  #lastId = 0

  constructor(flags: readonly string[] = []) {
    const entry = fileURLToPath(new URL('../../ca/signer.js', import.meta.url))
    this.child = spawn(process.execPath, [...flags, entry], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] })
    this.exit = once(this.child, 'exit').then(([code]) => code as number | null)
    this.exit.then(() => this.#arrived.resolve())
    this.child.stdin?.on('error', () => undefined)
    this.child.stdout?.on('data', (chunk: Uint8Array) => {
      for (const { head, body } of this.#reader.push(chunk)) this.#replies.push({ ...(head as SignerReply), body })
      this.#arrived.resolve()
    })
  }

  /** Sends a message, with a new id unless it has one, and waits for the next reply. */
  async ask(message: object, body?: Uint8Array): Promise<RawReply> {
    this.send(Buffer.concat([...encodeFrame({ id: ++this.#lastId, ...message }, body)]))
    return this.next()
  }

  send(bytes: Uint8Array): void {
    this.child.stdin?.write(bytes)
  }

  /** @throws when the signer ends without having said anything more */
  async next(): Promise<RawReply> {
    if (this.#replies.length === 0) await this.#arrived.promise
    const reply = this.#replies.shift()
    if (this.#replies.length === 0 && this.child.exitCode === null) this.#arrived = Promise.withResolvers<void>()
    if (reply === undefined) throw new Error('the signer has ended without a word')
    return reply
  }

  async close(): Promise<number | null> {
    this.child.stdin?.end()
    return this.exit
  }
}
