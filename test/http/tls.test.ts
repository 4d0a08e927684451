import { execFile } from 'node:child_process'
import { constants } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import t, { type Test } from 'tap'
import { type PeerPolicy, tlsOptions } from '../../src/http/tls.ts'
import { type Identity, listenOn, openCast, shakeHands } from './handshake.ts'

const cast = await openCast(t)
const { authority, peers, lookAlikes, server: own } = cast
const trust = { ca: authority.issuers.root.pem }
const REFUSED = /^(ERR_SSL_|ECONNRESET|EPIPE|closed)/

t.test('required: only a certificate of this issuer comes through the handshake', async (t) => {
  for (const [issuer, welcome] of [
    ['api', peers.api],
    ['internal', peers.admin],
  ] as const) {
    const port = await serve(t, { anchor: authority.twins[issuer], required: true })
    t.equal((await shakeHands(t, port, { ...trust, ...welcome })).outcome, 'open', issuer)
    for (const [who, { cert, key }] of strangersOf(issuer)) {
      t.match((await shakeHands(t, port, { ...trust, cert, key })).outcome, REFUSED, `${issuer}: ${who}`)
    }
    t.match((await shakeHands(t, port, trust)).outcome, REFUSED, `${issuer}: nobody`)
  }
})

t.test('wanted: nobody and strangers come through too, and the handshake says nothing about anybody', async (t) => {
  const port = await serve(t, { anchor: authority.twins.browser, required: false })
  t.equal((await shakeHands(t, port, trust)).outcome, 'open')
  t.equal((await shakeHands(t, port, { ...trust, ...peers.browser })).outcome, 'open')
  t.equal((await shakeHands(t, port, { ...trust, ...lookAlikes.browser })).outcome, 'open')
})

t.test('TLS 1.2 only where it is taken on purpose, 1.1 nowhere', async (t) => {
  const policy = { anchor: authority.twins.api, required: true }
  const [strict, lenient] = [await serve(t, policy), await serve(t, policy, 'TLSv1.2')]
  for (const [port, version, outcome] of [
    [strict, 'TLSv1.3', 'open'],
    [strict, 'TLSv1.2', REFUSED],
    [lenient, 'TLSv1.3', 'open'],
    [lenient, 'TLSv1.2', 'open'],
    [lenient, 'TLSv1.1', /./],
  ] as const) {
    const legacy = version === 'TLSv1.1' ? { ciphers: 'ALL@SECLEVEL=0' } : {}
    const made = await shakeHands(t, port, {
      ...trust,
      ...peers.api,
      minVersion: version,
      maxVersion: version,
      ...legacy,
    })
    t.match(made.outcome, outcome, version)
    if (version === 'TLSv1.1') t.not(made.outcome, 'open')
  }
})

t.test('no session is resumed, in TLS 1.2 and 1.3, whoever keeps it', async (t) => {
  const port = await serve(t, { anchor: authority.twins.api, required: true }, 'TLSv1.2')
  const folder = t.testdir({ 'cert.pem': peers.api.cert, 'key.pem': peers.api.key })
  const [cert, key, session] = ['cert.pem', 'key.pem', 'session.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const client = ['s_client', '-connect', `127.0.0.1:${port}`, '-cert', cert, '-key', key]
  for (const version of ['-tls1_2', '-tls1_3']) {
    const first = await openssl([...client, version, '-sess_out', session])
    t.match(first, /\nNew, TLSv1\.[23]/, version)
    // Something may be kept on the other side, but the server knows nothing of it any more.
    if (existsSync(session)) t.match(await openssl([...client, version, '-sess_in', session]), /\nNew, TLSv1\.[23]/)
    rmSync(session, { force: true })
  }
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const versions = { minVersion: version, maxVersion: version }
    const { socket } = await shakeHands(t, port, { ...trust, ...peers.api, ...versions })
    const session = socket.getSession()
    t.ok(session, 'there is something to try with')
    const again = await shakeHands(t, port, { ...trust, ...peers.api, ...versions, session: session! })
    t.match([again.outcome, again.socket.isSessionReused()], ['open', false], version)
    // Without its key, the kept session is worth nothing.
    t.match((await shakeHands(t, port, { ...trust, ...versions, session: session! })).outcome, REFUSED, version)
  }
})

t.test('the peer does not change in mid-connection: renegotiation is refused', async (t) => {
  const port = await serve(t, { anchor: authority.twins.api, required: true }, 'TLSv1.2')
  const { socket } = await shakeHands(t, port, { ...trust, ...peers.api, maxVersion: 'TLSv1.2' })
  const outcome = await new Promise((resolve) => {
    socket.once('error', (error) => resolve(error.message))
    socket.renegotiate({}, (error) => resolve(error?.message ?? 'renegotiated'))
  })
  t.match(outcome, /no.renegotiation/i)
})

t.test('a listener without peers asks nobody for a certificate', async (t) => {
  const [port, wanting] = [
    await serve(t, undefined),
    await serve(t, { anchor: authority.twins.browser, required: false }),
  ]
  const asked = 'Requested Signature Algorithms'
  t.match(await openssl(['s_client', '-connect', `127.0.0.1:${wanting}`]), asked)
  t.notMatch(await openssl(['s_client', '-connect', `127.0.0.1:${port}`]), asked)
  t.equal((await shakeHands(t, port, { ...trust, ...peers.api })).outcome, 'open')
})

t.test(
  'what Node would otherwise allow is set: a slow handshake ends, tickets and renegotiation are off',
  async (t) => {
    const options = tlsOptions(own, { anchor: 'x', required: true })
    t.equal(options.handshakeTimeout, 10_000)
    t.equal(options.secureOptions, constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION)
    t.equal(options.minVersion, 'TLSv1.3')
  },
)

async function serve(t: Test, peer: PeerPolicy | undefined, minVersion?: 'TLSv1.2'): Promise<number> {
  const server = createServer(tlsOptions(own, peer, minVersion), (socket) => {
    socket.on('error', () => {})
    socket.write('hello\n')
  })
  return listenOn(t, server)
}

/** Everybody else: certificates of our other issuers, look-alikes, a CA of ours, a certificate of nobody's. */
function strangersOf(issuer: 'api' | 'internal'): readonly (readonly [string, Pick<Identity, 'cert' | 'key'>])[] {
  const [ours, theirs] = issuer === 'api' ? (['api', 'admin'] as const) : (['admin', 'api'] as const)
  return [
    ['a browser', peers.browser],
    ['another issuer’s', peers[theirs]],
    ['a look-alike', lookAlikes[ours]],
    [
      'a browser with the issuer’s certificate in its chain',
      { ...peers.browser, cert: peers.browser.cert + authority.issuers[issuer].pem + authority.twins[issuer] },
    ],
    [
      'a look-alike with the right certificate behind it',
      { ...lookAlikes[ours], cert: lookAlikes[ours].cert + peers[ours].cert },
    ],
  ]
}

/** Runs openssl; says what it said, whatever its exit code. It ends when its input does. */
function openssl(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('openssl', args, { encoding: 'utf8', timeout: 20_000 }, (error, stdout, stderr) => {
      if (error && error.code === 'ENOENT') reject(error)
      else resolve(stdout + stderr)
    })
    child.stdin?.end()
  })
}
