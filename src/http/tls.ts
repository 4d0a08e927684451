import { constants } from 'node:crypto'
import type { TlsOptions } from 'node:tls'

/** A listener's own certificate with its key. */
export interface ServerIdentity {
  /** leaf and chain, PEM */
  readonly cert: string
  /** PKCS#8, PEM */
  readonly key: string
}

/** How a listener asks for certificates. One policy per port: no TLS session can be carried from one to another. */
export interface PeerPolicy {
  /** the self-signed twin of the issuing CA whose certificates this listener asks for, PEM */
  readonly anchor: string
  /** true: the handshake fails without one */
  readonly required: boolean
}

/** A handshake that takes longer is dropped; Node's default is 120 s. */
const HANDSHAKE_TIMEOUT = 10_000

/**
 * TLS options of a listener.
 * @param peer undefined: no certificate is asked for
 */
export function tlsOptions(
  identity: ServerIdentity,
  peer: PeerPolicy | undefined,
  minVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): TlsOptions {
  const base = { ...identity, minVersion, handshakeTimeout: HANDSHAKE_TIMEOUT } as const
  if (!peer) return base
  return {
    ...base,
    ca: peer.anchor,
    requestCert: true,
    rejectUnauthorized: peer.required,
    // A resumed session keeps the judgment of its first handshake, and renegotiation changes the peer in mid-connection.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  }
}
