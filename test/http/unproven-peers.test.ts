import { once } from 'node:events'
import { connect as connectPlainly, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import t, { type Test } from 'tap'
import { tlsOptions } from '../../src/http/tls.ts'
import { boundUnproven, type UnprovenBound } from '../../src/http/unproven-peers.ts'
import { eventually } from '../e2e/eventually.ts'
import { listenOn, openCast, shakeHands } from './handshake.ts'

const { authority, peers, lookAlikes, server: own } = await openCast(t)
const trust = { ca: authority.issuers.root.pem }
/** Loopback addresses of their own, as of two networks. */
const [HERE, ELSEWHERE] = ['127.0.0.1', '127.0.0.2']
const FAR = 3_600_000
/** Less than two look-alikes, whose chains are short, more than one. */
const ONE_STRANGER = { bytes: 600, period: FAR }

for (const required of [true, false]) {
  const kind = required ? 'a certificate is required' : 'a certificate is wanted'

  t.test(`${kind}: whoever has strangers’ chains verified is not listened to any more`, async (t) => {
    const port = await serve(t, required, ONE_STRANGER)
    const shake = async (who: object, localAddress = HERE) => {
      const from = { ...trust, ...who, localAddress }
      return (await shakeHands(t, port, from)).outcome
    }
    const { socket: standing, outcome } = await shakeHands(t, port, { ...trust, ...peers.browser })
    t.equal(outcome, 'open')
    await shake(lookAlikes.browser)
    t.equal(await shake(peers.browser), 'open', 'one is not too many')
    await shake(lookAlikes.browser)
    t.not(await shake(peers.browser), 'open', 'nobody of this network, until the time is over')
    t.equal(await shake(peers.browser, ELSEWHERE), 'open', 'others are not concerned')
    standing.write('?')
    t.match(String((await once(standing, 'data'))[0]), 'hello', 'what stood goes on')
  })

  t.test(`${kind}: those that began with them end before they are verified`, async (t) => {
    const port = await serve(t, required, { bytes: 1, period: FAR })
    const waiting = await Promise.all([HERE, HERE, HERE].map((from) => dial(t, port, from)))
    const other = await dial(t, port, ELSEWHERE)
    const ended = Promise.all(waiting.map((socket) => once(socket, 'close')))
    await shakeHands(t, port, { ...trust, ...lookAlikes.browser })
    await ended
    t.notOk(other.closed)
  })
}

t.test('of a long chain each byte counts; of the many who leave to choose a certificate next to nothing', async (t) => {
  const [port, another] = [await serve(t, false), await serve(t, false)]
  const long = { ...lookAlikes.browser, cert: lookAlikes.browser.cert + authority.issuers.root.pem.repeat(40) }
  const outcome = async (at: number, who: object) => (await shakeHands(t, at, { ...trust, ...who })).outcome
  for (let times = 0; times < 12; times++) await outcome(port, long)
  t.not(await outcome(port, peers.browser), 'open')
  for (let times = 0; times < 600; times++) {
    const leaving = await dial(t, another, HERE)
    leaving.end(Buffer.alloc(2_000))
    await once(leaving.resume(), 'close')
  }
  t.equal(await outcome(another, peers.browser), 'open')
})

t.test('whoever shows ours, or none where none is needed, is not counted', async (t) => {
  const port = await serve(t, false, { bytes: 1, period: FAR })
  for (let times = 0; times < 5; times++)
    for (const who of [peers.browser, {}]) t.equal((await shakeHands(t, port, { ...trust, ...who })).outcome, 'open')
})

t.test('what is no handshake counts too, and all is forgotten when the time is over', async (t) => {
  const [lasting, brief] = [
    await serve(t, true, { bytes: 0, period: FAR }),
    await serve(t, true, { bytes: 0, period: 50 }),
  ]
  for (const port of [lasting, brief]) {
    const stranger = await dial(t, port, HERE)
    stranger.end('GET / HTTP/1.1\r\n\r\n')
    await once(stranger.resume(), 'close')
  }
  const outcome = async (port: number) => (await shakeHands(t, port, { ...trust, ...peers.browser })).outcome
  t.not(await outcome(lasting), 'open')
  await eventually(
    () => outcome(brief),
    (said) => said === 'open',
  )
  t.not(await outcome(lasting), 'open')
})

t.test('not more networks are told apart than there is room for', async (t) => {
  const port = await serve(t, false, { bytes: 1, period: FAR, networks: 1 })
  const outcome = async (who: object, localAddress: string) => {
    const from = { ...trust, ...who, localAddress }
    return (await shakeHands(t, port, from)).outcome
  }
  await outcome(lookAlikes.browser, HERE)
  t.not(await outcome(peers.browser, HERE), 'open')
  await outcome(lookAlikes.browser, ELSEWHERE)
  t.equal(await outcome(peers.browser, HERE), 'open')
  t.not(await outcome(peers.browser, ELSEWHERE), 'open')
})

async function serve(t: Test, required: boolean, bound: Partial<UnprovenBound> = {}): Promise<number> {
  const server = createServer(tlsOptions(own, { anchor: authority.twins.browser, required }), (socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write('hello again'))
    socket.write('hello\n')
  })
  boundUnproven(server, bound)
  return listenOn(t, server)
}

async function dial(t: Test, port: number, localAddress: string): Promise<Socket> {
  const socket = connectPlainly({ host: '127.0.0.1', port, localAddress })
  t.teardown(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}
