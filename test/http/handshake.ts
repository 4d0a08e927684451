import { createHash, sign } from 'node:crypto'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import type { LeafProfile } from '../../src/domain/certificate/certificate.ts'
import type { ServerIdentity } from '../../src/http/tls.ts'
import { assembleCertificate, parseCertificate } from '../../src/x509/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { leafTbs } from '../ca/forgery.ts'
import { makeIssuance, type TestIssuance } from '../ca/issuance.ts'
import { makeKeyPair, privatePem, spkiOf } from '../ca/request.ts'

/** Somebody at the other end of a handshake. */
export interface Identity extends ServerIdentity {
  /** SHA-256 of the leaf's DER */
  readonly fingerprint: string
  /** the leaf alone, DER */
  readonly der: Uint8Array
}

export type ShownProfile = Exclude<LeafProfile, 'tls-server'>

/** A real CA, the listener's certificate, one peer of each profile, and a look-alike of each. */
export interface Cast extends TestIssuance {
  readonly server: ServerIdentity
  readonly peers: Readonly<Record<ShownProfile, Identity>>
  readonly lookAlikes: Readonly<Record<ShownProfile, Identity>>
}

const SHOWN: readonly ShownProfile[] = ['api', 'browser', 'admin']

/** Opened once for a test file, closed behind it. */
export async function openCast(t: Test): Promise<Cast> {
  const issuance = await makeIssuance(t.testdir())
  t.teardown(() => issuance.signer.close())
  const issued = async (profile: LeafProfile): Promise<Identity> => {
    const { der, keys } = await issuance.issue(profile)
    return identityOf(
      der,
      privatePem(keys),
      issuance.issuer.chain(profile === 'admin' || profile === 'tls-server' ? 'internal' : profile),
    )
  }
  const peers = { api: await issued('api'), browser: await issued('browser'), admin: await issued('admin') }
  const twins = SHOWN.map((profile) => [profile, lookAlike(issuance, profile, peers[profile])])
  return {
    ...issuance,
    server: await issued('tls-server'),
    peers,
    lookAlikes: Object.fromEntries(twins) as Cast['lookAlikes'],
  }
}

/** The same issuer's name, serial, key identifier and names; but the keys, its own and its CA's, are somebody else's. */
function lookAlike({ authority, issuer }: TestIssuance, profile: ShownProfile, victim: Identity): Identity {
  const keys = makeKeyPair()
  const { serial } = parseCertificate(victim.der)
  const tbs = leafTbs(authority, profile, { serial, spki: spkiOf(keys) })
  const der = assembleCertificate(tbs, 'ecdsa-sha256', sign('sha256', tbs, makeKeyPair().privateKey))
  return identityOf(der, privatePem(keys), issuer.chain(profile === 'admin' ? 'internal' : profile))
}

function identityOf(der: Uint8Array, key: string, chain: string): Identity {
  return {
    der,
    key,
    cert: encodePem('CERTIFICATE', der) + chain,
    fingerprint: createHash('sha256').update(der).digest('hex'),
  }
}

/** @returns the port on the loopback; the server ends with the test */
export async function listenOn(t: Test, server: Pick<NetServer, 'listen' | 'close' | 'address'>): Promise<number> {
  t.teardown(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** What became of a handshake: the open socket (closed with the test), or the code with which it failed. */
export interface Handshake {
  readonly socket: TLSSocket
  /** `open`, or the error's code */
  readonly outcome: string
}

/**
 * Shakes hands. A TLS 1.3 client learns only behind its own handshake that its certificate was refused, so this waits
 * for the server's first byte (`hello`, which the servers under test send) or the error.
 */
export function shakeHands(t: Test, port: number, options: ConnectionOptions): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options })
    t.teardown(() => void socket.destroy())
    socket.once('data', () => resolve({ socket, outcome: 'open' }))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve({ socket, outcome: error.code ?? error.message }))
    socket.once('close', () => resolve({ socket, outcome: 'closed' }))
  })
}
