import { createServer, get } from 'node:http'
import t from 'tap'
import { beginsUpgrade, isFromForeignPage, isSafe } from '../../src/client/foreign-page.ts'
import { listenOn } from '../http/handshake.ts'

const HOST = { host: 'shop.example' }
const OWN = ['https://www.shop.example']

t.test('pages of another origin, as browsers tell of them', async (t) => {
  for (const [headers, isForeign] of [
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://shop.example' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://blog.shop.example' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'a later word' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://www.shop.example' }, false],
    [{ origin: 'https://shop.example' }, false],
    [{ origin: 'https://evil.example' }, true],
    [{ origin: 'https://shop.example.evil.example' }, true],
    [{ origin: 'https://shop.example:8443' }, true],
    [{ origin: 'http://shop.example' }, true],
    [{ origin: 'null' }, true],
    [{ origin: 'https://shop.example, https://evil.example' }, true],
  ] as const)
    t.equal(isFromForeignPage({ headers: { ...HOST, ...headers } }, OWN), isForeign, JSON.stringify(headers))
  const overHttp2 = { ':authority': 'shop.example', host: 'evil.example', origin: 'https://evil.example' }
  t.equal(isFromForeignPage({ headers: overHttp2 }, []), true)
})

t.test('what changes nothing is safe', async (t) => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) t.equal(isSafe({ method }), true, method)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'get', ''])
    t.equal(isSafe({ method }), false, method)
})

t.test('what Node marks as about to become a WebSocket, whatever else says so', async (t) => {
  t.ok(beginsUpgrade({ upgrade: true }))
  for (const request of [{}, { upgrade: false }, { upgrade: null }, { headers: { upgrade: 'websocket' } }])
    t.notOk(beginsUpgrade(request))
  const server = createServer()
  const marked = Promise.withResolvers<object>()
  server.on('upgrade', (request, socket) => {
    socket.destroy()
    marked.resolve(request)
  })
  const port = await listenOn(t, server)
  get({ port, headers: { connection: 'upgrade', upgrade: 'websocket' } }).on('error', () => {})
  t.ok(beginsUpgrade(await marked.promise), 'as it really comes')
})
