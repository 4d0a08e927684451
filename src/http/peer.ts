import { createHash } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import type { Hex } from '../domain/hex.ts'

/**
 * A connection's peer does not change: tickets and renegotiation are off wherever certificates are asked for. So it is
 * read once and kept on the connection itself, where the next request finds it sooner than in any map beside it.
 */
const PROVEN = Symbol('fingerprint of the peer')

interface Connection extends TLSSocket {
  [PROVEN]?: Hex
}

/**
 * The fingerprint of the certificate whose key the peer of this connection proved in the TLS handshake: SHA-256 of the
 * leaf's DER, and only ever the leaf's. This is the one reader of the TLS peer. `socket.authorized` is not looked at:
 * it says yes on resumed sessions; whether the certificate means anything is the store's answer, at each request.
 *
 * @param socket the connection, as Node's HTTP/1.1 or HTTP/2 (`session.socket`, `stream.session.socket`) hands it
 * @returns undefined when the peer has shown no certificate or the connection is not TLS
 */
export function peerFingerprint(socket: unknown): Hex | undefined {
  // HTTP/2 hands out a proxy around the socket: `instanceof` sees through it, and it reads and writes the socket's own.
  if (!(socket instanceof TLSSocket)) return undefined
  const connection: Connection = socket
  const known = connection[PROVEN]
  if (known !== undefined) return known
  const leaf = connection.getPeerX509Certificate()
  if (!leaf) return undefined
  const fingerprint = createHash('sha256').update(leaf.raw).digest('hex')
  connection[PROVEN] = fingerprint
  return fingerprint
}
