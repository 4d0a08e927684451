import { once } from 'node:events'
import type { Test } from 'tap'
import { verifyChain } from '../../../src/domain/audit/audit-chain.ts'
import type { Change } from '../../../src/domain/feed.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStores, type MakeDatabase, openStore, startChild } from '../engine.ts'
import { AUDIT_KEY, act, issue } from '../samples.ts'

export async function nodesContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('what one node has committed, the next question of another proves', async (t) => {
    const [, one, two] = await freshStores(t, make, 2)
    const { fingerprint } = await issue(one!)
    let { position } = await two!.changes(0, 'verdicts')
    for (let turn = 0; turn < 100; turn++) {
      const command = turn % 2 === 0 ? 'hold' : 'release'
      await one!.run(command, act(), fingerprint)
      const news = await two!.changes(position, 'verdicts')
      t.match(news, { position: position + 1, changes: [{ key: fingerprint }] })
      position = news.position
      t.same(await two!.changes(position, 'verdicts'), { position, changes: [] })
    }
  })

  await t.test('what another process has committed, the next question proves', async (t) => {
    const [database, store] = await freshStores(t, make, 1)
    const issued = await Promise.all(Array.from({ length: 10 }, () => issue(store!)))
    let { position } = await store!.changes(0, 'verdicts')
    const { lines } = startChild(t, database, 'revoke', ...issued.map(({ fingerprint }) => fingerprint))
    for (const [index, { fingerprint }] of issued.entries()) {
      t.equal((await lines.next()).value, 'revoked')
      const news = await store!.changes(position, 'verdicts')
      const left = issued.slice(index).map((one) => one.fingerprint)
      t.ok(news.position === position || left.includes((news.changes as Change[])[0]!.key))
      t.match(await store!.certificate(fingerprint), { status: 'revoked' })
      position = news.position
    }
    t.equal((await store!.changes(0, 'verdicts')).position, 20)
  })

  await t.test('under parallel writers the feed comes in commit order, without loss', async (t) => {
    const [, one, two, reader] = await freshStores(t, make, 3)
    const seen: Change[] = []
    const acknowledged = new Set<string>()
    const follower = follow(reader!, seen, () => acknowledged.size < 2 * 8 * 20)
    const write = async (store: Store) => {
      for (let turn = 0; turn < 20; turn++) acknowledged.add((await issue(store)).fingerprint)
    }
    await Promise.all([one!, two!].flatMap((store) => Array.from({ length: 8 }, () => write(store))))
    await follower
    t.same(
      seen.map(({ position }) => position),
      seen.map((_, index) => index + 1),
    )
    t.same(new Set(seen.map(({ key }) => key)), acknowledged)
    t.match(await verifyChain(AUDIT_KEY, (after) => reader!.auditRows(after, 100)), {
      sound: true,
      head: { count: 640 },
    })
  })

  await t.test('a node that is killed while it writes leaves nothing half-done', async (t) => {
    const [database] = await freshStores(t, make, 0)
    for (let round = 1; round <= 3; round++) {
      const { child, lines } = startChild(t, database, 'issue')
      const acknowledged: string[] = []
      while (acknowledged.length < 20 * round) acknowledged.push((await lines.next()).value)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const store = await openStore(database)
      t.same(await missing(store, acknowledged), [], 'nothing that was acknowledged is lost')
      t.match(await wholeness(store), { sound: true, halfDone: 0 })
      await issue(store)
      await store.close()
    }
  })
}

async function follow(store: Store, seen: Change[], isWriting: () => boolean): Promise<void> {
  for (let last = false; !last; ) {
    last = !isWriting()
    const news = await store.changes(seen.length, 'verdicts')
    if (news.changes === 'everything') throw new Error('the follower was too slow for this test')
    seen.push(...news.changes)
    await new Promise(setImmediate)
  }
}

async function missing(store: Store, fingerprints: readonly string[]): Promise<string[]> {
  const found = await Promise.all(fingerprints.map((fingerprint) => store.certificate(fingerprint)))
  return fingerprints.filter((_, index) => !found[index])
}

/** Whether certificates, feed, chain and head tell one story. */
async function wholeness(store: Store): Promise<{ sound: boolean; halfDone: number }> {
  const rows = await store.auditRows(0, 100_000)
  const head = await store.auditHead()
  const { sound } = await verifyChain(AUDIT_KEY, (after) => rows.slice(after), [head])
  const issued = rows.filter(({ action }) => action === 'certificate-issued')
  const reserved = rows.filter(({ action }) => action === 'certificate-reserved')
  const { position } = await store.changes(0, 'verdicts')
  const lost = await missing(
    store,
    issued.map(({ object }) => object),
  )
  const waiting = await store.unfinished(Number.MAX_SAFE_INTEGER)
  const unequal = [position - issued.length, reserved.length - issued.length - waiting.length, head.count - rows.length]
  return { sound, halfDone: lost.length + unequal.filter((difference) => difference !== 0).length }
}
