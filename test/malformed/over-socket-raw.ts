import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { eventually } from '../e2e/eventually.ts'
import type { TestService } from '../e2e/service.ts'

export type ListenerName = 'api' | 'portal' | 'signon' | 'admin' | 'ops' | 'pki'

const IDENTITIES = { api: 'site', admin: 'admin', signon: 'browser' } as const
const PLAIN: readonly ListenerName[] = ['ops', 'pki']

const DRIP_EVERY = 500
/** No bound of the service is longer, ms. */
const PATIENCE = 25_000

/** A connection of a stranger, who has even a certificate where one is wanted, and may say what he likes. */
export class Raw {
  readonly #socket: Socket
  #received = ''
  #over = false

  /** @param tls false: he does not even speak TLS */
  constructor(service: TestService, listener: ListenerName, tls: boolean) {
    const { port } = new URL(service.address(listener))
    const peer = { host: '127.0.0.1', port: Number(port) }
    this.#socket =
      tls && !PLAIN.includes(listener) ? connectTls({ ...peer, ...asKnown(service, listener) }) : connectTcp(peer)
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.#over = true
    })
    this.#socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1')
    })
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Sends a byte again and again, without ever coming to an end, until the connection is gone. */
  drip(byte: string): void {
    const timer = setInterval(() => {
      if (this.#over) clearInterval(timer)
      else this.#socket.write(byte)
    }, DRIP_EVERY)
  }

  /** Waits until there is an answer, or the end. @returns its status; 'closed' without one */
  async outcome(): Promise<number | 'closed'> {
    await eventually(
      () => this.#over || /^HTTP\/1\.[01] \d{3}/.test(this.#received),
      (known) => known,
    )
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(this.#received)?.[1]
    return status === undefined ? 'closed' : Number(status)
  }

  /** Waits until the connection has ended. */
  ended(): Promise<boolean> {
    return eventually(
      () => this.#over,
      (over) => over,
      PATIENCE,
    )
  }

  end(): void {
    this.#socket.destroy()
  }
}

function asKnown(service: TestService, listener: ListenerName): ConnectionOptions {
  const identity = IDENTITIES[listener as keyof typeof IDENTITIES]
  const common = { ca: service.anchor, servername: 'localhost', ...(identity && service.identity(identity)) }
  return listener === 'signon' ? { ...common, ALPNProtocols: ['h2'] } : common
}
