import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import type { Problem } from '../../src/http/problem.ts'
import { tlsOptions } from '../../src/http/tls.ts'
import { openCast } from './handshake.ts'
import { openListener } from './listening.ts'

const { server } = await openCast(t)

t.test('what is not there is a problem, with a request id of its own each time', async (t) => {
  const { url } = await openListener(t)
  const answers = [
    await fetch(`${url}/nothing`),
    await fetch(`${url}/nothing`, { method: 'DELETE' }),
    await fetch(`${url}/%zz`),
  ]
  const problems: Problem[] = []
  for (const answer of answers) {
    t.equal(answer.status, 404)
    t.match(Object.fromEntries(answer.headers), {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    problems.push((await answer.json()) as Problem)
  }
  for (const { instance, code } of problems) t.match([instance, code], [/^urn:uuid:[0-9a-f-]{36}$/, 'not-found'])
  t.equal(new Set(problems.map(({ instance }) => instance)).size, problems.length)
})

t.test('a refusal becomes its problem, a fault of ours a 500 whose cause is in the log alone', async (t) => {
  const { url, lines } = await openListener(t)
  t.match(await (await fetch(`${url}/refused`)).json(), {
    code: 'too-many-guesses',
    status: 429,
    detail: 'Wait a minute.',
  })
  t.equal((await fetch(`${url}/refused`)).headers.get('retry-after'), '90')
  const broken = (await (await fetch(`${url}/broken`)).json()) as Problem
  t.match(broken, { code: 'internal', status: 500 })
  t.notMatch(JSON.stringify(broken), 'secret cause')
  const told = lines.find((line) => line.includes('secret cause'))
  t.ok(told?.includes(broken.instance.replace('urn:uuid:', '')), 'the log line is found by the instance')
})

t.test('a stranger with an address without end leaves neither a fault of ours nor his words in the log', async (t) => {
  const { url, lines } = await openListener(t)
  const answer = await fetch(`${url}/tickets/secret${'x'.repeat(5_000)}`)
  t.match(await answer.json(), { code: 'not-found', status: 404 })
  t.notMatch(lines.join(''), 'secret')
})

t.test('bodies: too long, no JSON, not what the route takes', async (t) => {
  const { url } = await openListener(t, { bodyLimit: 100 })
  const post = (body: string, type = 'application/json') =>
    fetch(`${url}/echo`, { method: 'POST', body, headers: { 'content-type': type } })
  t.equal((await post(JSON.stringify({ name: 'x'.repeat(80) }))).status, 200)
  for (const [body, type, status, code] of [
    [JSON.stringify({ name: 'x'.repeat(100) }), 'application/json', 413, 'body-too-large'],
    ['{secret', 'application/json', 400, 'body-malformed'],
    ['', 'application/json', 400, 'body-malformed'],
    ['{}', 'application/json', 400, 'query-invalid'],
    ['{"name":["secret"]}', 'application/json', 400, 'query-invalid'],
    ['secret', 'application/x-secret', 415, 'media-type-unsupported'],
  ] as const) {
    const answer = await post(body, type)
    t.equal(answer.status, status, body.slice(0, 20))
    const problem = await answer.json()
    t.match(problem, { code })
    t.notMatch(JSON.stringify(problem), 'secret')
  }
})

t.test('it answers for its own authorities only', async (t) => {
  const { url } = await openListener(t, { authorities: ['https://id.example:8443', 'https://id.example'] })
  for (const [host, status] of [
    ['id.example:8443', 200],
    ['ID.Example:8443', 200],
    ['id.example', 200],
    ['id.example:443', 421],
    ['evil.example', 421],
    ['id.example.evil.example', 421],
    ['id.example:8443.evil.example', 421],
    ['localhost', 421],
  ] as const) {
    t.match(
      await raw(url, `GET /fine HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      new RegExp(`^HTTP/1.1 ${status} `),
      host,
    )
  }
  t.match(await raw(url, 'GET /fine HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 400 /, 'none')
  t.match(await raw(url, 'GET /fine HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 421 /, 'none in HTTP/1.0')
})

t.test('what is no HTTP is answered as a problem and ends the connection', async (t) => {
  const { url } = await openListener(t)
  for (const [what, bytes, status] of [
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['two lengths', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'a length and chunks',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['headers without end', `GET /fine HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    const said = await raw(url, bytes)
    t.match(said, new RegExp(`^HTTP/1.1 ${status} `), what)
    t.match(said, 'application/problem+json', what)
    const [head = '', body = ''] = said.split('\r\n\r\n')
    t.match(JSON.parse(body), { status })
    t.match(head, `Content-Length: ${body.length}`)
  }
})

t.test('the log tells the route’s pattern; never an address, a header or a body', async (t) => {
  const { url, lines } = await openListener(t)
  await fetch(`${url}/tickets/secret-ticket?token=secret-token`, { headers: { 'x-secret': 'secret-header' } })
  await fetch(`${url}/echo`, {
    method: 'POST',
    body: '{"name":"secret-name"}',
    headers: { 'content-type': 'application/json' },
  })
  await fetch(`${url}/nothing/secret-path`)
  t.ok(lines.some((line) => line.includes('/tickets/:ticket')))
  t.notMatch(lines.join(''), 'secret')
})

t.test('a page in place of a problem, where there is one', async (t) => {
  const { url } = await openListener(t, {
    renderProblem: ({ code }) => (code === 'not-found' ? '<p>Nothing here.</p>' : undefined),
  })
  const answer = await fetch(`${url}/nothing`)
  t.match(
    [answer.status, answer.headers.get('content-type'), await answer.text()],
    [404, 'text/html; charset=utf-8', '<p>Nothing here.</p>'],
  )
  t.equal((await fetch(`${url}/refused`)).headers.get('content-type')?.split(';')[0], 'application/problem+json')
})

t.test('what stands in front sees each request before the router', async (t) => {
  const seen: string[] = []
  const { url } = await openListener(t, {
    front: (req, res) => {
      seen.push(req.url ?? '')
      if (req.url !== '/mine') return false
      res.end('taken')
      return true
    },
  })
  t.equal(await (await fetch(`${url}/mine`)).text(), 'taken')
  t.equal((await fetch(`${url}/fine`)).status, 200)
  t.same(seen, ['/mine', '/fine'])
})

t.test('nobody may be slow for ever', async (t) => {
  const { app } = await openListener(t)
  t.match(app.server, { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 75_000 })
})

t.test('a peer that does not read its answer is dropped, and one that says nothing', async (t) => {
  const tls = tlsOptions(server, undefined)
  const wanted = 'GET /long HTTP/1.1\r\nHost: x\r\n\r\n'
  for (const [what, wishes, bytes] of [
    ['in the clear', {}, wanted],
    ['over TLS', { tls }, wanted],
    ['in silence', {}, ''],
    ['after an answer that was read', {}, `GET /fine HTTP/1.1\r\nHost: x\r\n\r\n${wanted}`],
  ] as const) {
    const { app, port } = await openListener(t, { ...wishes, idleTimeout: 100 })
    const accepted = once(app.server, 'connection')
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false }
    const socket = 'tls' in wishes ? connectTls(options) : connect(options)
    socket.on('error', () => {}).pause()
    if (bytes !== '') socket.write(bytes)
    t.teardown(() => socket.destroy())
    const [kept] = (await accepted) as [Socket]
    await Promise.race([once(kept, 'close'), pause(5_000, undefined, { ref: false })])
    t.ok(kept.destroyed, what)
  }
})

t.test(
  'over HTTP/2 too: a request that does not arrive whole, however busy, and an answer that is not read',
  async (t) => {
    const tls = tlsOptions(server, undefined)
    for (const [what, wishes, headers] of [
      ['a body', { requestTimeout: 200 }, { ':method': 'POST', ':path': '/echo', 'content-type': 'application/json' }],
      ['an answer', { idleTimeout: 200 }, { ':path': '/long' }],
    ] as const) {
      const { port } = await openListener(t, { tls, http2: true, ...wishes })
      const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
      t.teardown(() => session.destroy())
      const stream = session.request(headers, { endStream: what === 'an answer' })
      stream.on('error', () => {}).pause()
      const dripping = setInterval(() => what === 'a body' && stream.write(' '), 20)
      t.teardown(() => clearInterval(dripping))
      await Promise.race([once(stream, 'aborted'), once(stream, 'close'), pause(5_000, undefined, { ref: false })])
      t.ok(stream.aborted || stream.closed, what)
    }
  },
)

t.test('a peer that never finishes its handshake, or sends no HTTP and stays, is not kept for ever', async (t) => {
  const tls = { ...tlsOptions(server, undefined), handshakeTimeout: 50 }
  for (const [what, wishes, bytes] of [
    ['no HTTP', {}, 'hello\r\n\r\n'],
    ['no handshake', { tls }, ''],
    ['no handshake for HTTP/2', { tls, http2: true }, ''],
  ] as const) {
    const { app, port } = await openListener(t, wishes)
    const accepted = once(app.server, 'connection')
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(bytes))
    socket.on('error', () => {}).resume()
    t.teardown(() => socket.destroy())
    const [kept] = (await accepted) as [Socket]
    await Promise.race([once(kept, 'close'), pause(5_000, undefined, { ref: false })])
    t.ok(kept.destroyed, what)
  }
})

t.test('a connection of HTTP/2 has a bounded number of requests under way', async (t) => {
  const { port } = await openListener(t, { tls: tlsOptions(server, undefined), http2: true })
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  t.teardown(() => session.destroy())
  const [settings] = await once(session, 'remoteSettings')
  t.ok(settings.maxConcurrentStreams <= 100)
})

/** Writes bytes, and returns all that comes back until the other side ends. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')))
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(said))
  })
}
