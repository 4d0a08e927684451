import { join } from 'node:path'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import { sealPushTarget } from '../../src/domain/security-event/push-target.ts'
import type { SecurityEventType } from '../../src/domain/security-event/security-event.ts'
import { backOff, type PusherOptions, startPusher } from '../../src/events/pusher.ts'
import { createSecurityEventTokens } from '../../src/events/security-event-token.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { until } from '../ca/until.ts'
import { openCast } from '../http/handshake.ts'
import { AUDIT_KEY, act, addSite, DAY, enroll, fresh, NOW, signInRow } from '../store/samples.ts'
import { Receiver, take } from './receiver.ts'

const { authority, server: identity } = await openCast(t)
const KEYRING = deriveKeyring(Buffer.alloc(32, 1))
const TYPES: readonly SecurityEventType[] = ['credential-change']

t.test('what happens is pushed, in order, to each site its own', async (t) => {
  const { store, owner, addReceiver, start } = await open(t)
  const [shop, bank] = [await addReceiver('secret of shop'), await addReceiver()]
  start()
  await change(store, owner.fingerprint, 6)
  for (const { receiver, site } of [shop, bank]) {
    await until(() => receiver.pushed.length === 6)
    const claims = receiver.pushed.map(({ token }) => decodeJwt(token))
    t.ok(claims.every(({ aud }) => aud === `urn:countersign:site:${site.name}`))
    t.same(
      claims.map(({ toe }) => toe),
      Array.from({ length: 6 }, (_, index) => NOW / 1_000 + index),
    )
    await until(async () => (await store.securityEvents(site.id, 9)).length === 0)
  }
  t.match(shop.receiver.pushed[0], { headers: { authorization: 'secret of shop' } })
  t.notOk(bank.receiver.pushed[0]?.headers.authorization)
  const ids = [shop, bank].flatMap(({ receiver }) => receiver.pushed.map(({ token }) => decodeJwt(token).jti))
  t.equal(new Set(ids).size, 12)
})

t.test('who was away gets all, in order, each under the id of its first attempt', async (t) => {
  const { store, owner, addReceiver, start } = await open(t)
  const { receiver } = await addReceiver()
  let attempts = 0
  receiver.answering = (res) => (++attempts < 4 ? void res.writeHead(503).end() : take(res))
  start()
  await change(store, owner.fingerprint, 3)
  await until(() => receiver.pushed.length === 6)
  const ids = receiver.pushed.map(({ token }) => decodeJwt(token).jti)
  t.equal(new Set(ids.slice(0, 4)).size, 1, 'the first one, until it was taken')
  t.equal(new Set(ids).size, 3)
})

t.test('after a failure there is a pause, which others know of', async (t) => {
  const { store, owner, clock, addReceiver, start } = await open(t)
  const { receiver, site } = await addReceiver()
  receiver.answering = (res) => void res.writeHead(500).end()
  start({ backOff: (failures) => failures * 60_000 })
  await change(store, owner.fingerprint, 3)
  const due = async (after: number) => store.duePushes(clock.now() + after, 9)
  await until(async () => (await due(61_000)).some(({ failures }) => failures === 1))
  t.same(await due(30_000), [])
  t.equal(receiver.pushed.length, 1)
  clock.time += 60_000
  await until(async () => (await due(121_000)).some(({ failures }) => failures === 2))
  t.equal(receiver.pushed.length, 2)
  t.equal((await store.securityEvents(site.id, 9)).length, 3)
})

t.test('of two processes one pushes at a time: each event once, in order', async (t) => {
  const { store, owner, addReceiver, start } = await open(t)
  const { receiver, site } = await addReceiver()
  start()
  start()
  await change(store, owner.fingerprint, 9)
  await until(async () => (await store.securityEvents(site.id, 9)).length === 0)
  const told = receiver.pushed.map(({ token }) => Number(decodeJwt(token).toe) - NOW / 1_000)
  t.same(told, [0, 1, 2, 3, 4, 5, 6, 7, 8])
})

t.test('one that is gone or slow keeps nobody else waiting', async (t) => {
  const { store, owner, addReceiver, start } = await open(t)
  const [gone, slow, well] = [await addReceiver(), await addReceiver(), await addReceiver()]
  gone.receiver.close()
  slow.receiver.answering = () => {}
  start()
  await change(store, owner.fingerprint, 5)
  await until(() => well.receiver.pushed.length === 5, 4_000)
  t.equal(slow.receiver.pushed.length, 1, 'one at a time')
  t.equal((await store.securityEvents(gone.site.id, 9)).length, 5, 'nothing is lost')
})

t.test('what is refused again and again goes to the dead letters, and the next comes', async (t) => {
  const { store, owner, addReceiver, start, buried } = await open(t)
  const { receiver, site } = await addReceiver()
  let first: string | undefined
  receiver.answering = (res) => {
    const { token } = receiver.pushed.at(-1)!
    first ??= String(decodeJwt(token).jti)
    if (decodeJwt(token).jti === first) res.writeHead(400).end('{"err":"invalid_key"}')
    else take(res)
  }
  start()
  await change(store, owner.fingerprint, 2)
  await until(() => buried.length > 0)
  t.same(buried, [[site.id, 'refused: invalid_key', 1]])
  t.match(await store.deadLetters(site.id, 9), [{ failure: 'refused: invalid_key' }])
  await until(() => receiver.pushed.length === 9)
  t.equal((await store.securityEvents(site.id, 9)).length <= 1, true)
  receiver.answering = take
  t.equal(await store.run('retryDeadLetters', act(), site.id), 1)
  await until(() => receiver.pushed.length === 10)
  t.equal(decodeJwt(receiver.pushed.at(-1)!.token).jti, first)
})

