import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { MOST_AT_ONCE, SUPPORTED } from '../../../src/domain/security-event/security-streams.ts'
import type { SiteEvents } from '../../../src/domain/site/site-event.ts'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'
import { pollEvents, pollRoute } from '../../../src/http/api/ssf-poll.ts'
import { until } from '../../ca/until.ts'
import { act } from '../../store/samples.ts'
import { openStreaming, sender } from './streaming.ts'

const NOW = { returnImmediately: true }

t.test('what happened is fetched as tokens, again and again until it is confirmed', async (t) => {
  const { poll, store, owner, sites, keyring } = await open(t)
  t.same(await poll(NOW), { status: 200, json: { sets: {}, moreAvailable: false } })
  await store.run('hold', act(), owner.fingerprint)
  const first = await poll(NOW)
  const ids = Object.keys(first.json.sets as object)
  t.equal(ids.length, 2)
  for (const [id, token] of Object.entries(first.json.sets as Record<string, string>)) {
    const claims = decodeJwt(token)
    t.equal(claims.jti, id)
    t.match(claims.sub_id, { sub: pairwiseSubject(keyring.subject, sites.shop.id, owner.subscriberId) })
  }
  t.same(Object.keys((await poll(NOW)).json.sets as object), ids, 'the same ids')
  t.same(Object.keys((await poll({ ...NOW, ack: [ids[0]] })).json.sets as object), [ids[1]])
  const refused = { [ids[1]!]: { err: 'invalid_key', description: '<b>not kept</b>' }, unknown: { err: 'x' } }
  t.same((await poll({ ...NOW, setErrs: refused })).json.sets, {})
  t.match(await store.deadLetters(sites.shop.id, 9), [{ failure: 'refused: invalid_key' }])
})

t.test('as many as are wanted, and whether there are more', async (t) => {
  const { poll, store, owner } = await open(t)
  await store.run('hold', act(), owner.fingerprint)
  const sizes = async (body: object) => {
    const { sets, moreAvailable } = (await poll({ ...NOW, ...body })).json
    return [Object.keys(sets as object).length, moreAvailable]
  }
  t.same(await sizes({ maxEvents: 1 }), [1, true])
  t.same(await sizes({ maxEvents: 2 }), [2, false])
  t.same(await sizes({ maxEvents: 1e9 }), [2, false])
  t.same(await sizes({ maxEvents: 0 }), [0, true])
  for (let count = 2; count < MOST_AT_ONCE; count += 3) {
    await store.run('release', act(), owner.fingerprint)
    await store.run('hold', act(), owner.fingerprint)
  }
  t.same(await sizes({}), [MOST_AT_ONCE, true])
})

t.test('another site fetches and confirms its own alone', async (t) => {
  const { poll, store, owner, sites, keyring } = await open(t)
  await store.run('hold', act(), owner.fingerprint)
  const mine = Object.keys((await poll(NOW)).json.sets as object)
  const theirs = (await poll({ ...NOW, ack: mine }, 'bank')).json.sets as Record<string, string>
  t.equal(Object.keys(theirs).length, 2)
  for (const token of Object.values(theirs)) {
    t.match(decodeJwt(token), {
      aud: 'urn:countersign:site:bank',
      sub_id: { sub: pairwiseSubject(keyring.subject, sites.bank.id, owner.subscriberId) },
    })
    t.notOk(mine.includes(String(decodeJwt(token).jti)))
  }
  t.same(Object.keys((await poll(NOW)).json.sets as object), mine)
})

t.test('who waits is told at once, also of a verification', async (t) => {
  const { poll, store, owner, held, sites } = await open(t)
  const waiting = poll({})
  await until(() => held.count === 1)
  await store.run('hold', act(), owner.fingerprint)
  const { sets } = (await waiting).json
  t.equal(Object.keys(sets as object).length, 2)
  const again = poll({ ack: Object.keys(sets as object) })
  const { id } = (await store.securityStream(sites.shop.id))!
  await store.run('verifyStream', act(), sites.shop.id, id, 'x', 0)
  t.equal(Object.keys((await again).json.sets as object).length, 1)
})

t.test('whose certificate was revoked while he waits hears nothing', async (t) => {
  const { poll, store, owner, held, refused } = await open(t)
  const waiting = poll({})
  await until(() => held.count === 1)
  refused.add('shop')
  await store.run('hold', act(), owner.fingerprint)
  t.match(await waiting, { status: 403, json: { code: 'caller-refused' } })
})

t.test('waiting ends: by time, with the receiver, with the service', async (t) => {
  t.same((await (await open(t, 50)).poll({})).json, { sets: {}, moreAvailable: false }, 'by time')
  const long = await open(t)
  await long.app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(long.app.server.address() as AddressInfo).port}/v1/ssf/poll`
  const going = new AbortController()
  const gone = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: going.signal,
  })
  await until(() => long.held.count === 1)
  going.abort()
  await t.rejects(gone)
  await until(() => long.held.count === 0, 5_000)
  const ending = long.poll({})
  await until(() => long.held.count === 1)
  long.events.close()
  t.equal((await ending).status, 200)
})

t.test('so many wait for one site, the next is answered at once', async (t) => {
  const { poll, events, held } = await open(t)
  const waiting = Array.from({ length: 4 }, () => poll({}))
  await until(() => held.count === 4)
  t.same((await poll({})).json.sets, {})
  t.equal((await poll(NOW)).status, 200)
  t.equal(held.count, 4)
  events.close()
  await Promise.all(waiting)
  t.equal(held.count, 0)
})

t.test('who has no stream, or one that is pushed, has nothing to poll', async (t) => {
  const { poll, store, sites } = await open(t)
  const { id } = (await store.securityStream(sites.shop.id))!
  await store.run('closeSecurityStream', act(), sites.shop.id, id)
  t.match(await poll({}), { status: 404, json: { code: 'stream-unknown' } })
  for (const body of [{ ack: 'x' }, { maxEvents: -1 }, { setErrs: { x: 'y' } }, { more: 1 }])
    t.match(await poll(body), { status: 400 })
})

async function open(t: Test, patience?: number) {
  const scene = await openStreaming(t)
  for (const name of ['shop', 'bank'] as const) {
    const asker = await scene.judge({ headers: { 'x-caller': name } } as never)
    await scene.streams.open(asker, { requested: SUPPORTED.slice(0, 2) })
  }
  /** how many follow the feed: each who waits */
  const held = { count: 0 }
  const events: SiteEvents = {
    close: () => scene.events.close(),
    follow: (...args) => {
      held.count += 1
      const stop = scene.events.follow(...args)
      return () => {
        held.count -= 1
        stop()
      }
    },
  }
  pollRoute(scene.app, pollEvents({ ...scene, events }, scene.judge, patience))
  const send = sender(scene.app)
  return { ...scene, held, poll: (body: object, caller?: string) => send('POST', '/v1/ssf/poll', body, caller) }
}
