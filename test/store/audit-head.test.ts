import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import type { Store } from '../../src/domain/store.ts'
import { advanceAuditHead, followAuditHead, readAuditHead } from '../../src/store/audit-head.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { issue } from './samples.ts'

const keyring = deriveKeyring(Buffer.alloc(32, 1))

async function home(t: Test): Promise<{ file: string; store: Store }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-head-'))
  const store = await openSqliteStore({ file: join(folder, 'store.db'), auditKey: keyring.audit })
  t.teardown(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return { file: join(folder, 'audit.head'), store }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !condition(); await pause(10)) if (Date.now() > end) throw new Error('never')
}

function countIn(file: string): number {
  try {
    return readAuditHead(file, keyring).count
  } catch {
    return -1
  }
}

await t.test('the head follows the chain', async (t) => {
  const { file, store } = await home(t)
  await issue(store)
  const follower = followAuditHead({ file, keyring, store })
  await until(() => countIn(file) === 2)
  t.same(readAuditHead(file, keyring), await store.auditHead(), 'also what was there before')
  t.equal(statSync(file).mode & 0o777, 0o600)
  await issue(store)
  await until(() => countIn(file) === 4)
  await issue(store)
  await follower.stop()
  t.same(readAuditHead(file, keyring), await store.auditHead(), 'the last one is written at the stop')
})

await t.test('it never goes backwards', async (t) => {
  const { file, store } = await home(t)
  const options = { file, keyring, store }
  await advanceAuditHead(options, await store.auditHead())
  t.equal(countIn(file), 0, 'an empty chain has a head, too')
  await issue(store)
  const early = await store.auditHead()
  await issue(store)
  await advanceAuditHead(options, await store.auditHead())
  await advanceAuditHead(options, early)
  t.equal(countIn(file), 4)
})

await t.test('a head that is no longer in the chain is evidence, and kept', async (t) => {
  const { file, store } = await home(t)
  const options = { file, keyring, store }
  for (let row = 0; row < 3; row++) await issue(store)
  await advanceAuditHead(options, await store.auditHead())
  const evidence = readFileSync(file, 'utf8')
  const [row] = await store.auditRows(5, 1)
  for (const [name, auditRows] of [
    ['cut off', () => []],
    ['computed anew', () => [{ ...row!, mac: '00'.repeat(32) }]],
  ] as const) {
    const rewritten = { ...options, store: { ...store, auditRows } }
    await t.rejects(advanceAuditHead(rewritten, { count: 9, mac: '11'.repeat(32) }), { code: 'audit-broken' }, name)
    await t.rejects(advanceAuditHead(rewritten, { count: 1, mac: '11'.repeat(32) }), { code: 'audit-broken' }, name)
    t.equal(readFileSync(file, 'utf8'), evidence)
    const told: unknown[] = []
    const log = { warn: () => {}, error: (facts: object) => void told.push(facts) }
    await followAuditHead({ ...rewritten, log }).stop()
    t.match(told, [{ err: { code: 'audit-broken' } }])
  }
})

await t.test('a head that someone else wrote is refused', async (t) => {
  const { file, store } = await home(t)
  await issue(store)
  const options = { file, keyring, store }
  await advanceAuditHead(options, await store.auditHead())
  const { count, mac, seal } = JSON.parse(readFileSync(file, 'utf8'))
  for (const text of [
    JSON.stringify({ count: count + 1, mac, seal }),
    JSON.stringify({ count, mac, seal: '' }),
    '',
    '{}',
    'null',
  ]) {
    writeFileSync(file, text)
    t.throws(() => readAuditHead(file, keyring), { code: 'audit-broken' })
    await t.rejects(advanceAuditHead(options, await store.auditHead()), { code: 'audit-broken' })
    t.equal(readFileSync(file, 'utf8'), text)
  }
  t.throws(() => readAuditHead(file, deriveKeyring(Buffer.alloc(32, 2))), { code: 'audit-broken' })
})

await t.test('a file that cannot be read is no missing file', async (t) => {
  const { file, store } = await home(t)
  await issue(store)
  mkdirSync(file)
  const head = await store.auditHead()
  await t.rejects(advanceAuditHead({ file, keyring, store }, head), { code: 'EISDIR' })
  await t.rejects(
    advanceAuditHead({ file: join(file, 'no', 'folder'), keyring, store }, head),
    /directory does not exist/,
  )
})

await t.test('one at a time: a lock that looks old is no lock that was left behind', async (t) => {
  const { file, store } = await home(t)
  const options = { file, keyring, store }
  await issue(store)
  await advanceAuditHead(options, await store.auditHead())
  await issue(store)
  const head = await store.auditHead()
  const gate = Promise.withResolvers<void>()
  let isInside = false
  const auditRows: Store['auditRows'] = async (after, limit) => {
    isInside = true
    await gate.promise
    return store.auditRows(after, limit)
  }
  const slow = advanceAuditHead({ ...options, store: { ...store, auditRows } }, head)
  await until(() => isInside)
  const longAgo = Date.now() / 1_000 - 3_600
  utimesSync(`${file}.lock`, longAgo, longAgo)
  const order: string[] = []
  const second = advanceAuditHead(options, head).then(() => order.push('second'))
  const waited = pause(100).then(() => order.push('the first has not ended'))
  await Promise.race([second, waited])
  gate.resolve()
  await slow
  await second
  t.equal(order[0], 'the first has not ended')
  t.equal(countIn(file), 4)
})

await t.test('a lock file that was left behind holds nobody up, whatever the clock says', async (t) => {
  const { file, store } = await home(t)
  await issue(store)
  for (const hours of [-1, 1]) {
    rmSync(file, { force: true })
    writeFileSync(`${file}.lock`, '')
    const then = Date.now() / 1_000 + hours * 3_600
    utimesSync(`${file}.lock`, then, then)
    const done = advanceAuditHead({ file, keyring, store }, await store.auditHead())
    await Promise.race([done, pause(2_000)])
    t.equal(countIn(file), 2)
  }
})

await t.test('many at once leave the newest head', async (t) => {
  const { file, store } = await home(t)
  const heads = []
  for (let head = 0; head < 10; head++) {
    await issue(store)
    heads.push(await store.auditHead())
  }
  await Promise.all(heads.map((head) => advanceAuditHead({ file, keyring, store }, head)))
  t.same(readAuditHead(file, keyring), await store.auditHead())
})
