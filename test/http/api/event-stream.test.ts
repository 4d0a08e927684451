import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createEventIds } from '../../../src/domain/site/event-id.ts'
import type { SiteEvent } from '../../../src/domain/site/site-event.ts'
import type { SitePolicies } from '../../../src/domain/site/site-wishes.ts'
import { IdentityError } from '../../../src/errors.ts'
import { EventStream } from '../../../src/http/api/event-stream.ts'
import { until } from '../../ca/until.ts'
import { ASKER, CALLER, CALLER_STATE, KEYRING, OWNER, SHOP, service } from '../../domain/asking.ts'
import { NOW } from '../../domain/verdict-state.ts'

const IDS = createEventIds(KEYRING['event-id'], SHOP.id)

const HELD: SiteEvent = {
  position: 7,
  siteId: SHOP.id,
  subscriberId: OWNER,
  generation: 0,
  event: 'held',
  at: NOW,
}

t.test('an event names the subject and no certificate; heartbeats tell position and age', async (t) => {
  const { stream, heard, clock } = await open(t)
  stream.tell([{ ...HELD, at: NOW + 999 }])
  clock.time = 1_250
  stream.prove(6, 1_250.5)
  stream.reset(3)
  await until(() => heard().length === 3)
  const [held, heartbeat, reset] = heard()
  t.match(held, { id: '7', event: 'held', data: { at: new Date(NOW).toISOString() } }, 'to the second')
  t.match(held?.data.subject, /^[\w-]{43}$/)
  t.same(Object.keys(held?.data ?? {}), ['subject', 'at'])
  t.same(
    heartbeat,
    { id: '7', event: 'heartbeat', data: { position: IDS.seal(7), at: 250 } },
    'never behind what was told',
  )
  t.same(reset, { id: '3', event: 'reset', data: { position: IDS.seal(3) } })
})

t.test('two sites that are told of one person at one position cannot find out by what they are told', async (t) => {
  const other = { ...ASKER, site: { ...SHOP, id: 'cd'.repeat(16) } }
  const [shop, bank] = [await open(t), await open(t, undefined, other)]
  for (const [{ stream }, siteId] of [
    [shop, SHOP.id],
    [bank, other.site.id],
  ] as const) {
    stream.tell([{ ...HELD, siteId }])
    stream.prove(7, 1_000)
    stream.reset(7)
  }
  await until(() => shop.text().includes('reset') && bank.text().includes('reset'))
  const [words, others] = [shop, bank].map(({ text }) => new Set(text().match(/[\w-]{20,}/g)))
  t.equal(words?.size, 2, 'a subject and an id')
  t.same(
    [...words!].filter((word) => others!.has(word)),
    [],
  )
})

t.test('who was forgotten and came back is another subject', async (t) => {
  const { stream, heard } = await open(t)
  stream.tell([HELD, { ...HELD, generation: 1 }])
  await until(() => heard().length === 2)
  t.not(heard()[0]?.data.subject, heard()[1]?.data.subject)
})

t.test('what was true before the stream began proves nothing', async (t) => {
  const { stream, heard } = await open(t)
  stream.prove(5, 999)
  stream.prove(6, 1_000)
  await until(() => heard().length === 1)
  t.match(heard(), [{ data: { position: IDS.seal(6), at: 0 } }])
})

t.test('a caller that is refused hears nothing more', async (t) => {
  const { stream, heard, slow, answer } = await open(t)
  slow.change(CALLER, { status: 'revoked' })
  stream.tell([HELD])
  await until(() => answer.destroyed)
  t.same(heard(), [])
})

t.test('what happens behind the end of a caller is not sent by a judgment that was begun before it', async (t) => {
  const { stream, heard, slow, answer } = await open(t)
  stream.prove(6, 1_000)
  await until(() => heard().length === 1)
  slow.answer('when-delivered', 'changes')
  stream.tell([HELD])
  await until(() => slow.underWay.length > 0)
  slow.change(CALLER, { status: 'revoked' })
  stream.tell([{ ...HELD, position: 8 }])
  slow.answer('at-once', 'changes')
  while (slow.underWay.length > 0) slow.deliver()
  await until(() => answer.destroyed || heard().length > 2)
  t.notOk(heard().some(({ id }) => id === '8'))
  t.ok(answer.destroyed)
})

t.test('while the store is away nothing is sent; afterwards all of it, in order', async (t) => {
  const { stream, heard, slow } = await open(t)
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  stream.tell([HELD])
  stream.tell([{ ...HELD, position: 8 }])
  await until(() => slow.countOf('changes') > 0)
  t.same(heard(), [])
  slow.answer('at-once', 'changes')
  stream.prove(9, 1_000)
  await until(() => heard().length === 3)
  t.same(
    heard().map(({ id }) => id),
    ['7', '8', '9'],
  )
})

t.test('what waits for a store that does not answer is bounded: beyond that nothing is told but a reset', async (t) => {
  const { stream, heard, slow } = await open(t)
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  const some = Array.from({ length: 1_000 }, (_, index) => ({ ...HELD, position: index + 1 }))
  for (let page = 0; page < 5; page++)
    stream.tell(some.map((event) => ({ ...event, position: event.position + page * 1_000 })))
  await until(() => slow.countOf('changes') > 0)
  slow.answer('at-once', 'changes')
  stream.prove(5_000, 1_000)
  await until(() => heard().length === 2)
  t.match(heard(), [
    { id: '5000', event: 'reset' },
    { id: '5000', event: 'heartbeat' },
  ])
})

