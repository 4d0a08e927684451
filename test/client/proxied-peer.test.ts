import { EventEmitter } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { Connection } from '../../src/client/people.ts'
import type { Answering, AnyRequest } from '../../src/client/proven-peer.ts'
import { type ProxyOptions, proxiedPeer } from '../../src/client/proxied-peer.ts'
import { fingerprintOf } from '../../src/client/verdict-question.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { until } from '../ca/until.ts'

const DER = Buffer.from([0x30, 0x03, 0x02, 0x01, 0xff])
const VALUE = `:${DER.toString('base64')}:`
const HEADER = 'client-cert'

t.test('the proxy is believed, and nobody else', async (t) => {
  for (const [from, remoteAddress, remoteFamily, isProxy] of [
    [['10.0.0.7'], '10.0.0.7', 'IPv4', true],
    [['10.0.0.7'], '::ffff:10.0.0.7', 'IPv6', true],
    [['10.0.0.7'], '10.0.0.8', 'IPv4', false],
    [['10.0.0.0/24'], '10.0.0.200', 'IPv4', true],
    [['10.0.0.0/24'], '10.0.1.1', 'IPv4', false],
    [['::1', '10.0.0.7'], '::1', 'IPv6', true],
    [['fd00::/8'], 'fd12::3', 'IPv6', true],
    [['fd00::/8'], 'fe80::3', 'IPv6', false],
    [['127.0.0.1'], undefined, undefined, false],
    [() => true, undefined, undefined, true],
    [() => false, '127.0.0.1', 'IPv4', false],
    // a promise is no yes
    [(async () => false) as unknown as () => boolean, '127.0.0.1', 'IPv4', false],
  ] as const) {
    const peer = proxiedPeer({ header: HEADER, from }, () => {})
    const request = { socket: { remoteAddress, remoteFamily }, rawHeaders: ['Client-Cert', VALUE] }
    const shown = peer.shown(request as unknown as AnyRequest)
    t.equal(shown?.fingerprint, isProxy ? fingerprintOf(DER) : undefined, `${from} ${remoteAddress}`)
  }
})

t.test('a connection that cannot be judged is not the proxy’s, and that is told', async (t) => {
  const failures: unknown[] = []
  const from = (): boolean => {
    throw new Error('no certificate was asked for')
  }
  const { shown } = proxiedPeer({ header: HEADER, from }, (error) => failures.push(error))
  const request = { socket: {}, rawHeaders: ['Client-Cert', VALUE] }
  t.equal(shown(request as unknown as AnyRequest), undefined)
  t.match(failures, [{ message: 'no certificate was asked for' }])
})

t.test('what cannot be a proxy is said at the start', async (t) => {
  for (const wrong of [
    { header: 'x-client-cert', from: ['127.0.0.1'] },
    { header: HEADER, from: [] },
    { header: HEADER, from: ['localhost'] },
    { header: HEADER, from: [''] },
    { header: HEADER, from: ['10.0.0.0/'] },
    { header: HEADER, from: ['10.0.0.0/33'] },
    { header: HEADER, from: ['10.0.0.0/8/8'] },
  ])
    t.throws(() => proxiedPeer(wrong as ProxyOptions, () => {}), /./, JSON.stringify(wrong))
})

t.test('headers that browsers forge, in all spellings, beside the proxy’s or without it', async (t) => {
  const { send } = await serve(t)
  const other = `:${Buffer.from([0x30, 0x01, 0x00]).toString('base64')}:`
  const escaped = encodeURIComponent(encodePem('CERTIFICATE', DER))
  const forged: readonly (readonly string[])[] = [
    [`Client_Cert: ${VALUE}`],
    [`CLIENT_CERT: ${VALUE}`],
    [`HTTP_CLIENT_CERT: ${VALUE}`],
    [`X-Client-Cert: ${VALUE}`],
    [`X-SSL-Client-Cert: ${escaped}`],
    [`X-SSL-Cert: ${escaped}`],
    [`SSL_CLIENT_CERT: ${escaped}`],
    [`X-Forwarded-Tls-Client-Cert: ${DER.toString('base64')}`],
    [`X-Forwarded-Client-Cert: Cert="${escaped}"`],
    [`Client-Cert-Chain: ${VALUE}`],
    [`Trailer: Client-Cert`],
  ]
  for (const lines of forged) {
    t.equal(await send(lines), 'nobody', lines.join())
    t.equal(await send([...lines, `Client-Cert: ${other}`]), fingerprintOf(Buffer.from([0x30, 1, 0])), 'beside it')
  }
  for (const lines of [
    [`Client-Cert: ${VALUE}`, `Client-Cert: ${other}`],
    [`client-cert: ${VALUE}`, `Client-Cert: ${other}`],
    [`Client-Cert: ${VALUE}, ${other}`],
    [`Client-Cert: ${VALUE}`, 'Client-Cert:'],
  ])
    t.equal(await send(lines), 'nobody', lines.join())
})

t.test('a proxy’s connection is shared: what is attached is the request alone', async (t) => {
  const { send, connections, closed, url } = await serve(t)
  await send([`Client-Cert: ${VALUE}`])
  await until(() => closed() === 1)
  t.equal(connections.length, 1)
  t.ok(connections[0]!.destroyed, 'what is over can be seen to be')
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/hold`, { headers: { 'client-cert': VALUE } }, resolve).on('error', reject)
  })
  await until(() => connections.length === 2)
  connections[1]!.destroy()
  await t.rejects(answer, { code: 'ECONNRESET' }, 'under way, it can be ended')
  const stream = Object.assign(new EventEmitter(), { destroy: () => {} })
  const { connection } = proxiedPeer({ header: HEADER, from: ['127.0.0.1'] }, () => {})
  t.equal(connection({ stream } as unknown as AnyRequest, new EventEmitter() as Answering), stream, 'over HTTP/2')
})

async function serve(t: Test) {
  const { shown, connection } = proxiedPeer({ header: HEADER, from: ['127.0.0.1'] }, () => {})
  const connections: Connection[] = []
  let closed = 0
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const made = connection(request, response)
    connections.push(made)
    made.once('close', () => {
      closed += 1
    })
    request.resume()
    if (request.url !== '/hold') response.end(shown(request)?.fingerprint ?? 'nobody')
  }
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const send = (lines: readonly string[]) => exchangeRaw(port, lines)
  return { send, connections, closed: () => closed, url: `http://127.0.0.1:${port}` }
}

/** As the lines stand: Node's own client would mend them. */
function exchangeRaw(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`),
    )
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', reject).on('close', () => resolve(text.split('\r\n\r\n')[1]?.split('\r\n').at(-1) ?? ''))
  })
}
