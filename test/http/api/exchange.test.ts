import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { RateLimited } from '../../../src/domain/verdict/rate-limits.ts'
import { IdentityError } from '../../../src/errors.ts'
import { readBody, sendJson, sendProblem } from '../../../src/http/api/exchange.ts'
import type { Problem } from '../../../src/http/problem.ts'
import { listenOn, openCast } from '../handshake.ts'

t.test('a verdict is stored by nobody on the way, and its length counts bytes', async (t) => {
  const url = await serve(t, (_req, res) => sendJson(res, '{"subject":"ü"}'))
  const answer = await fetch(url)
  t.equal(answer.status, 200)
  t.same(
    [answer.headers.get('content-type'), answer.headers.get('cache-control'), answer.headers.get('content-length')],
    ['application/json', 'no-store', '16'],
  )
  t.same(await answer.json(), { subject: 'ü' })
})

t.test('a refusal is a problem; the log hears of our own faults alone', async (t) => {
  for (const [error, status, headers, told] of [
    [new IdentityError('query-invalid', 'Say it so.'), 400, {}, 0],
    [new IdentityError('caller-refused', 'No.'), 403, { connection: 'close' }, 0],
    [new IdentityError('body-too-large', 'Less.'), 413, { connection: 'close' }, 0],
    [new IdentityError('store-unavailable', 'Later.'), 503, { 'retry-after': '1' }, 1],
    [new RateLimited(10, 2), 429, { 'retry-after': '2', ratelimit: '"verdicts";r=0;t=2' }, 0],
    [new Error('secret'), 500, {}, 1],
  ] as const) {
    const complaints: (readonly [Problem, unknown])[] = []
    const url = await serve(t, (_req, res) => sendProblem(res, error, (...complaint) => complaints.push(complaint)))
    const answer = await fetch(url)
    t.equal(answer.status, status)
    t.match(Object.fromEntries(answer.headers), {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    })
    const problem = (await answer.json()) as Problem
    t.match(problem, { status, instance: /^urn:uuid:[0-9a-f-]{36}$/ })
    t.notMatch(JSON.stringify(problem), 'secret')
    t.equal(complaints.length, told)
    if (told) t.match(complaints[0], [{ instance: problem.instance }, error], 'the log finds it by its instance')
  }
})

t.test('who has gone away is answered by nothing', async (t) => {
  const gone = { destroyed: true } as ServerResponse
  sendJson(gone, '{}')
  sendProblem(gone, new Error('x'), () => {})
  t.pass()
})

t.test('a body up to its limit is read whole, in however many pieces', async (t) => {
  const url = await serve(t, (req, res) =>
    readBody(
      req,
      1_000,
      (body) => res.end(body),
      (error) => sendProblem(res, error, () => {}),
    ),
  )
  for (const length of [0, 1, 999, 1_000]) {
    const body = 'x'.repeat(length)
    t.equal(await (await fetch(url, { method: 'POST', body })).text(), body, `${length} bytes`)
  }
  const pieces = new ReadableStream({
    start(stream) {
      for (let i = 0; i < 10; i++) stream.enqueue(Buffer.alloc(100, `${i}`))
      stream.close()
    },
  })
  const answer = await fetch(url, { method: 'POST', body: pieces, duplex: 'half' } as RequestInit)
  t.equal((await answer.text()).length, 1_000)
})

t.test('a byte more is refused: by its announcement, or as soon as it comes', async (t) => {
  const calls: string[] = []
  const url = await serve(t, (req, res) =>
    readBody(
      req,
      1_000,
      () => calls.push('done'),
      (error) => {
        calls.push(error.code)
        sendProblem(res, error, () => {})
      },
    ),
  )
  t.match(
    await raw(url, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n'),
    /^HTTP\/1.1 413 /,
    'before a byte of it',
  )
  const chunk = `3e9\r\n${'x'.repeat(1_001)}\r\n`
  t.match(
    await raw(url, `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}0\r\n\r\n`),
    /^HTTP\/1.1 413 /,
  )
  t.same(calls, ['body-too-large', 'body-too-large'], 'each told once, and none of them done')
})

t.test('a peer that goes away in the middle is never taken for done', async (t) => {
  const calls: string[] = []
  const closed = new Promise<void>((resolve) => {
    serve(t, (req) => {
      req.once('close', resolve)
      readBody(
        req,
        1_000,
        () => calls.push('done'),
        () => calls.push('failed'),
      )
    }).then((url) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf', () => socket.destroy()),
      )
    })
  })
  await closed
  t.same(calls, [])
})

t.test('HPE_PAUSED: a long body behind a long answer, again and again on one connection', async (t) => {
  const { server: identity } = await openCast(t)
  const answer = JSON.stringify('x'.repeat(160_000))
  const faults: (string | undefined)[] = []
  const server = createSecureServer(identity, (req, res) => {
    // As verdicts are: answered in a later phase of the event loop than the one that read the request.
    req.resume().on('end', () => setImmediate(() => sendJson(res, answer)))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    faults.push(error.code)
    socket.destroy()
  })
  t.teardown(() => server.closeAllConnections())
  const port = await listenOn(t, server)
  const asker = new Worker(ASKER, { eval: true, workerData: { port, length: answer.length } })
  t.same(await once(asker, 'message'), ['all answered'])
  t.same(faults, [])
})

/** Asks on an event loop of its own, so that a request arrives while the server still believes to be sending. */
const ASKER = `
const { parentPort, workerData } = require('node:worker_threads')
const { connect } = require('node:tls')
const { port, length } = workerData
const CONNECTIONS = 8, TIMES = 20
const body = 'x'.repeat(80_000)
const request = 'POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body
let open = CONNECTIONS
for (let number = 0; number < CONNECTIONS; number += 1) {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write(request))
  let answers = 0, left = 0
  socket.on('data', (chunk) => {
    if (left === 0) left = length + chunk.indexOf('\\r\\n\\r\\n') + 4
    left -= chunk.length
    if (left > 0) return
    answers += 1
    if (answers < TIMES) socket.write(request)
    else if (socket.destroy() && (open -= 1) === 0) parentPort.postMessage('all answered')
  })
  socket.on('error', () => {})
  socket.on('close', () => answers < TIMES && parentPort.postMessage('a connection ended after ' + answers + ' answers'))
}
`

async function serve(t: Test, answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  t.teardown(() => server.closeAllConnections())
  return `http://127.0.0.1:${await listenOn(t, server)}/`
}

/** Writes bytes, and returns all that comes back until the other side ends. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(said))
  })
}
