import t, { type Test } from 'tap'
import { Listening, type SiteEvent } from '../../src/client/listening.ts'
import { fingerprintOf } from '../../src/client/verdict-question.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { privatePem } from '../ca/request.ts'
import { until } from '../ca/until.ts'
import { openCast } from '../http/handshake.ts'
import { lineTo, SUBJECT, startFake } from './fake-service.ts'

const cast = await openCast(t)

t.test('events are told; a heartbeat proves no more than it can', async (t) => {
  const { fake, listening, told } = await open(t)
  t.equal(listening.follows, false)
  t.equal(listening.provenAt, Number.NEGATIVE_INFINITY)
  fake.beat()
  await until(() => listening.follows)
  t.ok(listening.provenAt <= performance.now())
  const before = listening.provenAt
  await until(() => listening.provenAt > before)
  fake.tell('revoked')
  await until(() => told.length === 1)
  t.match(told, [{ event: 'revoked', subject: SUBJECT, at: Date }])
})

t.test('a heartbeat that lies on the way for long is as old as it is', async (t) => {
  const { fake, listening } = await open(t)
  await until(() => fake.streams === 1)
  const sent = performance.now()
  await until(() => performance.now() - sent > 200)
  fake.write('id: 3\nevent: heartbeat\ndata: {"position":3,"at":10}\n\n')
  await until(() => listening.follows)
  t.ok(performance.now() - listening.provenAt > 150)
})

t.test('a stream whose clock is ahead proves nothing, and is begun anew', async (t) => {
  const { fake, listening } = await open(t)
  await until(() => fake.streams === 1)
  fake.write('id: 3\nevent: heartbeat\ndata: {"position":3,"at":60000}\n\n')
  await until(() => fake.resumed.length === 2)
  t.equal(listening.provenAt, Number.NEGATIVE_INFINITY)
})

t.test(
  'a stream whose heartbeats come ever later is begun anew; one that was late from the start is not',
  async (t) => {
    const { fake, listening } = await open(t)
    await until(() => fake.streams === 1)
    const began = performance.now()
    const beat = (late: number): void => {
      const at = Math.max(0, performance.now() - began - late)
      fake.write(`id: 3\nevent: heartbeat\ndata: {"position":3,"at":${at}}\n\n`)
    }
    await until(() => performance.now() - began > 900)
    beat(800)
    await until(() => listening.follows)
    const lateSince = performance.now()
    const beating = setInterval(() => beat(performance.now() - lateSince < 3_000 ? 800 : 2_000), 100)
    t.teardown(() => clearInterval(beating))
    await until(() => performance.now() - lateSince > 2_900)
    t.equal(fake.resumed.length, 1)
    await until(() => fake.resumed.length > 1, 10_000)
  },
)

t.test('before its first message anything may have been missed, and after a cut nothing', async (t) => {
  const { fake, listening, resets } = await open(t)
  await until(() => fake.streams === 1)
  t.equal(resets(), 0)
  fake.beat()
  await until(() => listening.follows)
  t.equal(resets(), 1)
  fake.cutStreams()
  await until(() => fake.resumed.length === 2)
  const before = listening.provenAt
  await until(() => listening.provenAt > before)
  t.equal(resets(), 1)
})

t.test('another certificate: it goes on where it was', async (t) => {
  const { fake, listening } = await open(t)
  fake.beat()
  await until(() => listening.follows)
  const { der, keys } = await cast.issue('api')
  listening.use({ cert: encodePem('CERTIFICATE', der) + cast.issuer.chain('api'), key: privatePem(keys) })
  await until(() => fake.resumed.length === 2)
  t.equal(fake.resumed[1], '0')
  t.equal(fake.askers.at(-1), fingerprintOf(der))
  const before = listening.provenAt
  await until(() => listening.provenAt > before)
})

t.test('after a cut it goes on where it was', async (t) => {
  const { fake, listening, told } = await open(t)
  fake.beat()
  await until(() => listening.follows)
  fake.tell('held')
  await until(() => told.length === 1)
  fake.cutStreams()
  await until(() => fake.resumed.length === 2)
  t.same(fake.resumed, [undefined, '1'])
  const before = listening.provenAt
  await until(() => listening.provenAt > before)
})

t.test('a silent connection is given up', async (t) => {
  const { fake } = await open(t)
  await until(() => fake.resumed.length === 2, 10_000)
  t.pass()
})

t.test('an id that the service cannot read is given up, and what is known with it', async (t) => {
  const { fake, listening, resets } = await open(t)
  fake.beat()
  await until(() => listening.follows)
  fake.status = 400
  fake.cutStreams()
  await until(() => !listening.follows)
  fake.status = 200
  await until(() => listening.follows, 10_000)
  t.equal(fake.resumed.at(-1), undefined)
  t.equal(resets(), 2)
})

t.test('a reset is told; what cannot be read ends the stream and proves nothing', async (t) => {
  const { fake, listening, resets } = await open(t)
  fake.beat()
  await until(() => listening.follows)
  fake.reset()
  await until(() => resets() === 2)
  fake.fallSilent()
  for (const text of [
    'id: 1\nevent: heartbeat\ndata: {"position":1}\n\n',
    'id: 1\nevent: held\ndata: {}\n\n',
    'id: 1\nevent: held\ndata: {"subject":"x","at":\n\n',
    'x'.repeat(70_000),
  ]) {
    const streams = fake.resumed.length
    await until(() => fake.streams === 1)
    const before = listening.provenAt
    fake.write(text)
    await until(() => fake.resumed.length > streams)
    t.equal(listening.provenAt, before)
  }
})

t.test('a refusal is tried again, and the end is the end', async (t) => {
  const { fake, listening } = await open(t, 403)
  await until(() => fake.resumed.length >= 2)
  t.equal(listening.follows, false)
  fake.status = 200
  fake.beat()
  await until(() => listening.follows)
  listening.close()
  await until(() => fake.streams === 0)
})

t.test('whom another authority vouches for is not listened to, whatever the environment allows', async (t) => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  const fake = await startFake(t, cast)
  const ca = (await openCast(t)).authority.issuers.root.pem
  const listening = new Listening({ ...lineTo(fake, cast), ca, told: () => {}, reset: () => {} })
  t.teardown(() => listening.close())
  let refused = 0
  fake.server.on('tlsClientError', () => {
    refused += 1
  })
  await until(() => refused + fake.streams > 0)
  t.equal(fake.streams, 0)
})

async function open(t: Test, status = 200) {
  const fake = await startFake(t, cast)
  fake.status = status
  const told: SiteEvent[] = []
  let resets = 0
  const { timeout: _timeout, ...line } = lineTo(fake, cast)
  const listening = new Listening({
    ...line,
    told: (event) => void told.push(event),
    reset: () => {
      resets += 1
    },
  })
  t.teardown(() => listening.close())
  return { fake, listening, told, resets: () => resets }
}