t.test('heartbeats alone fill nothing either, and what is as much as may wait is told', async (t) => {
  const { stream, heard, slow } = await open(t)
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  for (let beat = 1; beat <= 4_001; beat++) stream.prove(beat, 1_000)
  slow.answer('at-once', 'changes')
  stream.prove(4_002, 1_000)
  await until(() => heard().length === 2)
  t.match(heard(), [
    { id: '4001', event: 'reset' },
    { id: '4002', event: 'heartbeat' },
  ])
  const other = await open(t)
  other.stream.tell(Array.from({ length: 1_000 }, (_, index) => ({ ...HELD, position: index })))
  await until(() => other.heard().length === 1_000)
})

t.test('a reset in place of too much is not sent by a judgment that was begun before it', async (t) => {
  const { stream, heard, slow, answer } = await open(t)
  stream.prove(1, 1_000)
  await until(() => heard().length === 1)
  slow.answer('when-delivered', 'changes')
  stream.tell([{ ...HELD, position: 2 }])
  await until(() => slow.underWay.length > 0)
  slow.change(CALLER, { status: 'revoked' })
  stream.tell(Array.from({ length: 4_000 }, (_, index) => ({ ...HELD, position: index + 3 })))
  slow.answer('at-once', 'changes')
  while (slow.underWay.length > 0) slow.deliver()
  await until(() => answer.destroyed)
  t.equal(heard().length, 1)
})

t.test('who does not read is cut off', async (t) => {
  const { stream, answer, res } = await open(t)
  answer.pause()
  const many = Array.from({ length: 1_000 }, (_, index) => ({ ...HELD, position: index }))
  let turns = 0
  await until(() => {
    stream.tell(many)
    turns += 1
    return res.destroyed
  })
  t.ok(turns < 200)
})

t.test('a site that wants fewer events hears those that end a verdict all the same', async (t) => {
  const { stream, heard, setPolicies } = await open(t)
  setPolicies({ site: { events: [] }, services: {} }, 0)
  stream.tell([HELD, { ...HELD, position: 8, event: 'released' }, { ...HELD, position: 9, event: 'revoked' }])
  stream.prove(9, 1_000)
  await until(() => heard().length === 3)
  t.same(
    heard().map(({ event }) => event),
    ['held', 'revoked', 'heartbeat'],
  )
})

t.test('once the site’s policies have changed, whatever its reader keeps is void', async (t) => {
  const { stream, heard, setPolicies } = await open(t)
  stream.prove(6, 1_000)
  await until(() => heard().length === 1)
  setPolicies({ site: { maxAge: 60_000 }, services: {} }, 7)
  stream.prove(7, 1_250)
  await until(() => heard().length === 3)
  stream.prove(7, 1_500)
  await until(() => heard().length === 4)
  t.same(
    heard().map(({ event }) => event),
    ['heartbeat', 'reset', 'heartbeat', 'heartbeat'],
    'once, and before anything that was true afterwards',
  )
})

t.test('who comes back is told of a policy that changed meanwhile, and of no older one', async (t) => {
  for (const [since, events] of [
    [6, ['reset', 'heartbeat']],
    [7, ['heartbeat']],
  ] as const) {
    const { stream, heard, setPolicies } = await open(t, since)
    setPolicies({ site: {}, services: {} }, 7)
    stream.prove(8, 1_000)
    await until(() => heard().at(-1)?.event === 'heartbeat')
    t.same(
      heard().map(({ event }) => event),
      events,
    )
  }
})

t.test('the end ends it', async (t) => {
  const { stream, answer } = await open(t)
  stream.end()
  await until(() => answer.complete)
  stream.tell([HELD])
  t.pass('and what comes later goes nowhere')
})

interface Message {
  readonly id: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

async function open(t: Test, since?: number, asker = ASKER) {
  const { verdicts, slow } = service()
  slow.states.set(CALLER, CALLER_STATE)
  const clock = { time: 1_000 }
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  const server = createServer((_req, res) => resolve(res))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resolve).once('error', reject)
  })
  const res = await promise
  const options = { verdicts, keyring: KEYRING, monotonicNow: () => clock.time }
  const stream = new EventStream(options, res, asker, createEventIds(KEYRING['event-id'], asker.site.id), since)
  const answer = await answered
  let text = ''
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  answer.on('error', () => {})
  const heard = () => text.split('\n\n').flatMap(messageOf)
  const setPolicies = (policies: SitePolicies, policyPosition: number) => {
    slow.removeSite(SHOP.id)
    slow.sites.set(SHOP.id, { ...SHOP, policies, policyPosition })
  }
  return { stream, answer, res, text: () => text, heard, slow, clock, setPolicies }
}

function messageOf(text: string): readonly Message[] {
  const [, id, event, data] = /^id: ([\w-]{22})\nevent: ([\w-]+)\ndata: (.*)$/.exec(text) ?? []
  return id !== undefined && event !== undefined
    ? [{ id: String(IDS.open(id)), event, data: JSON.parse(data ?? '') }]
    : []
}
