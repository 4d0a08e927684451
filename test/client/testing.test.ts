import { createServer, type RequestListener } from 'node:http'
import t from 'tap'
import { testing } from '../../src/client/testing.ts'
import { readVerdict } from '../../src/client/verdict.ts'
import { listenOn } from '../http/handshake.ts'
import { REVOKED, STALE, SUBJECT, VALID } from './fake-service.ts'

t.test('a site’s own test says who is there', async (t) => {
  const identity = testing()
  const listener = identity.node((request, response) => response.end(request.identity.subject))
  const port = await listenOn(t, createServer(listener as RequestListener))
  const visit = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' })
    return { status: response.status, text: await response.text() }
  }
  t.match(await visit(), { status: 401 }, 'nobody at first')
  identity.says(readVerdict(VALID))
  t.same(await visit(), { status: 200, text: SUBJECT })
  t.match(await identity.ask(null), { verdict: 'valid' })
  identity.says(readVerdict(STALE))
  t.match(await visit(), { status: 401, text: /redirect/ })
  identity.says(readVerdict(REVOKED))
  t.match(await visit(), { status: 403 })
  t.equal(identity.age, 0)
  t.ok(identity.tls())
  identity.close()
})

t.test('it warns, and does not run in production', async (t) => {
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  testing()
  t.match((await warned).message, /testing\(\)/)
  const before = process.env.NODE_ENV
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  })
  for (const production of ['production', 'Production', ' production', 'prod']) {
    process.env.NODE_ENV = production
    t.throws(() => testing(), TypeError, production)
  }
})

t.test('what belongs to a service does nothing, and is there', async (t) => {
  const identity = testing()
  t.equal(identity.age, 0)
  const told: object[] = []
  const server = { setSecureContext: (options: object) => void told.push(options), once: () => server }
  t.equal(identity.follow(server, {}), server)
  t.equal(told.length, 1)
})
