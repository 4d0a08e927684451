import { createSecretKey } from 'node:crypto'
import t from 'tap'
import type { AuditEvent, AuditHead, AuditRow } from '../../../src/domain/audit/audit.ts'
import { CHAIN_START, detailText, nextRow, sameMac, verifyChain } from '../../../src/domain/audit/audit-chain.ts'

const KEY = Buffer.alloc(32, 1)

const event: AuditEvent = {
  at: 1_790_000_000_000,
  actor: 'operator:cli',
  action: 'site-added',
  object: 'ab',
  detail: { name: 'shop' },
}

function chain(length: number, key = KEY): AuditRow[] {
  const rows: AuditRow[] = []
  let head: AuditHead = CHAIN_START
  for (let index = 0; index < length; index++) {
    const row = nextRow(createSecretKey(key), head, { ...event, object: String(index) })
    rows.push(row)
    head = row
  }
  return rows
}

/** Verifies in batches of two. */
function verify(rows: readonly AuditRow[], expected: readonly AuditHead[] = []) {
  return verifyChain(KEY, (after) => rows.filter(({ count }) => count > after).slice(0, 2), expected)
}

await t.test('a chain goes through all heads that it ever had', async (t) => {
  const rows = chain(5)
  t.same(await verify(rows, [CHAIN_START, rows[1]!, rows[4]!]), { sound: true, head: { count: 5, mac: rows[4]!.mac } })
  t.same(await verify([]), { sound: true, head: CHAIN_START })
})

await t.test('every field counts', (t) => {
  const key = createSecretKey(KEY)
  const { mac } = nextRow(key, CHAIN_START, event)
  const others: readonly AuditEvent[] = [
    { ...event, at: event.at + 1 },
    { ...event, actor: 'operator:clx' },
    { ...event, action: 'site-removed' },
    { ...event, object: 'abc' },
    { ...event, detail: {} },
    { ...event, detail: { name: null } },
    // the same letters, parted elsewhere
    { ...event, actor: 'operator:c', object: 'liab' as string },
  ]
  for (const other of others) t.not(nextRow(key, CHAIN_START, other).mac, mac)
  t.not(nextRow(key, { count: 1, mac: CHAIN_START.mac }, event).mac, mac)
  t.not(nextRow(key, { count: 0, mac: '01'.repeat(32) }, event).mac, mac)
  t.not(nextRow(createSecretKey(Buffer.alloc(32, 2)), CHAIN_START, event).mac, mac)
  t.end()
})

await t.test('the order of the details does not count', (t) => {
  t.equal(detailText({ b: 1, a: 'x' }), '{"a":"x","b":1}')
  t.equal(detailText({ b: 1, a: 'x' }), detailText(JSON.parse('{"a":"x","b":1}')))
  t.end()
})

await t.test('whatever is done to a chain is found, and where', async (t) => {
  const rows = chain(5)
  const head = rows[4]!
  const edited = rows.map((row) => (row.count === 3 ? { ...row, object: 'x' } : row))
  t.same(await verify(edited), { sound: false, fault: 'mac-mismatch', count: 3 })
  t.same(await verify(rows.filter(({ count }) => count !== 3)), { sound: false, fault: 'out-of-order', count: 4 })
  const swapped = rows.map((row) => ({ ...row, count: row.count === 2 ? 3 : row.count === 3 ? 2 : row.count }))
  t.match(await verify(swapped.sort((a, b) => a.count - b.count)), { sound: false, fault: 'mac-mismatch', count: 2 })
  t.same(await verify(rows.slice(0, 4), [head]), { sound: false, fault: 'cut-off', count: 4 })
  t.same(await verify(rows.slice(0, 4)), { sound: true, head: { count: 4, mac: rows[3]!.mac } })
  t.match(await verify(chain(5, Buffer.alloc(32, 2))), { sound: false, fault: 'mac-mismatch', count: 1 })
  const other = nextRow(createSecretKey(KEY), rows[3]!, event)
  t.same(await verify([...rows.slice(0, 4), other], [head]), { sound: false, fault: 'head-mismatch', count: 5 })
})

t.equal(sameMac('00', '0000'), false)
