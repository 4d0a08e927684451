import type { Socket } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import { networkOf } from '../domain/network-address.ts'

/** How much a network may send in handshakes by which nobody is known to us. */
export interface UnprovenBound {
  readonly bytes: number
  /** ms */
  readonly period: number
  /** So many are told apart; when there are more, all are forgotten. Whoever has so many has no need to hide one. */
  readonly networks: number
}

/** The names of so many networks are some 10 MB. */
const BOUND: UnprovenBound = { bytes: 128 * 1024, period: 60_000, networks: 65_536 }

/**
 * A browser that has to ask which certificate to show ends this handshake first, and comes again: it has sent so many bytes
 * at most, and no chain. Many people come from one address in the same minute, so of these only a part counts.
 */
const ORDINARY = 2_560
const PART = 1 / 20

/**
 * OpenSSL verifies every signature in a chain of certificates, whoever made it up, before it says that the chain leads to
 * nobody; and Node bounds neither the chain nor its keys. 40 KB cost a quarter of a second, in which nobody is answered.
 * So what comes in handshakes that end without a certificate of ours is counted for each network, and a network that has
 * sent too much is not listened to until the period is over: behind chains that cost a second, or a
 * thousand handshakes that ended early. Where these are no browser's they hold short chains, of some 6 ms each. Connections that stand stay.
 * @param server one that asks for certificates
 */
export function boundUnproven(server: Server, bound: Partial<UnprovenBound> = {}): void {
  const { bytes, period, networks } = { ...BOUND, ...bound }
  const beginning = new Map<string, Socket>()
  const sent = new Map<string, number>()
  const isRefused = (network: string): boolean => (sent.get(network) ?? 0) > bytes

  const charge = (network: string, read: number): void => {
    if (sent.size >= networks && !sent.has(network)) sent.clear()
    sent.set(network, (sent.get(network) ?? 0) + Math.max(read * PART, read - ORDINARY))
    if (!isRefused(network)) return
    const theirs = [...beginning].filter(([, socket]) => networkOf(addressOf(socket)) === network)
    for (const [peer] of theirs) beginning.delete(peer)
    for (const [, socket] of theirs) socket.destroy()
  }

  server.on('connection', (socket: Socket) => {
    const [peer, network] = [peerOf(socket), networkOf(addressOf(socket))]
    if (isRefused(network)) return void socket.destroy()
    beginning.set(peer, socket)
    // Its 'close' comes later, when those that were sent with it have been verified as well.
    const destroy = socket._destroy
    socket._destroy = (error, done) => {
      if (beginning.get(peer) === socket && beginning.delete(peer)) charge(network, socket.bytesRead)
      destroy.call(socket, error, done)
    }
  })
  server.prependListener('secureConnection', (connection: TLSSocket) => {
    const [peer, network] = [peerOf(connection), networkOf(addressOf(connection))]
    const socket = beginning.get(peer)
    beginning.delete(peer)
    if (connection.authorized || connection.getPeerX509Certificate() === undefined) return
    charge(network, socket?.bytesRead ?? 0)
    if (isRefused(network)) connection.destroy()
  })
  const forget = setInterval(() => sent.clear(), period).unref()
  server.once('close', () => clearInterval(forget))
}

function peerOf(socket: Socket): string {
  return `${addressOf(socket)} ${socket.remotePort}`
}

/** Whoever has gone already has none. */
function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress
}
