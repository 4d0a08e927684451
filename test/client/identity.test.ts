import { constants } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { SecureContextOptions } from 'node:tls'
import t from 'tap'
import { identityOf } from '../../src/client/identity.ts'
import { connectionOf } from '../../src/client/proven-peer.ts'
import { NO_CERTIFICATE } from '../../src/client/verdict.ts'

const SELF = { browserIssuer: 'the issuer, PEM', minMaxAge: 30 }

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
  t.type(
    identity.node(() => {}, { checks: ['passkey'] }),
    'function',
  )
  t.throws(() => identity.express({ checks: [] }), TypeError, 'any check at all would do')
  t.throws(() => identity.express({ checks: ['passkey'], offline: true }), TypeError)
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

t.test('a server follows the issuers with its own certificate and key, until it closes', async (t) => {
  const { identity, says, followers } = open()
  const contexts: SecureContextOptions[] = []
  const server = Object.assign(new EventEmitter(), {
    setSecureContext: (options: SecureContextOptions) => void contexts.push(options),
  })
  let renewals = 0
  const own = () => ({ cert: 'its own', key: `its key, ${++renewals}`, ca: 'nobody of ours', requestCert: false })
  t.equal(identity.follow(server, own), server)
  const ours = { cert: 'its own', requestCert: true, rejectUnauthorized: false }
  t.match(contexts, [{ ...ours, key: 'its key, 1', ca: SELF.browserIssuer }], 'at once')
  says('two issuers, PEM')
  t.match(contexts[1], { ...ours, key: 'its key, 2', ca: 'two issuers, PEM' })
  server.emit('close')
  says('a third one')
  t.equal(contexts.length, 2)
  t.equal(followers.size, 0)
  identity.follow(server, { cert: 'as it is', key: 'k' })
  t.match(contexts[2], { cert: 'as it is', ca: 'a third one' })
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
  let { browserIssuer } = SELF
  const followers = new Set<() => void>()
  const line = {
    self: () => ({ ...SELF, browserIssuer }),
    follow: (follower: () => void) => {
      followers.add(follower)
      return () => followers.delete(follower)
    },
    ask: async () => NO_CERTIFICATE,
    age: () => 7,
    close: () => {
      closed += 1
    },
  }
  const nothing = () => undefined
  const judging = {
    known: nothing,
    judge: async () => NO_CERTIFICATE,
    isAttached: () => false,
    attach: nothing,
    withoutService: nothing,
    attachWithoutService: nothing,
  }
  const gate = {
    shown: nothing,
    connection: connectionOf,
    judging,
    returnTo: () => [],
    checkPage: () => undefined,
    failed: nothing,
  }
  const says = (issuer: string): void => {
    browserIssuer = issuer
    for (const follower of followers) follower()
  }
  return { identity: identityOf(gate, line), closed: () => closed, says, followers }
}
