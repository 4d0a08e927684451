import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type Shown, shownBy } from './judging.ts'
import type { Connection } from './people.ts'

/** A request over HTTP/1.1, or over HTTP/2 as Node's compatible interface hands it. */
export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse

/** What ends with the answer: of an upgraded connection that is the connection. */
export type Answering = AnyResponse | Duplex

const PROVEN = Symbol('certificate of the peer')

interface Proven extends TLSSocket {
  [PROVEN]?: Shown | null
}

/**
 * The leaf that the peer of this connection proved in the handshake, read once for each connection. A resumed session
 * proves nothing of the kind: it shows the certificate of another handshake, so whoever comes by one has shown none.
 * `socket.authorized` is not looked at.
 */
export function shownOn({ socket }: Pick<AnyRequest, 'socket'>): Shown | undefined {
  // HTTP/2 hands out a proxy around the socket, through which this reads and writes the socket's own
  const known = (socket as Partial<Proven> | undefined)?.[PROVEN]
  if (known !== undefined) return known ?? undefined
  if (!(socket instanceof TLSSocket)) return undefined
  const connection: Proven = socket
  const leaf = connection.isSessionReused() ? undefined : connection.getPeerX509Certificate()
  const shown = leaf ? shownBy(leaf.raw) : null
  connection[PROVEN] = shown
  return shown ?? undefined
}

/** What has to be ended when the person is: over HTTP/2 that is the session with all its streams. */
export function connectionOf(request: Pick<AnyRequest, 'socket'>): Connection {
  const session = 'stream' in request ? (request as Http2ServerRequest).stream.session : undefined
  return session ?? request.socket
}
