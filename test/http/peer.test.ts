import { createServer as createPlainServer, get as getPlain } from 'node:http'
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  createSecureServer,
  type Http2ServerRequest,
} from 'node:http2'
import { Agent, createServer, request } from 'node:https'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { peerFingerprint } from '../../src/http/peer.ts'
import { tlsOptions } from '../../src/http/tls.ts'
import { type Identity, listenOn, openCast } from './handshake.ts'

const { authority, peers, lookAlikes, server: own } = await openCast(t)
const { browser: victim } = peers

type Shown = Pick<Identity, 'cert' | 'key'> | undefined

/** Who came, with what, and whose fingerprint is read. */
const VISITORS: readonly (readonly [who: string, shown: Shown, fingerprint: string])[] = [
  ['somebody with his own certificate', victim, victim.fingerprint],
  ['nobody', undefined, 'none'],
  [
    'a look-alike: its own fingerprint, which means nothing to anybody',
    lookAlikes.browser,
    lookAlikes.browser.fingerprint,
  ],
  [
    'a look-alike with the victim’s certificate behind its own',
    { ...lookAlikes.browser, cert: lookAlikes.browser.cert + victim.cert },
    lookAlikes.browser.fingerprint,
  ],
  [
    'another of ours with the victim’s certificate behind its own',
    { ...peers.api, cert: leafOf(peers.api) + victim.cert },
    peers.api.fingerprint,
  ],
  [
    'another of ours with the victim’s certificate behind its whole chain',
    { ...peers.api, cert: peers.api.cert + leafOf(victim) },
    peers.api.fingerprint,
  ],
]

for (const [protocol, visit] of [
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
] as const) {
  t.test(`${protocol}: the leaf’s fingerprint, and never another certificate’s`, async (t) => {
    for (const [who, shown, fingerprint] of VISITORS) t.same(await visit(t, shown, 1), [fingerprint], who)
  })

  t.test(`${protocol}: the same at each request of a connection`, async (t) => {
    t.same(await visit(t, victim, 3), Array(3).fill(victim.fingerprint))
    t.same(await visit(t, undefined, 3), Array(3).fill('none'))
  })
}

t.test('HTTP/2: the session’s socket says the same as the request’s', async (t) => {
  t.same(await overHttp2(t, victim, 1, (req) => req.stream.session?.socket), [victim.fingerprint])
  t.same(await overHttp2(t, undefined, 1, (req) => req.stream.session?.socket), ['none'])
})

t.test('a session that is brought again proves nothing: whoever has no key is nobody', async (t) => {
  const port = await listenOn(
    t,
    createServer(options(), (req, res) => res.end(peerFingerprint(req.socket) ?? 'none')),
  )
  const trust = { ca: authority.issuers.root.pem, servername: 'localhost' }
  const agent = new Agent({ ...trust, cert: victim.cert, key: victim.key })
  let session: Buffer | undefined
  t.equal(await ask({ port, agent }, (kept) => (session = kept)), victim.fingerprint)
  t.ok(session, 'there was a session to keep')
  t.equal(await ask({ port, agent: new Agent({ ...trust, session }) }), 'none')
})

t.test('plain HTTP has no peer', async (t) => {
  const port = await listenOn(
    t,
    createPlainServer((req, res) => res.end(peerFingerprint(req.socket) ?? 'none')),
  )
  const said = await new Promise<string>((resolve) =>
    getPlain({ host: '127.0.0.1', port }, async (res) => resolve(await text(res))),
  )
  t.equal(said, 'none')
})

t.test('what is no connection has no peer', async (t) => {
  for (const thing of [undefined, null, {}, 'socket', { getPeerX509Certificate: () => ({ raw: victim.der }) }])
    t.equal(peerFingerprint(thing), undefined)
})

function options() {
  return tlsOptions(own, { anchor: authority.twins.browser, required: false })
}

/** Asks so many times on one connection; each answer is the fingerprint that the server read. */
async function overHttp1(t: Test, shown: Shown, times: number): Promise<string[]> {
  const port = await listenOn(
    t,
    createServer(options(), (req, res) => res.end(peerFingerprint(req.socket) ?? 'none')),
  )
  const agent = new Agent({
    ca: authority.issuers.root.pem,
    servername: 'localhost',
    ...shown,
    keepAlive: true,
    maxSockets: 1,
  })
  t.teardown(() => agent.destroy())
  const answers: string[] = []
  for (let i = 0; i < times; i++) answers.push(await ask({ port, agent }))
  return answers
}

function ask(to: { port: number; agent: Agent }, keep?: (session: Buffer) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', ...to }, async (res) => resolve(await text(res)))
    if (keep) req.once('socket', (socket) => socket.once('session', keep))
    req.once('error', reject)
    req.end()
  })
}

async function overHttp2(
  t: Test,
  shown: Shown,
  times: number,
  socketOf: (req: Http2ServerRequest) => unknown = (req) => req.socket,
): Promise<string[]> {
  const server = createSecureServer(
    { ...options(), allowHTTP1: false },
    (req, res) => void res.end(peerFingerprint(socketOf(req)) ?? 'none'),
  )
  const port = await listenOn(t, server)
  const session = connectHttp2(`https://localhost:${port}`, {
    host: '127.0.0.1',
    ca: authority.issuers.root.pem,
    ...shown,
  } as object)
  t.teardown(() => session.destroy())
  const answers: string[] = []
  for (let i = 0; i < times; i++) answers.push(await askStream(session))
  return answers
}

function askStream(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve, reject) => {
    session.once('error', reject)
    const stream = session.request({ ':path': '/' })
    stream.once('response', async () => resolve(await text(stream)))
    stream.end()
  })
}

function leafOf({ cert }: Identity): string {
  return cert.slice(0, cert.indexOf('-----END CERTIFICATE-----\n') + '-----END CERTIFICATE-----\n'.length)
}