t.test('what could not be told for a day waits for the operator', async (t) => {
  const { store, owner, clock, addReceiver, start, buried } = await open(t)
  const { receiver, site } = await addReceiver()
  receiver.close()
  await change(store, owner.fingerprint, 2)
  clock.time = NOW + DAY
  await store.run('revoke', act(clock.time), owner.fingerprint, 'superseded')
  clock.time += 10_000
  start()
  await until(() => buried.length > 0)
  t.match(buried, [[site.id, /./, 2]])
  t.equal((await store.deadLetters(site.id, 9)).length, 2)
  t.match(await store.securityEvents(site.id, 9), [{ event: 'revoked' }], 'what is younger is tried on')
})

t.test('a stream that is paused, and one whose site is gone, is not pushed', async (t) => {
  const { store, owner, addReceiver, start } = await open(t)
  const [paused, removed, well] = [await addReceiver(), await addReceiver(), await addReceiver()]
  await store.run('setStreamStatus', act(), paused.site.id, paused.streamId, 'paused', null)
  start()
  await change(store, owner.fingerprint, 1)
  await store.run('removeSite', act(), removed.site.id)
  await change(store, owner.fingerprint, 1, 1)
  await until(() => well.receiver.pushed.length === 2)
  t.same(paused.receiver.pushed, [])
  t.ok(removed.receiver.pushed.length <= 1)
  await store.run('setStreamStatus', act(), paused.site.id, paused.streamId, 'enabled', null)
  await until(() => paused.receiver.pushed.length === 2)
})

t.test('what is under way when it stops is pushed again by the next', async (t) => {
  const { store, owner, addReceiver, start } = await open(t)
  const { receiver, site } = await addReceiver()
  receiver.answering = () => {}
  const pusher = start()
  await change(store, owner.fingerprint, 1)
  await until(() => receiver.pushed.length === 1)
  await pusher.stop()
  t.equal((await store.securityEvents(site.id, 9)).length, 1)
  receiver.answering = take
  start()
  await until(() => receiver.pushed.length === 2, 3_000)
  const [before, again] = receiver.pushed.map(({ token }) => decodeJwt(token).jti)
  t.equal(again, before)
})

t.test('while the store is away it is told once, and goes on', async (t) => {
  const scene = await open(t)
  const { receiver } = await scene.addReceiver()
  let away = true
  const failures: unknown[] = []
  const duePushes: typeof scene.store.duePushes = (now, limit) => {
    if (away) throw new Error('away')
    return scene.store.duePushes(now, limit)
  }
  scene.start({ store: { ...scene.store, duePushes }, failed: (error) => failures.push(error) })
  await change(scene.store, scene.owner.fingerprint, 3)
  await until(() => failures.length > 0)
  away = false
  await until(() => receiver.pushed.length === 3)
  t.equal(failures.length, 1)
})

t.test('the next attempt comes later and later, and not in step', async (t) => {
  for (const [failures, longest] of [
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [11, 900_000],
    [1_000, 900_000],
  ] as const) {
    const pauses = Array.from({ length: 50 }, () => backOff(failures))
    t.ok(
      pauses.every((pause) => Number.isInteger(pause) && pause >= longest / 2 && pause <= longest),
      String(failures),
    )
    t.ok(new Set(pauses).size > 1)
  }
})

type Scene = Awaited<ReturnType<typeof open>>

async function open(t: Test) {
  const store = await openSqliteStore({ file: join(t.testdir(), 'countersign.db'), auditKey: AUDIT_KEY })
  const owner = await enroll(store)
  const clock = { time: NOW + 10_000, now: () => clock.time }
  const tokens = createSecurityEventTokens({ keyring: KEYRING, clock, issuer: 'https://id.example' })
  const buried: unknown[][] = []
  const pushers: { stop(): Promise<void> }[] = []
  t.teardown(async () => {
    await Promise.all(pushers.map((pusher) => pusher.stop()))
    await store.close()
  })
  /** A site that knows the owner, with a stream that is pushed to a receiver of its own. */
  const addReceiver = async (authorization?: string) => {
    const receiver = await new Receiver(identity).listen(t)
    const site = await addSite(store)
    await store.run('signIn', signInRow(site.id, owner.subscriberId))
    const target = {
      url: receiver.url(),
      allowPrivate: true,
      anchors: authority.issuers.root.pem,
      authorization: authorization ?? null,
    }
    const sealed = sealPushTarget(KEYRING['push-secret'], site.id, target)
    await store.run('setPushAddress', act(), { siteId: site.id, ...target, sealed })
    const streamId = fresh()
    const wish = { delivery: 'push', requested: null, types: TYPES, description: null } as const
    await store.run('openSecurityStream', act(), site.id, streamId, wish)
    return { receiver, site, streamId }
  }
  const start = (wishes: Partial<PusherOptions> = {}) => {
    const pusher = startPusher({
      store,
      tokens,
      keyring: KEYRING,
      policy: DEFAULT_POLICY,
      clock,
      buried: (...what) => void buried.push(what),
      failed: () => {},
      backOff: () => 1,
      ...wishes,
    })
    pushers.push(pusher)
    return pusher
  }
  // the clock of the test stands still, and pauses must come to an end
  const ticking = setInterval(() => {
    clock.time += 10
  }, 10)
  t.teardown(() => clearInterval(ticking))
  return { store, owner, clock, addReceiver, start, buried }
}

/** So many changes of a certificate, one second after the other. */
async function change(store: Scene['store'], fingerprint: string, count: number, from = 0): Promise<void> {
  for (let index = from; index < from + count; index++) {
    const at = act(NOW + index * 1_000)
    if (index % 2 === 0) await store.run('hold', at, fingerprint)
    else await store.run('release', at, fingerprint)
  }
}
