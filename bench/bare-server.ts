import { createHash, X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { tlsOptions } from '../src/http/tls.ts'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'

/** What the bare server is told. */
export interface BareServer {
  readonly identity: Identity
  /** what it trusts, PEM */
  readonly anchor: string
  /** whom it answers, PEM */
  readonly peer: string
  /** what it answers, always */
  readonly answer: string
}

/** Node's own keep-alive header tells it, so both servers must have the same. */
const KEEP_ALIVE_TIMEOUT = 75_000

serveBench<BareServer>((told) => {
  const server = createServer({ ...tlsOptions(told.identity, { anchor: told.anchor, required: true }, 'TLSv1.2') })
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT
  server.on('secureConnection', (socket) => admit(socket, fingerprintOf(new X509Certificate(told.peer))))
  server.on('request', answering(told.answer))
  return new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
})

/** The same proof as the service's, once for a connection. */
function admit(socket: TLSSocket, expected: string): void {
  const leaf = socket.getPeerX509Certificate()
  if (!leaf || fingerprintOf(leaf) !== expected) socket.destroy()
}

function fingerprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('hex')
}

/** The least that an HTTP server can do: read what there is to be read, and answer with a constant. */
function answering(answer: string) {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(answer),
  }
  const send = (res: ServerResponse): void => void res.writeHead(200, headers).end(answer)
  return (req: IncomingMessage, res: ServerResponse): void => {
    if (req.method === 'GET') {
      send(res)
      return
    }
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => send(res))
  }
}
