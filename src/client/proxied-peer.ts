import { BlockList, isIP, type Socket } from 'node:net'
import { CERTIFICATE_HEADERS, type CertificateHeader, readForwarded } from './forwarded-certificate.ts'
import { type Shown, shownBy } from './judging.ts'
import type { Connection } from './people.ts'
import type { Answering, AnyRequest } from './proven-peer.ts'

/** A proxy before your site, which ends the browsers' connections. Whatever it says is believed. */
export interface ProxyOptions {
  /** the one header in which it writes the certificate, and which it takes away from whatever browsers send */
  readonly header: CertificateHeader
  /**
   * How you know it: its addresses (`'10.0.0.7'`, `'10.0.0.0/24'`, `'::1'`), or better by what its connection proves, as
   * by a certificate of its own, or a socket of the file system that it alone may open.
   */
  readonly from: readonly string[] | ((socket: Socket) => boolean)
}

/** What a request shows, and what has to be ended with its holder. */
export interface Peer {
  readonly shown: (request: AnyRequest) => Shown | undefined
  readonly connection: (request: AnyRequest, response: Answering) => Connection
}

/**
 * The certificate is in the proxy's header, and nowhere else: who comes past the proxy has shown none.
 * @param failed told of what `from` throws: whose connection cannot be judged is not the proxy
 * @throws TypeError for a header that is not known, or an address that is none
 */
export function proxiedPeer({ header, from }: ProxyOptions, failed: (error: unknown) => void): Peer {
  if (!CERTIFICATE_HEADERS.includes(header))
    throw new TypeError(`proxy.header is one of ${CERTIFICATE_HEADERS.join(', ')}`)
  const believed = typeof from === 'function' ? from : addressesOf(from)
  const isProxy = (socket: Socket): boolean => {
    try {
      return believed(socket) === true
    } catch (error) {
      failed(error)
      return false
    }
  }
  return {
    shown(request) {
      // over HTTP/2 a proxy around the socket, through which it is asked
      if (!isProxy(request.socket as Socket)) return undefined
      const der = readForwarded(request.rawHeaders, header)
      return der && shownBy(der)
    },
    connection: connectionThroughProxy,
  }
}

/**
 * A proxy's connection carries one request of this person, and then one of another. So what is ended is the request that
 * is under way; and where it became a WebSocket, the connection, which then is his alone.
 */
function connectionThroughProxy(request: AnyRequest, response: Answering): Connection {
  if ('stream' in request) return request.stream
  return {
    get destroyed() {
      return response.destroyed
    },
    destroy: () => request.socket.destroy(),
    once: (event, listener) => response.once(event, listener),
  }
}

function addressesOf(addresses: readonly string[]): (socket: Socket) => boolean {
  if (addresses.length === 0) throw new TypeError('proxy.from is empty: name the addresses of your proxy')
  const list = new BlockList()
  for (const address of addresses) add(list, address)
  return ({ remoteAddress, remoteFamily }) =>
    remoteAddress !== undefined && list.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4')
}

function add(list: BlockList, text: string): void {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) throw new TypeError(`proxy.from: ${text} is no address`)
  const family = version === 6 ? 'ipv6' : 'ipv4'
  if (prefix === undefined) list.addAddress(address, family)
  else list.addSubnet(address, /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN, family)
}
