import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { request as requestHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { ServerIdentity } from '../../src/http/tls.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { makeKeyPair, makeRequest, privatePem } from '../ca/request.ts'
import type { House, TestDevice } from '../domain/house.ts'

/** The host of the listeners under test; visitors come to it at 127.0.0.1 and whatever port is bound. */
export const HOST = 'id.test'
export const AUTHORITY = `${HOST}:8445`
export const URL_OF_LISTENER = `https://${AUTHORITY}`

/** What a browser sends with a link that was clicked. */
export const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } as const
/** What a browser sends with our own form: `Origin: null`, since our pages send no referrer. */
export const OWN_FORM = {
  ...BROWSER,
  'content-type': 'application/x-www-form-urlencoded',
  'sec-fetch-site': 'same-origin',
  origin: 'null',
} as const

export interface Visit {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** the name that is dialed; default: the listeners' host */
  readonly name?: string
  /** shows its certificate; undefined: none */
  readonly device?: Pick<TestDevice, 'certificate' | 'keys'> | undefined
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A listener's own certificate, by issuer `internal`. */
export async function makeIdentity({ issuance, issuer }: House): Promise<ServerIdentity> {
  const keys = makeKeyPair()
  const binding = { subscriberId: null, deviceId: null, siteId: null, service: null }
  const order = {
    profile: 'tls-server',
    request: makeRequest(keys),
    label: HOST,
    hosts: [HOST, `*.check.${HOST}`],
    binding,
  } as const
  const { der } = await issuance.issue({ actor: 'operator:test', order })
  return { cert: encodePem('CERTIFICATE', der) + issuer.chain('internal'), key: privatePem(keys) }
}

/** A log that is kept, at its most talkative. */
export function keepLog(): { log: FastifyBaseLogger; lines: string[] } {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  return { log, lines }
}

/** @returns the port */
export async function listen(t: Test, app: FastifyInstance): Promise<number> {
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

/** One request on a connection of its own, over HTTP/2 with a real handshake. */
export async function visitHttp2({ authority }: House, port: number, visit: Visit): Promise<Reply> {
  const socket = await shakeHands(authority.issuers.root.pem, port, visit)
  const session = connectHttp2(URL_OF_LISTENER, { createConnection: () => socket })
  try {
    return await ask(session, visit)
  } finally {
    session.close()
  }
}

/** One request on a connection of its own, over HTTPS. */
export function visitHttps({ authority }: House, port: number, visit: Visit): Promise<Reply> {
  const { path, method = 'GET', headers, body } = visit
  const options = {
    host: '127.0.0.1',
    port,
    path,
    method,
    servername: HOST,
    ca: authority.issuers.root.pem,
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const request = requestHttps({ ...options, headers: { host: AUTHORITY, ...headers } }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: await text(response) })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** A TLS connection, with the visitor's certificate where it has one. */
export function shakeHands(
  anchor: string,
  port: number,
  { device, name = HOST }: Pick<Visit, 'device' | 'name'>,
  protocol = 'h2',
): Promise<TLSSocket> {
  const own = device && { cert: encodePem('CERTIFICATE', device.certificate), key: privatePem(device.keys) }
  return new Promise((resolve, reject) => {
    const trust = { ca: anchor, servername: name, ALPNProtocols: [protocol] }
    const socket = connectTls({ host: '127.0.0.1', port, ...trust, ...own }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function ask(session: ClientHttp2Session, { path, method = 'GET', headers, body }: Visit): Promise<Reply> {
  return new Promise((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request({ ':path': path, ':method': method, ...headers })
    stream.on('error', reject)
    stream.on('response', async (head) => {
      resolve({ status: head[':status'] ?? 0, headers: head, text: await text(stream) })
    })
    stream.end(body)
  })
}

/** The code of a problem body. */
export function codeOf({ text }: Reply): string {
  return (JSON.parse(text) as { code: string }).code
}
