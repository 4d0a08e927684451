import { fastify } from 'fastify'
import t from 'tap'
import { VerdictKeys } from '../../../src/domain/verdict/verdict-keys.ts'
import { serveVerdictKeys } from '../../../src/http/portal/verdict-keys.ts'
import { NOW } from '../../domain/verdict-state.ts'

t.test('the public keys of this time, and nothing of the private ones', async (t) => {
  const keys = new VerdictKeys(Buffer.alloc(32, 3))
  const app = fastify()
  serveVerdictKeys(app, keys, { now: () => NOW })
  const { statusCode, headers, body } = await app.inject('/.well-known/jwks.json')
  t.equal(statusCode, 200)
  t.match(headers, { 'content-type': /^application\/jwk-set\+json/, 'cache-control': 'public, max-age=3600' })
  t.same(JSON.parse(body), { keys: keys.published(NOW) })
  t.same(
    JSON.parse(body).keys.map((key: object) => Object.keys(key).sort().join(' ')),
    Array(3).fill('alg crv kid kty use x y'),
  )
})
