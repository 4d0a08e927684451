import t, { type Test } from 'tap'
import { EventFollower } from '../../src/events/event-follower.ts'
import { until } from '../ca/until.ts'
import { Ear, Feed } from './listening.ts'

const [SHOP, BANK] = ['01'.repeat(16), '02'.repeat(16)] as const

t.test('each site hears its own, in commit order, and how far the telling has come', async (t) => {
  const { feed, follower } = open(t)
  const [shop, bank] = [new Ear(), new Ear()]
  t.equal(follower.readers, 0)
  follower.follow(SHOP, undefined, shop)
  follower.follow(BANK, undefined, bank)
  t.equal(follower.readers, 2)
  await until(() => shop.proven.length > 0 && bank.proven.length > 0)
  feed.commit('held', SHOP, BANK)
  feed.commit('released', SHOP)
  feed.commit(undefined)
  await until(() => shop.proven.at(-1) === 3 && bank.proven.at(-1) === 3)
  t.same(shop.heard, ['held', 'released'])
  t.same(bank.heard, ['held'])
})

t.test('nothing is proven of a position before its events were told', async (t) => {
  const { feed, follower } = open(t)
  const shop = new Ear()
  follower.follow(SHOP, undefined, shop)
  await until(() => shop.proven.length > 0)
  const told = feed.stall('siteEvents')
  feed.commit('revoked', SHOP)
  await until(() => feed.stalled === 1)
  t.equal(shop.proven.at(-1), 0)
  told()
  await until(() => shop.proven.at(-1) === 1)
  t.same(shop.order, ['revoked', 1], 'the event, then the proof')
})

t.test('who comes back hears what he missed, and then what is new', async (t) => {
  const { feed, follower } = open(t)
  for (const event of ['held', 'released', 'revoked'] as const) feed.commit(event, SHOP)
  const shop = new Ear()
  follower.follow(SHOP, 1, shop)
  await until(() => shop.proven.length > 0)
  feed.commit('erased', SHOP)
  await until(() => shop.proven.at(-1) === 4)
  t.same(shop.heard, ['released', 'revoked', 'erased'])
})

t.test('a thousand missed events and more are told page by page', async (t) => {
  const { feed, follower } = open(t)
  for (let index = 0; index < 2_001; index++) feed.commit('held', SHOP)
  const shop = new Ear()
  follower.follow(SHOP, 0, shop)
  await until(() => shop.proven.length > 0)
  t.equal(shop.heard.length, 2_001)
  t.same(feed.pages, [1_000, 1_000, 1])
})

t.test('who has left is told no further page, and everybody else has his turn between two', async (t) => {
  const { feed, follower } = open(t)
  for (let index = 0; index < 3_000; index++) feed.commit('held', SHOP)
  const [shop, bank] = [new Ear(), new Ear()]
  follower.follow(BANK, undefined, bank)
  const stop = follower.follow(SHOP, 0, shop)
  shop.onTold = () => setImmediate(stop)
  await until(() => bank.proven.length > 2)
  t.same([shop.heard.length, feed.pages], [1_000, [1_000]])
})

t.test('who missed more than four pages is told to ask anew, in place of them', async (t) => {
  const { feed, follower } = open(t)
  for (let index = 0; index < 4_000; index++) feed.commit('held', SHOP)
  feed.commit('held', SHOP, BANK)
  const [many, fewer, few] = [new Ear(), new Ear(), new Ear()]
  follower.follow(SHOP, 0, many)
  follower.follow(SHOP, 1, fewer)
  follower.follow(BANK, 0, few)
  await until(() => [many, fewer, few].every(({ proven }) => proven.length > 0))
  t.same(
    [many, fewer, few].map(({ heard, resets }) => [heard.length, resets]),
    [
      [0, [4_001]],
      [4_000, []],
      [1, []],
    ],
  )
})

t.test('few at a time are told what they missed; the others wait, and those who missed nothing do not', async (t) => {
  const { feed, follower } = open(t)
  feed.commit('held', SHOP)
  const answer = feed.stall('siteEvents')
  const back = Array.from({ length: 10 }, () => new Ear())
  for (const ear of back) follower.follow(SHOP, 0, ear)
  const fresh = new Ear()
  follower.follow(SHOP, undefined, fresh)
  await until(() => feed.stalled > 0)
  await until(() => fresh.proven.length > 0)
  t.equal(feed.stalled, 4)
  answer()
  await until(() => back.every(({ proven }) => proven.length > 0))
  t.ok(back.every(({ heard }) => heard.length === 1))
})

