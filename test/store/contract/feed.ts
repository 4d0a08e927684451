import type { Test } from 'tap'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, issue, NOW } from '../samples.ts'

export async function feedContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('the feed tells what changed after a position', async (t) => {
    const { store } = await freshStore(t, make)
    t.same(await store.changes(0, 'verdicts'), { position: 0, changes: [] })
    const { id } = await addSite(store)
    const { fingerprint } = await issue(store)
    await store.run('hold', act(), fingerprint)
    await store.run('release', act(), fingerprint)
    const all = [
      { position: 1, kind: 'site', key: id },
      { position: 2, kind: 'certificate', key: fingerprint },
      { position: 3, kind: 'certificate', key: fingerprint },
      { position: 4, kind: 'certificate', key: fingerprint },
    ]
    t.same(await store.changes(0, 'verdicts'), { position: 4, changes: all })
    t.same(await store.changes(3, 'verdicts'), { position: 4, changes: all.slice(3) })
    t.same(await store.changes(4, 'verdicts'), { position: 4, changes: [] })
    t.same(await store.changes(5, 'verdicts'), { position: 4, changes: 'everything' }, 'a store that was set back')
  })

  await t.test('who is too far behind is told to forget everything', async (t) => {
    const { store } = await freshStore(t, make)
    const { fingerprint } = await issue(store)
    for (let turn = 0; turn < 501; turn += 3) {
      const three = [0, 1, 2].flatMap(() => [
        store.run('hold', act(), fingerprint),
        store.run('release', act(), fingerprint),
      ])
      await Promise.all(three)
    }
    const { position } = await store.changes(0, 'verdicts')
    t.equal(position, 1_003)
    t.equal((await store.changes(2, 'verdicts')).changes, 'everything')
    t.equal((await store.changes(3, 'verdicts')).changes.length, 1_000)
  })

  await t.test('rows that were tidied away are everything; those that are left have no gaps', async (t) => {
    const { store } = await freshStore(t, make)
    const { fingerprint } = await issue(store)
    await store.run('hold', act(NOW), fingerprint)
    await store.run('release', act(NOW + DAY), fingerprint)
    await store.run('tidy', NOW + DAY)
    t.same(await store.changes(1, 'verdicts'), { position: 3, changes: 'everything' })
    t.match(await store.changes(2, 'verdicts'), { position: 3, changes: [{ position: 3, key: fingerprint }] })
  })
}
