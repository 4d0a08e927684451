import { EventEmitter } from 'node:events'
import { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { AnyRequest } from '../../src/client/proven-peer.ts'

/** A certificate that somebody shows, as far as it is looked at here. */
export const DER = Uint8Array.of(0x30, 0)

/** The server's end of a connection on which this certificate was shown. */
export function connectionShowing(der: Uint8Array | undefined, resumed = false): TLSSocket & { ended: boolean } {
  const socket = Object.create(TLSSocket.prototype)
  return Object.assign(socket, {
    ended: false,
    reads: 0,
    isSessionReused: () => resumed,
    getPeerX509Certificate: () => {
      socket.reads += 1
      return der && { raw: der }
    },
    once: () => socket,
    destroy: () => {
      socket.ended = true
    },
  })
}

/** A request of somebody, which is a page that he opened unless it says otherwise. */
export function requestFrom(socket: TLSSocket, given: object = {}): AnyRequest {
  return {
    socket,
    method: 'GET',
    url: '/app/orders?open=1',
    headers: { host: 'shop.example', 'sec-fetch-dest': 'document' },
    ...given,
  } as AnyRequest
}

/** An answer that is under way. */
export const ANSWER = Object.assign(Object.create(Duplex.prototype), { once: () => ANSWER }) as Duplex

/** Something that can be ended, and is not yet. */
export function endable() {
  const made = Object.assign(new EventEmitter(), {
    ended: false,
    destroy: () => {
      made.ended = true
    },
  })
  return made
}
