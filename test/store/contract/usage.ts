import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStores, type MakeDatabase } from '../engine.ts'
import { act, addSite, type Enrolled, enroll, fresh, signInRow } from '../samples.ts'

const [OCTOBER, NOVEMBER] = [202610, 202611]

export async function usageContract(t: Test, make: MakeDatabase): Promise<void> {
  const [, store, node] = (await freshStores(t, make, 2)) as [unknown, Store, Store]
  const usage = async (siteId: Hex, month = NOVEMBER) => (await node.usage(month, siteId))[0]

  await t.test('each person counts once a month, at each service and at the site', async (t) => {
    const { id, name } = await addSite(store)
    const other = await addSite(store)
    const [alice, bob] = [await enroll(store), await enroll(store)]
    const nothing = { siteId: id, site: name, removed: false, plan: null, people: 0, services: [] }
    t.same(await usage(id), nothing)
    await signInAt(store, id, [
      ['web', alice, NOVEMBER],
      ['web', alice, NOVEMBER],
      ['app', alice, NOVEMBER],
      ['web', bob, NOVEMBER],
      ['web', bob, OCTOBER],
    ])
    await signInAt(store, other.id, [['web', bob, NOVEMBER]])
    const services = [
      { service: 'app', people: 1 },
      { service: 'web', people: 2 },
    ]
    t.same(await usage(id), { ...nothing, people: 2, services })
    t.same(await usage(id, OCTOBER), { ...nothing, people: 1, services: [{ service: 'web', people: 1 }] })
    t.match(await usage(other.id), { people: 1 })
    t.same(await node.usage(NOVEMBER, fresh()), [], 'of a site that there is not')
    const all = (await node.usage(NOVEMBER)).map(({ siteId }) => siteId)
    t.ok(all.includes(id) && all.includes(other.id))
  })

  await t.test('50 first sign-ins of one person at once, over two nodes, are one', async (t) => {
    const { id } = await addSite(store)
    const alice = await enroll(store)
    await Promise.all(
      Array.from({ length: 50 }, (_, racer) =>
        signInAt(racer % 2 === 0 ? store : node, id, [[`s${racer % 5}`, alice, NOVEMBER]]),
      ),
    )
    t.match(await usage(id), { people: 1, services: Array.from({ length: 5 }, () => ({ people: 1 })) })
  })

  await t.test('who is forgotten and comes back is somebody else, and who is erased was there', async (t) => {
    const { id } = await addSite(store)
    const alice = await enroll(store)
    await signInAt(store, id, [['web', alice, NOVEMBER]])
    await store.run('forgetSubject', act(), alice.subscriberId, id)
    t.match(await usage(id), { people: 1 })
    await signInAt(store, id, [['web', alice, NOVEMBER]], 1)
    await signInAt(store, id, [['web', alice, NOVEMBER]], 1)
    t.match(await usage(id), { people: 2, services: [{ service: 'web', people: 2 }] }, 'or the figure tells who he was')
    await store.run('eraseSubscriber', act(), alice.subscriberId)
    t.match(await usage(id), { people: 2 })
  })

  await t.test('a plan counts from its month on, until another one begins', async (t) => {
    const { id } = await addSite(store)
    t.equal(await store.run('setPlan', act(), id, 'free', OCTOBER), 'set')
    t.equal(await store.run('setPlan', act(), id, 'wrong', NOVEMBER), 'set')
    t.equal(await store.run('setPlan', act(), id, 'standard', NOVEMBER), 'set')
    const plans = await Promise.all([OCTOBER - 1, OCTOBER, NOVEMBER, 202701].map((month) => usage(id, month)))
    t.same(
      plans.map((one) => one?.plan),
      [null, 'free', 'standard', 'standard'],
    )
    t.match((await store.auditRowsAbout([id], 1))[0], {
      action: 'plan-set',
      detail: { plan: 'standard', from: NOVEMBER },
    })
    t.equal(await store.run('setPlan', act(), fresh(), 'free', OCTOBER), 'unknown')
  })

  await t.test('a site that was removed is told of where it signed somebody in', async (t) => {
    const { id } = await addSite(store)
    await signInAt(store, id, [['web', await enroll(store), NOVEMBER]])
    await store.run('removeSite', act(), id)
    t.match(await usage(id), { removed: true, people: 1 })
    t.equal(await usage(id, OCTOBER), undefined)
    t.equal(await store.run('setPlan', act(), id, 'free', OCTOBER), 'unknown')
  })
}

async function signInAt(
  store: Store,
  siteId: Hex,
  rows: readonly (readonly [service: string, person: Enrolled, month: number])[],
  generation = 0,
): Promise<void> {
  for (const [service, { subscriberId }, month] of rows)
    await store.run('signIn', signInRow(siteId, subscriberId, { service, month, generation }))
}
