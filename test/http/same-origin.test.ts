import { fastify } from 'fastify'
import t from 'tap'
import { requireOwnPage, requireSameOrigin } from '../../src/http/same-origin.ts'

const ORIGIN = 'https://id.example:8445'

async function ask(
  headers: Record<string, string>,
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' = 'POST',
) {
  const app = fastify()
  app.addHook('onRequest', requireSameOrigin(ORIGIN))
  app.setErrorHandler((error, _request, reply) => reply.status(403).send((error as { code?: string }).code))
  app.route({ method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'], url: '/', handler: async () => 'done' })
  const reply = await app.inject({ method, url: '/', headers })
  await app.close()
  return reply
}

t.test('our own pages, and programs', async (t) => {
  const OWN: Record<string, string>[] = [
    {},
    { origin: ORIGIN },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin', origin: ORIGIN },
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
  ]
  for (const headers of OWN) t.equal((await ask(headers)).statusCode, 200, JSON.stringify(headers))
})

t.test('nobody else', async (t) => {
  const FOREIGN: Record<string, string>[] = [
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'https://id.example' },
    { origin: 'http://id.example:8445' },
    { origin: `${ORIGIN}.evil.example` },
    { origin: '' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-site', origin: ORIGIN },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'same-origin, cross-site' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
  ]
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
    for (const headers of FOREIGN) {
      const reply = await ask(headers, method)
      t.equal(reply.statusCode, 403, `${method} ${JSON.stringify(headers)}`)
      t.equal(reply.body, 'cross-site')
    }
  }
})

t.test('looking is free', async (t) => {
  for (const method of ['GET', 'HEAD'] as const)
    t.equal((await ask({ 'sec-fetch-site': 'cross-site' }, method)).statusCode, 200)
})

t.test('what only our own page fetches', async (t) => {
  for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }]) t.doesNotThrow(() => requireOwnPage({ headers }))
  for (const site of ['none', 'same-site', 'cross-site', ''])
    t.throws(() => requireOwnPage({ headers: { 'sec-fetch-site': site } }), { code: 'cross-site' }, site)
})
