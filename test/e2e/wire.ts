import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Identity } from './exchange.ts'

/** An answer as it came over the wire. */
export interface WireReply {
  readonly status: number
  /** the status line and the header fields */
  readonly head: string
  readonly body: string
}

const END_OF_HEAD = '\r\n\r\n'

/** A bare TLS connection that speaks HTTP/1.1 by hand: cheap, and able to say what no library would. */
export class Wire {
  readonly socket: TLSSocket
  readonly #host: string
  #received = ''
  #waiting: { resolve: (reply: WireReply) => void; reject: (error: Error) => void }[] = []
  /** resolves when the connection has ended, however */
  readonly closed: Promise<void>

  constructor(address: string, anchor: string, identity?: Identity, options: ConnectionOptions = {}) {
    const { hostname, port, host } = new URL(address)
    this.#host = host
    const peer = { host: hostname, port: Number(port), servername: hostname, ca: anchor }
    this.socket = connect({ ...peer, ...identity, ...options })
    this.socket.setEncoding('latin1').setNoDelay(true)
    this.socket.on('data', (text: string) => this.#receive(text))
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    void this.closed.then(() => this.#fail())
  }

  /** Sends a GET and waits for its answer. Calls that do not wait for each other are pipelined. */
  get(path: string): Promise<WireReply> {
    this.socket.write(this.request(path))
    return this.reply()
  }

  /** A GET as it is sent. */
  request(path: string): string {
    return `GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`
  }

  /** Waits for the next answer. Rejects when the connection ends before it has come. */
  reply(): Promise<WireReply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      if (this.socket.destroyed) this.#fail()
    })
  }

  end(): void {
    this.socket.destroy()
  }

  #receive(text: string): void {
    this.#received += text
    for (;;) {
      const end = this.#received.indexOf(END_OF_HEAD)
      if (end < 0) return
      const head = this.#received.slice(0, end)
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      const start = end + END_OF_HEAD.length
      if (this.#received.length < start + length) return
      const body = this.#received.slice(start, start + length)
      this.#received = this.#received.slice(start + length)
      this.#waiting.shift()?.resolve({ status: Number(head.slice(9, 12)), head, body })
    }
  }

  #fail(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection ended without an answer'))
  }
}
