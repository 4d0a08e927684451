import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { ServerIdentity } from '../../src/http/tls.ts'

/** What a receiver was sent. */
export interface Pushed {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly token: string
}

export type Answering = (res: ServerResponse, req: IncomingMessage) => void

/** A receiver of events on the loopback. It takes everything, until a test wants it to answer otherwise. */
export class Receiver {
  readonly pushed: Pushed[] = []
  answering: Answering = take
  readonly #server
  #port = 0

  constructor({ cert, key }: ServerIdentity) {
    this.#server = createServer({ cert, key }, async (req, res) => {
      this.pushed.push({ method: req.method, path: req.url, headers: req.headers, token: await text(req) })
      this.answering(res, req)
    })
  }

  /** @param port the one from before, for a receiver that comes back */
  async listen(t: Test, port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
    t.teardown(() => this.close())
    return this
  }

  get port(): number {
    return this.#port
  }

  /** @param host a name that is resolved to the loopback */
  url(host = 'localhost'): string {
    return `https://${host}:${this.#port}/events`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

export function take(res: ServerResponse): void {
  res.writeHead(202).end()
}
