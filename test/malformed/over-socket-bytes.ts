import type { ListenerName } from './over-socket-raw.ts'

/** What is sent once a TLS handshake is over (where there is one), and is not HTTP as it should be. */
export interface RawHttp {
  readonly name: string
  /** @param host the listener's own authority */
  readonly bytes: (host: string) => string | Uint8Array
}

const head = (host: string, more: string) => `GET /v1/site HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`
const post = (host: string, more: string, body: string) =>
  `POST /v1/verdicts HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${more}\r\n${body}`

const NOISE = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 2_654_435_761) >>> 24)

export const RAW_HTTP: readonly RawHttp[] = [
  { name: 'noise', bytes: () => NOISE },
  { name: 'zeros', bytes: () => new Uint8Array(100_000) },
  { name: 'line feeds', bytes: () => '\n'.repeat(100_000) },
  { name: 'a line without an end', bytes: () => 'G'.repeat(200_000) },
  { name: 'a method of its own', bytes: (host) => `STEAL / HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'HTTP/9.9', bytes: (host) => `GET / HTTP/9.9\r\nHost: ${host}\r\n\r\n` },
  { name: 'HTTP/0.9', bytes: () => 'GET /\r\n\r\n' },
  { name: 'HTTP/2 where 1.1 is spoken', bytes: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  {
    name: 'a TLS record within TLS',
    bytes: () => Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, ...Array(600).fill(7)),
  },
  { name: 'no host', bytes: () => 'GET /v1/site HTTP/1.1\r\n\r\n' },
  { name: 'two hosts', bytes: (host) => head(host, 'Host: other.example\r\n') },
  { name: 'a host with a user', bytes: (host) => head(`a@${host}`, '') },
  { name: 'a host that is a path', bytes: () => head('/../../x', '') },
  { name: 'a target that is no path', bytes: (host) => `GET site HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'a target elsewhere', bytes: (host) => `GET http://evil.example/v1/site HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'OPTIONS *', bytes: (host) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'CONNECT', bytes: (host) => `CONNECT evil.example:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'an undecodable target', bytes: (host) => `GET /%ff%zz HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'a target of 60 kB', bytes: (host) => `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'a target with NUL', bytes: (host) => `GET /a\0b HTTP/1.1\r\nHost: ${host}\r\n\r\n` },
  { name: 'a header of 200 kB', bytes: (host) => head(host, `X: ${'a'.repeat(200_000)}\r\n`) },
  { name: '20,000 headers', bytes: (host) => head(host, 'X: y\r\n'.repeat(20_000)) },
  { name: 'a header without a name', bytes: (host) => head(host, ': x\r\n') },
  { name: 'a header with a line feed alone', bytes: (host) => head(host, 'X: y\nZ: w\r\n') },
  { name: 'a folded header', bytes: (host) => head(host, 'X: y\r\n z\r\n') },
  { name: 'a header with NUL', bytes: (host) => head(host, 'X: \0\r\n') },
  { name: 'two lengths', bytes: (host) => post(host, 'Content-Length: 2\r\nContent-Length: 30\r\n', '{}') },
  { name: 'a negative length', bytes: (host) => post(host, 'Content-Length: -1\r\n', '{}') },
  { name: 'an endless length', bytes: (host) => post(host, `Content-Length: ${'9'.repeat(30)}\r\n`, '{}') },
  {
    name: 'a length and chunks',
    bytes: (host) => post(host, 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  },
  { name: 'an unknown coding', bytes: (host) => post(host, 'Transfer-Encoding: gzip\r\n', 'x') },
  { name: 'chunks twice', bytes: (host) => post(host, 'Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n') },
  {
    name: 'a chunk that is no number',
    bytes: (host) => post(host, 'Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n'),
  },
  {
    name: 'a chunk larger than the world',
    bytes: (host) => post(host, 'Transfer-Encoding: chunked\r\n', `${'f'.repeat(17)}\r\n`),
  },
  {
    name: 'an endless chunk extension',
    bytes: (host) => post(host, 'Transfer-Encoding: chunked\r\n', `1;${'a'.repeat(100_000)}`),
  },
]

/** What is sent before any handshake. */
export const RAW_TCP: readonly { readonly name: string; readonly bytes: string | Uint8Array }[] = [
  { name: 'noise', bytes: NOISE },
  { name: 'HTTP without TLS', bytes: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' },
  { name: 'SSL 2', bytes: Uint8Array.of(0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10, ...Array(40).fill(5)) },
  { name: 'a record longer than any', bytes: Uint8Array.of(0x16, 3, 3, 0xff, 0xff, ...Array(70_000).fill(1)) },
  { name: 'an alert', bytes: Uint8Array.of(0x15, 3, 3, 0, 2, 2, 40) },
  { name: 'data before a handshake', bytes: Uint8Array.of(0x17, 3, 3, 0, 4, 1, 2, 3, 4) },
  { name: 'an empty hello', bytes: Uint8Array.of(0x16, 3, 1, 0, 4, 1, 0, 0, 0) },
]

/** Connections that never come to an end by themselves. */
export const STUCK: readonly {
  readonly name: string
  readonly listener: ListenerName
  readonly tls: boolean
  readonly bytes: string
  /** what follows, a byte at a time */
  readonly drip?: string
}[] = [
  { name: 'silence instead of a handshake', listener: 'api', tls: false, bytes: '' },
  { name: 'half a hello', listener: 'signon', tls: false, bytes: '\x16\x03\x01\x02\x00\x01' },
  { name: 'silence after the handshake', listener: 'portal', tls: true, bytes: '' },
  { name: 'half a head', listener: 'admin', tls: true, bytes: 'GET / HTTP/1.1\r\nHost: x\r\n' },
  { name: 'a head that drips', listener: 'api', tls: true, bytes: 'GET / HTTP/1.1\r\nX: ', drip: 'a' },
  { name: 'a head that drips, on ops', listener: 'ops', tls: false, bytes: 'GET / HTTP/1.1\r\nX: ', drip: 'a' },
  {
    name: 'a body that never comes',
    listener: 'portal',
    tls: true,
    bytes: 'POST /enroll/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n',
  },
]
