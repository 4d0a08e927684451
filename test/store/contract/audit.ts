import { createSecretKey } from 'node:crypto'
import type { Test } from 'tap'
import type { AuditHead, AuditRow } from '../../../src/domain/audit/audit.ts'
import { CHAIN_START, nextRow, verifyChain } from '../../../src/domain/audit/audit-chain.ts'
import type { Store } from '../../../src/domain/store.ts'
import { type Database, freshStore, type MakeDatabase } from '../engine.ts'
import { AUDIT_KEY, act, addSite, enroll, fresh, issue, NOW, walk } from '../samples.ts'

export async function auditContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('each effect has its row, in order', async (t) => {
    const { store } = await freshStore(t, make)
    t.same(await store.auditHead(), CHAIN_START)
    const shop = await addSite(store)
    const enrolled = await enroll(store)
    const { fingerprint, deviceId } = enrolled
    await store.run('walk', act(), walk(enrolled, shop.id, 1))
    await store.run('setAskEveryTime', act(), deviceId, true)
    await store.run('hold', act(), fingerprint)
    await store.run('release', act(), fingerprint)
    await store.run('revoke', { at: NOW + 1, actor: 'device:abc' }, fingerprint, 'superseded')
    await store.run('removeSite', act(), shop.id)
    const event = {
      at: NOW,
      actor: 'site:shop',
      action: 'administration-refused',
      object: 'ä',
      detail: { why: 'b', a: 1, none: null, ok: true },
    } as const
    t.equal(await store.run('note', event), 'noted')

    const rows = await store.auditRows(0, 100)
    t.same(
      rows.map(({ action }) => action),
      [
        'site-added',
        'invitation-made',
        'subscriber-enrolled',
        'certificate-reserved',
        'certificate-issued',
        'revalidation-passed',
        'device-changed',
        'certificate-held',
        'certificate-released',
        'certificate-revoked',
        'site-removed',
        'administration-refused',
      ],
    )
    t.same(
      rows.map(({ count }) => count),
      rows.map((_, index) => index + 1),
    )
    t.match(rows[9], { at: NOW + 1, actor: 'device:abc', object: fingerprint, detail: { reason: 'superseded' } })
    t.match(rows[11], event)
    t.same(await store.auditRows(10, 1), [rows[10]])
    t.same(await store.auditHead(), { count: 12, mac: rows[11]!.mac })
    t.match(await verify(store), { sound: true, head: { count: 12 } })
  })

  await t.test('what has no effect has no row', async (t) => {
    const { store } = await freshStore(t, make)
    const { fingerprint } = await issue(store)
    const before = await store.auditHead()
    await store.run('release', act(), fingerprint)
    await store.run('revoke', act(), fresh(32), 'superseded')
    await store.run('removeSite', act(), fresh())
    await store.run('abandon', act(), fresh())
    await store.run('guess', 'x', NOW, 1)
    t.same(await store.auditHead(), before)
  })

  await t.test('listeners are told the end of the chain after each commit', async (t) => {
    const { store } = await freshStore(t, make)
    const told: AuditHead[] = []
    store.onAudit((head) => told.push(head))
    await issue(store)
    t.same(told.at(-1), await store.auditHead())
    const count = told.length
    await store.run('guess', 'x', NOW, 1)
    t.equal(told.length, count)
  })

  for (const [name, meddle, found] of MEDDLINGS) {
    await t.test(`${name} is found`, async (t) => {
      const { store, database } = await freshStore(t, make)
      for (let row = 0; row < 3; row++) await issue(store)
      const head = await store.auditHead()
      t.match(await verify(store, [head]), { sound: true })
      await meddle(database, await store.auditRows(0, 10))
      t.match(await verify(store, [head]), { sound: false, ...found })
    })
  }
}

type Meddle = (database: Database, rows: readonly AuditRow[]) => Promise<void>

/** What someone can do who holds the whole database, but no key. */
const MEDDLINGS: readonly (readonly [name: string, meddle: Meddle, found: object])[] = [
  [
    'an edited row',
    (db) => db.meddle("UPDATE audit SET actor = 'operator:eve' WHERE count = 2"),
    { fault: 'mac-mismatch', count: 2 },
  ],
  [
    'an edited detail',
    (db) => db.meddle(`UPDATE audit SET detail = '{"x":1}' WHERE count = 3`),
    { fault: 'mac-mismatch', count: 3 },
  ],
  ['a deleted row', (db) => db.meddle('DELETE FROM audit WHERE count = 4'), { fault: 'out-of-order', count: 5 }],
  [
    'a pair of swapped rows',
    async (db) => {
      for (const [from, to] of [
        [3, -1],
        [4, 3],
        [-1, 4],
      ])
        await db.meddle(`UPDATE audit SET count = ${to} WHERE count = ${from}`)
    },
    { fault: 'mac-mismatch', count: 3 },
  ],
  [
    'a chain cut off at its end',
    (db) => db.meddle('DELETE FROM audit WHERE count > 4'),
    { fault: 'cut-off', count: 4 },
  ],
  [
    'a chain computed anew with another key',
    async (db, rows) => {
      const key = createSecretKey(Buffer.alloc(32, 8))
      let head = CHAIN_START
      for (const row of rows) {
        head = nextRow(key, head, row)
        const mac = db.engine === 'sqlite' ? `x'${head.mac}'` : `'\\x${head.mac}'`
        await db.meddle(`UPDATE audit SET mac = ${mac} WHERE count = ${row.count}`)
      }
    },
    { fault: 'mac-mismatch', count: 1 },
  ],
]

function verify(store: Store, expected: readonly AuditHead[] = []) {
  return verifyChain(AUDIT_KEY, (after) => store.auditRows(after, 5), expected)
}
