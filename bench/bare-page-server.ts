import { X509Certificate } from 'node:crypto'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tlsOptions } from '../src/http/tls.ts'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'

/** What the bare server of pages is told. */
export interface BarePageServer {
  readonly identity: Identity
  /** what it trusts, PEM */
  readonly anchor: string
  /** whom it answers, PEM */
  readonly peer: string
  /** the page that it answers, always, under the headers of the service's */
  readonly page: string
  readonly headers: Readonly<Record<string, string>>
}

/** The least that an HTTP/2 server can do, with the same handshake and the same proof of the peer, once for a connection. */
serveBench<BarePageServer>((told) => {
  const options = { ...tlsOptions(told.identity, { anchor: told.anchor, required: false }), allowHTTP1: false }
  const server = createSecureServer(options)
  const peer = new X509Certificate(told.peer)
  server.on('secureConnection', (socket) => {
    if (socket.getPeerX509Certificate()?.fingerprint256 !== peer.fingerprint256) socket.destroy()
  })
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, ...told.headers })
    stream.end(told.page)
  })
  return new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
})