t.test('what happens while somebody is told what he missed is told him behind it, once', async (t) => {
  const { feed, follower } = open(t)
  feed.commit('held', SHOP)
  const answer = feed.stall('siteEvents')
  const [back, reset] = [new Ear(), new Ear()]
  follower.follow(SHOP, 0, back)
  await until(() => feed.stalled === 1)
  feed.commit('released', SHOP)
  follower.nudge()
  await until(() => feed.stalled === 2)
  answer()
  await until(() => back.proven.at(-1) === 2)
  t.same(back.order, ['held', 'released', 2])
  const [again, stalled] = [feed.stall('siteEvents'), feed.stalled]
  follower.follow(SHOP, 0, reset)
  await until(() => feed.stalled > stalled)
  feed.setBack()
  await until(() => reset.resets.length > 0)
  again()
  await until(() => reset.proven.length > 0)
  t.same([reset.heard, reset.resets], [[], [0]], 'what a reset has overtaken')
})

t.test('what somebody missed and could not be read is told later, behind what was told', async (t) => {
  const { feed, follower, failures } = open(t)
  for (let index = 0; index < 1_500; index++) feed.commit('held', SHOP)
  const back = new Ear()
  back.onTold = () => {
    feed.unreadable = back.heard.length === 1_000
  }
  follower.follow(SHOP, 0, back)
  await until(() => feed.refusals > 2)
  t.equal(failures.length, 1)
  t.same(back.proven, [])
  feed.unreadable = false
  await until(() => back.proven.length > 0)
  t.equal(back.heard.length, 1_500)
})

t.test('what this process has committed is told at once', async (t) => {
  const { feed, follower } = open(t)
  follower.nudge()
  t.equal(feed.asked, 0, 'nobody listens')
  const shop = new Ear()
  follower.follow(SHOP, undefined, shop)
  await until(() => shop.proven.length > 0)
  const told = feed.stall('siteEvents')
  feed.commit('held', SHOP)
  follower.nudge()
  await until(() => feed.stalled === 1)
  feed.commit('released', SHOP)
  follower.nudge()
  const asked = feed.asked
  told()
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
  t.same(shop.heard, ['held', 'released'], 'before any timer could have looked')
  t.equal(feed.asked, asked + 1)
})

t.test('what cannot be told any more is a reset', async (t) => {
  const { feed, follower } = open(t)
  for (const event of ['held', 'released', 'revoked'] as const) feed.commit(event, SHOP)
  feed.forgotten = 2
  const [old, just, future] = [new Ear(), new Ear(), new Ear()]
  follower.follow(SHOP, 1, old)
  follower.follow(SHOP, 2, just)
  follower.follow(SHOP, 4, future)
  await until(() => [old, just, future].every(({ proven }) => proven.length > 0))
  t.same([old.resets, just.resets, future.resets], [[3], [], [3]])
  t.same([old.heard, just.heard, future.heard], [[], ['revoked'], []])
})

t.test('a store that was set back, or changed too much at once, resets all', async (t) => {
  const { feed, follower } = open(t)
  feed.commit('held', SHOP)
  const shop = new Ear()
  follower.follow(SHOP, undefined, shop)
  await until(() => shop.proven.length > 0)
  feed.setBack()
  await until(() => shop.resets.length > 0)
  t.same(shop.resets, [0])
  feed.commit('revoked', SHOP)
  await until(() => shop.heard.length > 0)
  t.same(shop.heard, ['revoked'])
})

t.test('while the store cannot be read nothing is proven; that is told once, and nothing is lost', async (t) => {
  const { feed, follower, failures } = open(t)
  const shop = new Ear()
  follower.follow(SHOP, undefined, shop)
  await until(() => shop.proven.length > 0)
  feed.away = true
  await until(() => feed.refusals > 2)
  const proven = shop.proven.length
  feed.commit('revoked', SHOP)
  await until(() => feed.refusals > 8)
  t.equal(shop.proven.length, proven)
  t.equal(failures.length, 1)
  feed.away = false
  await until(() => shop.proven.at(-1) === 1)
  t.same(shop.heard, ['revoked'])
})

t.test('nobody listens: the store is left alone; the end is told to whoever listens', async (t) => {
  const { feed, follower } = open(t)
  const [left, stays] = [new Ear(), new Ear()]
  const stop = follower.follow(SHOP, undefined, left)
  await until(() => left.proven.length > 0)
  stop()
  const asked = feed.asked
  const later = follower.follow(SHOP, 0, stays)
  await until(() => stays.proven.length > 0)
  t.ok(feed.asked > asked)
  feed.commit('revoked', SHOP)
  await until(() => stays.heard.length > 0)
  t.same(left.heard, [])
  follower.close()
  t.ok(stays.ended)
  const late = new Ear()
  follower.follow(SHOP, undefined, late)
  t.ok(late.ended, 'who comes after the end')
  later()
})

function open(t: Test) {
  const feed = new Feed()
  const failures: unknown[] = []
  const follower = new EventFollower({
    store: feed.store,
    monotonicNow: () => performance.now(),
    failed: (error) => failures.push(error),
  })
  t.teardown(() => follower.close())
  return { feed, follower, failures }
}
