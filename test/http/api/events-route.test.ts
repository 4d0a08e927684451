import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { createEventIds } from '../../../src/domain/site/event-id.ts'
import type { EventReader } from '../../../src/domain/site/site-event.ts'
import { eventsRoute, tellEvents } from '../../../src/http/api/events-route.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { until } from '../../ca/until.ts'
import { ASKER, KEYRING, SHOP, service } from '../../domain/asking.ts'

const IDS = createEventIds(KEYRING['event-id'], SHOP.id)
const OTHERS = createEventIds(KEYRING['event-id'], 'cd'.repeat(16))

t.test('a stream follows the caller’s site from the id that he names, until he goes', async (t) => {
  const { ask, followed } = await open(t)
  const going = new AbortController()
  const response = await ask({ 'last-event-id': IDS.seal(12) }, going.signal)
  t.match(response, { status: 200 })
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  t.equal(response.headers.get('cache-control'), 'no-store')
  t.match(followed, [{ siteId: SHOP.id, since: 12, stopped: false }])
  going.abort()
  await until(() => followed[0]!.stopped)
})

t.test('a site holds so many streams open and no more; what it closes it may open again', async (t) => {
  const { ask, followed } = await open(t, 2)
  const going = new AbortController()
  t.same([(await ask({}, going.signal)).status, (await ask()).status], [200, 200])
  const refused = await ask()
  t.match([refused.status, await refused.json()], [429, { code: 'rate-limited' }])
  t.equal(followed.length, 2)
  going.abort()
  await until(() => followed[0]!.stopped)
  t.equal((await ask()).status, 200)
})

t.test('a stream that waits for another answer of its connection is refused, and the connection closed', async (t) => {
  const { url, followed, readers } = await open(t)
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const closed = once(socket, 'close')
  socket.write('GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3))
  await until(() => readers.length > 0)
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  t.equal(followed.length, 1)
  readers[0]!.end()
  await closed
  t.match(text, /^HTTP\/1.1 200 .*\r\nHTTP\/1.1 400 .*"query-invalid"/s)
  t.match(text, /\r\nconnection: close\r\n/i)
})

t.test('without an id it begins now', async (t) => {
  const { ask, followed } = await open(t)
  await ask()
  t.match(followed, [{ since: undefined }])
})

t.test('a stream has no HEAD', async (t) => {
  const { url, followed } = await open(t)
  t.equal((await fetch(url, { method: 'HEAD' })).status, 404)
  t.same(followed, [])
})

t.test('an id that is none of ours is refused', async (t) => {
  const { ask, followed } = await open(t)
  for (const id of ['x', '-1', '12', '', `${IDS.seal(1)}A`, 'A'.repeat(22), OTHERS.seal(1)]) {
    const { status } = await ask({ 'last-event-id': id })
    t.equal(status, 400, id)
  }
  t.same(followed, [])
})

interface Followed {
  readonly siteId: string
  readonly since: number | undefined
  stopped: boolean
}

async function open(t: Test, most?: number) {
  const { verdicts } = service()
  const followed: Followed[] = []
  const readers: EventReader[] = []
  const events = {
    follow: (siteId: string, since: number | undefined, reader: EventReader) => {
      const one: Followed = { siteId, since, stopped: false }
      followed.push(one)
      readers.push(reader)
      return () => {
        one.stopped = true
      }
    },
    close: () => {},
  }
  const app = fastify({ ajv: { customOptions: { coerceTypes: false } } })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.status(problem.status).send(JSON.stringify(problem))
  })
  t.teardown(() => {
    for (const reader of readers) reader.end()
    return app.close()
  })
  eventsRoute(
    app,
    tellEvents({ events, verdicts, keyring: KEYRING }, async () => ASKER, most),
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/v1/events`
  const ask = (headers: Record<string, string> = {}, signal: AbortSignal | null = null) =>
    fetch(url, { headers, signal })
  return { ask, url, followed, readers }
}
