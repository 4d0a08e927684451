import { connect as connectHttp2 } from 'node:http2'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { pino } from 'pino'
import t from 'tap'
import { createListener, replaceIdentity } from '../../src/http/listener.ts'
import { tlsOptions } from '../../src/http/tls.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { privatePem } from '../ca/request.ts'
import { openCast, shakeHands } from './handshake.ts'
import { BASE, openListener } from './listening.ts'

t.test('over TLS', async (t) => {
  const { authority, server: own, peers, issue, issuer } = await openCast(t)
  const tls = tlsOptions(own, { anchor: authority.twins.browser, required: true })
  const trust = { ca: authority.issuers.root.pem, servername: 'localhost' }

  await t.test('HTTP/2 and nothing else where that is wanted', async (t) => {
    const { port } = await openListener(t, {
      tls,
      http2: true,
      authorities: ['https://id.example:8445'],
      admits: (authority, path) => authority === 'guest.example' && path === '/fine?guest',
    })
    const session = connectHttp2('https://id.example:8445', {
      createConnection: () =>
        connectTls({ host: '127.0.0.1', port, ...trust, ...peers.browser, ALPNProtocols: ['h2'] }),
    })
    t.teardown(() => session.destroy())
    const ask = async (headers: Record<string, string>) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const stream = session.request(headers)
        stream.once('error', reject)
        stream.once('response', async (head) => resolve({ status: head[':status'], text: await text(stream) }))
      })
    t.equal((await ask({ ':path': '/fine' })).status, 200)
    t.equal((await ask({ ':path': '/fine', ':authority': 'evil.example' })).status, 421)
    const ours = { ':path': '/fine', ':authority': 'id.example:8445' }
    t.equal((await ask({ ...ours, host: 'id.example:8445' })).status, 200)
    t.equal((await ask({ ...ours, host: 'evil.example' })).status, 421, 'both names must be ours')
    t.equal((await ask({ ':path': '/fine?guest', ':authority': 'Guest.example' })).status, 200)
    t.equal((await ask({ ':path': '/fine', ':authority': 'guest.example' })).status, 421, 'for some paths alone')
    t.match(JSON.parse((await ask({ ':path': '/nothing' })).text), { code: 'not-found' })
    t.not((await shakeHands(t, port, { ...trust, ...peers.browser, ALPNProtocols: ['http/1.1'] })).outcome, 'open')
  })

  await t.test(
    'a new certificate of its own: new handshakes see it, old connections live, its peers are judged as before',
    async (t) => {
      const { app, port } = await openListener(t, { tls })
      const old = connectTls({ host: '127.0.0.1', port, ...trust, ...peers.browser })
      t.teardown(() => old.destroy())
      await new Promise((resolve) => old.once('secureConnect', resolve))
      const { der, keys } = await issue('tls-server')
      replaceIdentity(app, { cert: encodePem('CERTIFICATE', der) + issuer.chain('internal'), key: privatePem(keys) })
      const fresh = connectTls({ host: '127.0.0.1', port, ...trust, ...peers.browser })
      t.teardown(() => fresh.destroy())
      await new Promise((resolve) => fresh.once('secureConnect', resolve))
      t.same(fresh.getPeerX509Certificate()?.raw, Buffer.from(der))
      t.notSame(old.getPeerX509Certificate()?.raw, Buffer.from(der))
      for (const socket of [old, fresh]) {
        const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
        socket.write('GET /fine HTTP/1.1\r\nHost: x\r\n\r\n')
        t.match(await answer, /^HTTP\/1.1 200 /)
      }
      for (const stranger of [peers.api, {}])
        t.not((await shakeHands(t, port, { ...trust, ...stranger })).outcome, 'open')
    },
  )

  await t.test('a plain listener has no certificate to replace, and HTTP/2 is not served in the clear', async (t) => {
    const { app } = await openListener(t)
    t.throws(() => replaceIdentity(app, own), TypeError)
    t.throws(() => createListener({ ...BASE, log: pino({ level: 'silent' }), http2: true }), TypeError)
  })
})
