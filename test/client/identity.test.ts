import { constants } from 'node:crypto'
import t from 'tap'
import { identityOf } from '../../src/client/identity.ts'
import { NO_CERTIFICATE } from '../../src/client/verdict.ts'

const SELF = { returnTo: [], browserIssuer: 'the issuer, PEM', minMaxAge: 30 }

t.test('each way takes a proof as fresh as the service allows, and none that is fresher', async (t) => {
  const { identity } = open()
  const ways = {
    node: (maxAge: number) => identity.node(() => {}, { maxAge }),
    upgrade: (maxAge: number) => identity.upgrade(() => {}, { maxAge }),
    express: (maxAge: number) => identity.express({ maxAge }),
    fastify: (maxAge: number) => identity.fastify({ maxAge }),
    hono: (maxAge: number) => identity.hono({ maxAge }),
  }
  for (const [name, way] of Object.entries(ways)) {
    t.type(way(30), 'function', name)
    for (const tooFresh of [29, 0, -1, Number.NaN]) t.throws(() => way(tooFresh), TypeError, `${name}: ${tooFresh}`)
  }
  for (const way of [identity.node(() => {}), identity.upgrade(() => {}), identity.express(), identity.fastify()])
    t.type(way, 'function')
  t.type(identity.hono(), 'function')
})

t.test('the site’s server asks for our certificates, insists on none, and resumes nothing', async (t) => {
  const { ca, requestCert, rejectUnauthorized, secureOptions = 0 } = open().identity.tls()
  t.same(
    { ca, requestCert, rejectUnauthorized },
    { ca: SELF.browserIssuer, requestCert: true, rejectUnauthorized: false },
  )
  for (const option of [constants.SSL_OP_NO_TICKET, constants.SSL_OP_NO_RENEGOTIATION]) t.ok(secureOptions & option)
})

t.test('questions, age and end are those of the way to the service', async (t) => {
  const { identity, closed } = open()
  t.equal(await identity.ask(null), NO_CERTIFICATE)
  t.equal(identity.age, 7)
  identity.close()
  t.equal(closed(), 1)
})

function open() {
  let closed = 0
  const line = {
    ask: async () => NO_CERTIFICATE,
    age: () => 7,
    close: () => {
      closed += 1
    },
  }
  const judging = { known: () => undefined, judge: async () => NO_CERTIFICATE, attach: () => {} }
  const gate = { shown: () => undefined, judging, returnTo: [], failed: () => {} }
  return { identity: identityOf(gate, SELF, line), closed: () => closed }
}
