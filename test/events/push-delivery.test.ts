import { createServer } from 'node:net'
import t from 'tap'
import type { PushTarget } from '../../src/domain/security-event/push-target.ts'
import { pushToken, type Resolve } from '../../src/events/push-delivery.ts'
import { listenOn, openCast } from '../http/handshake.ts'
import { type Answering, Receiver } from './receiver.ts'

const { authority, server: identity } = await openCast(t)
const receiver = await new Receiver(identity).listen(t)
const loopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }]
const going = new AbortController().signal

function target(given: Partial<PushTarget> = {}): PushTarget {
  const anchors = authority.issuers.root.pem
  return { url: receiver.url(), allowPrivate: true, anchors, authorization: null, ...given }
}

/** What becomes of a token that is answered so. */
async function answered(answering: Answering) {
  receiver.answering = answering
  return pushToken(target(), 'a.b.c', going, loopback)
}

t.test('a token is posted as it is, with the credentials that the operator gave', async (t) => {
  t.same(await pushToken(target({ authorization: 'Bearer secret' }), 'a.b.c', going, loopback), { kind: 'taken' })
  t.same(await pushToken(target(), 'd.e.f', going), { kind: 'taken' }, 'by the system’s resolver')
  const [first, second] = receiver.pushed
  t.match(first, {
    method: 'POST',
    path: '/events',
    token: 'a.b.c',
    headers: {
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      authorization: 'Bearer secret',
    },
  })
  t.match(second, { token: 'd.e.f', headers: { authorization: undefined } })
})

t.test('each answer is one of three', async (t) => {
  const json =
    (status: number, body: unknown): Answering =>
    (res) =>
      void res.writeHead(status).end(JSON.stringify(body))
  const status =
    (code: number): Answering =>
    (res) =>
      void res.writeHead(code, { location: 'https://127.0.0.1/' }).end()
  t.same(await answered(status(200)), { kind: 'taken' })
  t.same(await answered(json(400, { err: 'invalid_audience', description: 'x' })), {
    kind: 'refused',
    failure: 'refused: invalid_audience',
  })
  for (const body of [{ err: '<script>' }, { err: 5 }, null, [], 'x'])
    t.same(await answered(json(400, body)), { kind: 'refused', failure: 'refused' })
  t.same(await answered((res) => void res.writeHead(400).end('{')), { kind: 'refused', failure: 'refused' })
  for (const code of [401, 404, 410])
    t.same(await answered(status(code)), { kind: 'refused', failure: `answered ${code}` })
  const before = receiver.pushed.length
  for (const code of [301, 307, 408, 429, 500, 503])
    t.same(await answered(status(code)), { kind: 'failed', failure: `answered ${code}` })
  t.equal(receiver.pushed.length, before + 6, 'no redirect is followed')
})

t.test('a hostile answer costs little', async (t) => {
  const endless: Answering = (res) => {
    res.writeHead(400)
    const more = (): void => {
      while (!res.destroyed && res.write('x'.repeat(65_536)));
      if (!res.destroyed) res.once('drain', more)
    }
    more()
  }
  t.same(await answered(endless), { kind: 'refused', failure: 'refused' })
  t.same(
    await answered((res) => void res.writeHead(202).write('never ends')),
    { kind: 'taken' },
    'nothing of it is read',
  )
  t.match(await answered((res) => void res.writeHead(202, { 'x-long': 'x'.repeat(20_000) }).end()), { kind: 'failed' })
  t.match(await answered((res) => void res.socket?.destroy()), { kind: 'failed', failure: 'ECONNRESET' })
  t.match(await answered((res) => void res.socket?.end('nonsense\r\n\r\n')), { kind: 'failed' })
})

t.test('who says nothing is given up in time, or when it is wanted', async (t) => {
  const silent = createServer((socket) => t.teardown(() => void socket.destroy()))
  const port = await listenOn(t, silent)
  const began = performance.now()
  const url = `https://localhost:${port}/`
  const outcomes = await Promise.all([
    pushToken(target({ url }), 'x', going, loopback),
    pushToken(target({ url }), 'x', AbortSignal.timeout(50), loopback),
  ])
  t.match(outcomes, [{ failure: 'no answer in time' }, { kind: 'failed' }])
  t.ok(performance.now() - began < 15_000)
})

t.test('an answer that never ends ends with its time', async (t) => {
  const trickle: Answering = (res) => {
    res.writeHead(400).write('{')
    const timer = setInterval(() => res.write(' '), 100)
    res.once('close', () => clearInterval(timer))
  }
  const began = performance.now()
  t.match(await answered(trickle), { kind: 'failed', failure: 'no answer in time' })
  t.ok(performance.now() - began < 10_000)
})

t.test('a name that nobody resolves is given up before its receiver would be', async (t) => {
  const began = performance.now()
  const url = receiver.url('shop.example')
  const outcome = await pushToken(target({ url }), 'x', going, () => new Promise(() => {}))
  t.same(outcome, { kind: 'failed', failure: 'ETIMEOUT' })
  t.ok(performance.now() - began < 4_500)
  const late = Promise.withResolvers<never>()
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  t.teardown(() => process.off('unhandledRejection', hear))
  await pushToken(target({ url }), 'x', going, () => late.promise)
  late.reject(new Error('no such name'))
  await new Promise(setImmediate)
  t.same(unhandled, [], 'what comes later is nobody’s')
})

t.test('a receiver proves who he is', async (t) => {
  const failure = /CERT|ISSUER|ALTNAME|SIGNED/
  t.match(await pushToken(target({ anchors: null }), 'x', going, loopback), { kind: 'failed', failure })
  const other = { url: receiver.url('other.example') }
  t.match(await pushToken(target(other), 'x', going, loopback), { kind: 'failed', failure })
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  t.teardown(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  })
  t.match(await pushToken(target({ anchors: null }), 'x', going, loopback), { kind: 'failed', failure })
})

t.test('nobody is dialed inside: what is judged is where a name leads at that moment', async (t) => {
  const before = receiver.pushed.length
  const refused = { kind: 'failed', failure: 'PRIVATE_ADDRESS' }
  const inside = (url: string, resolve = loopback) =>
    pushToken(target({ url, allowPrivate: false }), 'x', going, resolve)
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '[::1]', '0x7f.1', '2130706433', 'localhost', 'localhost.'])
    t.same(await inside(receiver.url(host)), refused, host)
  t.same(await inside(receiver.url('shop.example')), refused, 'a name that leads to the loopback')
  for (const address of ['::ffff:127.0.0.1', '::1', 'fe80::1', '169.254.169.254', 'fd00:ec2::254', '100.100.100.200'])
    t.same(await inside(receiver.url('shop.example'), async () => [{ address, family: 4 }]), refused, address)
  const mixed: Resolve = async () => [
    { address: '1.1.1.1', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  t.same(await inside(receiver.url('shop.example'), mixed), refused, 'one address inside among others')
  t.same(await inside(receiver.url('shop.example'), async () => []), refused)
  let asked = 0
  const rebinding: Resolve = async () => [{ address: ++asked === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }]
  t.same(await inside(receiver.url('shop.example'), rebinding), refused)
  t.equal(asked, 1, 'it is resolved once: what was judged is what is dialed')
  t.match(
    await inside(receiver.url('shop.example'), async () => {
      throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    }),
    { kind: 'failed', failure: 'ENOTFOUND' },
  )
  t.equal(receiver.pushed.length, before, 'nothing came in')
})
