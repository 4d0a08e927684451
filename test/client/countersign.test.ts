import { createServer } from 'node:https'
import t, { type Test } from 'tap'
import { type CountersignOptions, countersign, type Identity } from '../../src/client/countersign.ts'
import type { SiteEvent } from '../../src/client/listening.ts'
import { until } from '../ca/until.ts'
import { agentOf, exchange } from '../e2e/exchange.ts'
import { listenOn, openCast } from '../http/handshake.ts'
import { lineTo, REVOKED, type Said, SUBJECT, startFake, VALID } from './fake-service.ts'

const cast = await openCast(t)
const NOBODY: Said = { verdict: 'missing', reason: 'unknown' }

t.test('a site asks once, and then knows', async (t) => {
  const { visit, fake, identity } = await open(t)
  fake.beat()
  await until(() => identity.age < 500)
  for (let visits = 0; visits < 5; visits++) t.match(await visit(), { status: 200 })
  t.equal(fake.questions.length, 1)
})

t.test('what is told ends the connection at once, and the next request is refused', async (t) => {
  const told: SiteEvent[] = []
  const ended: object[] = []
  const hooks = { told: (event: SiteEvent) => void told.push(event), ended: (one: object) => void ended.push(one) }
  const { visit, fake, identity } = await open(t, hooks)
  fake.beat()
  await until(() => identity.age < 500)
  t.match(await visit(), { status: 200 })
  fake.said = REVOKED
  fake.tell('revoked')
  await until(() => ended.length === 1)
  t.match(told, [{ event: 'revoked', subject: SUBJECT }])
  t.match(ended, [{ fingerprint: cast.peers.browser.fingerprint, verdict: { verdict: 'revoked' } }])
  t.match(await visit('anew'), { status: 403 })
})

t.test('a stream that falls silent: each request is asked about', async (t) => {
  const { visit, fake, identity } = await open(t, { bound: 200 })
  fake.beat()
  await until(() => identity.age < 150)
  await visit()
  fake.fallSilent()
  await until(() => identity.age > 200)
  const asked = () => fake.questions.filter((path) => path === '/v1/verdicts').length
  const before = asked()
  for (let visits = 1; visits <= 3; visits++) {
    t.match(await visit(), { status: 200 })
    t.equal(asked(), before + visits)
  }
})

t.test('a stream that falls silent: living connections are judged by asking', async (t) => {
  const ended: object[] = []
  const { visit, fake, identity } = await open(t, { bound: 200, ended: (one) => void ended.push(one) })
  fake.beat()
  await until(() => identity.age < 150)
  await visit()
  fake.fallSilent()
  fake.said = REVOKED
  await until(() => ended.length === 1)
  t.match(ended, [{ subject: SUBJECT }])
})

t.test('a reset voids what is known', async (t) => {
  const ended: object[] = []
  const { visit, fake, identity } = await open(t, { ended: (one) => void ended.push(one) })
  fake.beat()
  await until(() => identity.age < 500)
  await visit()
  fake.said = REVOKED
  fake.reset()
  await until(() => ended.length === 1)
  t.match(await visit('anew'), { status: 403 })
})

t.test('the service is away: nobody is let in; what your hooks throw ends nothing', async (t) => {
  const failures: unknown[] = []
  const { visit, fake } = await open(t, {
    failed: (error) => void failures.push(error),
    told: () => {
      throw new Error('a hook of the site')
    },
  })
  fake.status = 503
  t.match(await visit(), { status: 503, json: { code: 'unavailable' } })
  t.match(failures, [{ code: 'unavailable' }])
  fake.status = 200
  fake.beat()
  await until(() => fake.streams === 1)
  fake.tell('held')
  await until(() => failures.length === 2)
  t.match(failures[1], { message: 'a hook of the site' })
  t.match(await visit(), { status: 200 })
})

t.test('nobody shown, nobody known, and a question of your own', async (t) => {
  const { visit, fake, identity } = await open(t)
  t.match(await visit('bare'), { status: 401, json: { code: 'missing' } })
  t.equal(fake.questions.length, 0)
  fake.said = NOBODY
  t.match(await visit(), { status: 401 })
  t.match(await identity.ask(null), { reason: 'no-certificate' })
  fake.said = VALID
  t.match(await identity.ask('ab'.repeat(32), { maxAge: 60 }), { verdict: 'valid' })
  t.equal(fake.questions.at(-1), `/v1/verdicts/${'ab'.repeat(32)}?max_age=60`)
})

t.test('what cannot work is said at the start', async (t) => {
  const { identity, fake } = await open(t)
  t.throws(() => identity.express({ maxAge: 29 }), TypeError)
  fake.status = 403
  await t.rejects(countersign(lineTo(fake, cast)), { code: 'caller-refused' })
})

t.test('closed is closed', async (t) => {
  const { visit, fake, identity } = await open(t)
  fake.beat()
  await until(() => identity.age < 500)
  await visit()
  identity.close()
  t.match(await visit(), { status: 503, json: { code: 'closed' } })
  t.equal(identity.age, Number.POSITIVE_INFINITY)
  await until(() => fake.streams === 0)
})

async function open(t: Test, options: Partial<CountersignOptions> = {}) {
  const fake = await startFake(t, cast)
  const identity: Identity = await countersign({ ...lineTo(fake, cast), ...options })
  t.teardown(() => identity.close())
  const listener = identity.node((request, response) => response.end(JSON.stringify(request.identity)))
  const server = createServer({ ...identity.tls(), ...cast.server }, listener)
  const port = await listenOn(t, server)
  t.teardown(() => server.closeAllConnections())
  const anchor = cast.authority.issuers.root.pem
  const agents = {
    shown: agentOf(anchor, cast.peers.browser),
    anew: agentOf(anchor, cast.peers.browser, { keepAlive: false }),
    bare: agentOf(anchor),
  }
  t.teardown(() => {
    for (const agent of Object.values(agents)) agent.destroy()
  })
  const visit = (how: keyof typeof agents = 'shown') => exchange(`https://localhost:${port}/`, { agent: agents[how] })
  return { visit, fake, identity }
}
