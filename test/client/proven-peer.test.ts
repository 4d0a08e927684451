import { createSecureServer, connect as h2connect } from 'node:http2'
import { createServer, get } from 'node:https'
import t, { type Test } from 'tap'
import type { Connection } from '../../src/client/people.ts'
import { type AnyRequest, connectionOf, shownOn } from '../../src/client/proven-peer.ts'
import { listenOn, openCast } from '../http/handshake.ts'
import { connectionShowing, DER, requestFrom } from './somebody.ts'

const cast = await openCast(t)
const tls = { ...cast.server, ca: cast.authority.issuers.browser.pem, requestCert: true, rejectUnauthorized: false }

t.test('the leaf that the handshake proved, and what ends with its holder', async (t) => {
  const seen: { fingerprint: string | undefined; connection: Connection }[] = []
  const note = (request: AnyRequest): void => {
    seen.push({ fingerprint: shownOn(request)?.fingerprint, connection: connectionOf(request) })
  }
  const first = createServer(tls, (request, response) => {
    note(request)
    note(request)
    response.end()
  })
  const second = createSecureServer(tls, (request, response) => {
    note(request)
    response.end()
  })
  await overHttp1(t, await listenOn(t, first))
  await overHttp2(t, await listenOn(t, second))
  t.same(
    seen.map(({ fingerprint }) => fingerprint),
    [cast.peers.browser.fingerprint, cast.peers.browser.fingerprint, cast.peers.browser.fingerprint],
  )
  t.equal(seen[0]?.connection, seen[1]?.connection)
  t.ok(seen[2] && 'goaway' in seen[2].connection, 'over HTTP/2 the whole session')
})

t.test('nothing is shown without TLS, without a certificate, and on a resumed session', async (t) => {
  t.equal(shownOn({ socket: {} } as AnyRequest), undefined)
  t.equal(shownOn(requestFrom(connectionShowing(undefined))), undefined)
  t.equal(shownOn(requestFrom(connectionShowing(DER, true))), undefined)
  t.ok(shownOn(requestFrom(connectionShowing(DER))))
})

t.test('a connection is read once', async (t) => {
  for (const der of [DER, undefined]) {
    const socket = connectionShowing(der)
    t.equal(shownOn(requestFrom(socket)), shownOn(requestFrom(socket)))
    t.match(socket, { reads: 1 })
  }
})

function overHttp1(t: Test, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const { cert, key } = cast.peers.browser
    const options = { cert, key, ca: cast.authority.issuers.root.pem, agent: false as const }
    const request = get(`https://localhost:${port}/`, options, (response) => {
      response.resume().once('end', resolve)
    })
    request.once('error', reject)
    t.teardown(() => request.destroy())
  })
}

function overHttp2(t: Test, port: number): Promise<void> {
  const { cert, key } = cast.peers.browser
  const session = h2connect(`https://localhost:${port}`, { cert, key, ca: cast.authority.issuers.root.pem })
  t.teardown(() => session.destroy())
  return new Promise((resolve, reject) => {
    session.once('error', reject)
    session.request({ ':path': '/' }).resume().once('end', resolve).once('error', reject)
  })
}
