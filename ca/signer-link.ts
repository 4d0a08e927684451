import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { IssuerName } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { encodeFrame, type Frame, FrameReader } from './frame.ts'
import { FROM_SIGNER, type SignerMessage, type SignerReply } from './message.ts'

/** Which keys a signer opens. */
export interface SignerOptions {
  /** the authority's folder */
  readonly directory: string
  /** the file that holds the passphrase of its keys */
  readonly passphraseFile: string
  readonly issuers: readonly IssuerName[]
  /** admits the root key, what only it may sign, and new keys */
  readonly ceremony?: boolean
}

export type Answer = Extract<SignerReply, { ok: true }> & { readonly body: Uint8Array }

type Unnumbered<M> = M extends { readonly id: number } ? Omit<M, 'id'> : never
export type SignerRequest = Unnumbered<SignerMessage>

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

// In the checkout this is the entry that checks Node's version; in the built package signer.ts has become it.
const ENTRY = fileURLToPath(new URL('./signer.js', import.meta.url))
/** A signature takes well under a millisecond, a list of a million entries less than a second. */
const ANSWER_WITHIN = 10_000
const CLOSE_WITHIN = 2_000
const REPLY_CODES = ['signer-refused', 'key-file-unsafe', 'key-file-unreadable'] as const

/** One life of the signer process: from its start to its end, whichever side ends it. */
export class SignerLink {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #reader = new FrameReader(FROM_SIGNER)
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  /** settles when the process has ended */
  readonly ended: Promise<void>

  /** @throws IdentityError key-file-unsafe, key-file-unreadable, signer-unavailable */
  static async open(options: SignerOptions): Promise<SignerLink> {
    const link = new SignerLink(options)
    const { directory, passphraseFile, issuers, ceremony = false } = options
    try {
      await link.ask({ type: 'start', directory, passphraseFile, issuers, ceremony })
    } catch (error) {
      await link.close()
      throw error
    }
    return link
  }

  private constructor(options: SignerOptions) {
    // An empty environment: nothing of the parent's, such as NODE_OPTIONS with an inspector, reaches the keys.
    this.#child = spawn(process.execPath, [...signerFlags(options), ENTRY], {
      env: {},
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.ended = new Promise((resolve) => this.#child.once('close', () => resolve()))
    this.#child.once('error', () => this.#fail())
    this.#child.once('exit', () => this.#fail())
    this.#child.stdin.on('error', () => this.#child.kill('SIGKILL'))
    this.#child.stdout.on('data', (chunk: Uint8Array) => this.#receive(chunk))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** @throws IdentityError signer-refused, signer-unavailable and, at the start, key-file-* */
  ask(request: SignerRequest, body?: Uint8Array): Promise<Answer> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      if (!this.#child.stdin.writable) return reject(unavailable())
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_WITHIN)
      this.#waiting.set(id, { resolve, reject, timer })
      this.#send(encodeFrame({ ...request, id }, body))
    })
  }

  /** Ends the signer by closing its pipe, which is all that it heeds. */
  async close(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_WITHIN)
    await this.ended
    clearTimeout(timer)
  }

  /** All requests of one turn of the event loop leave in one write. */
  #send(pieces: readonly Uint8Array[]): void {
    const { stdin } = this.#child
    if (stdin.writableCorked === 0) {
      stdin.cork()
      process.nextTick(() => stdin.uncork())
    }
    for (const piece of pieces) stdin.write(piece)
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#settle(frame)
    } catch {
      this.#child.kill('SIGKILL')
    }
  }

  #settle({ head, body }: Frame): void {
    const reply = head as SignerReply
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    clearTimeout(waiting.timer)
    if (reply.ok) {
      waiting.resolve({ ...reply, body })
      return
    }
    const code = REPLY_CODES.find((known) => known === reply.code) ?? 'signer-refused'
    waiting.reject(new IdentityError(code, reply.message))
  }

  #fail(): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(unavailable())
    }
    this.#waiting.clear()
  }
}

export function unavailable(): IdentityError {
  return new IdentityError('signer-unavailable', 'The signer does not answer just now. Try again in a few seconds.')
}

/** What Node takes from the process before any code of it runs: writing (but in a ceremony), children, addons, debugger. */
export function signerFlags({ directory, ceremony }: Pick<SignerOptions, 'directory' | 'ceremony'>): string[] {
  const writable = ceremony === true ? [`--allow-fs-write=${directory}`] : []
  return ['--permission', '--allow-fs-read=*', ...writable, '--disable-sigusr1', '--disable-proto=delete']
}
