import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { monotonicNow } from '../../../src/store/deadline.ts'
import { SqliteConnection } from '../../../src/store/sqlite/connection.ts'
import { SqliteWriter } from '../../../src/store/sqlite/writer.ts'
import { AUDIT_KEY, NOW } from '../samples.ts'

const threads: Worker[] = []
process.on('worker', (worker) => threads.push(worker))

async function openWriter(t: Test): Promise<{ writer: SqliteWriter; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-writer-'))
  const file = join(folder, 'store.db')
  const writer = await SqliteWriter.open({ file, auditKey: AUDIT_KEY })
  t.teardown(async () => {
    await writer.close()
    rmSync(folder, { recursive: true })
  })
  return { writer, file }
}

function guess(limit = 9) {
  return { name: 'guess', args: ['key', NOW, limit], due: monotonicNow() + 1_500 } as const
}

await t.test('a thread that has ended is a refusal, then a new thread', async (t) => {
  const { writer } = await openWriter(t)
  t.match(await writer.commit([guess()]), { outcomes: [{ value: 'allowed' }] })
  const lost = writer.commit([guess(), guess()])
  await threads.at(-1)!.terminate()
  t.match(await lost, { outcomes: Array(2).fill({ refused: 'store-unavailable' }) })
  t.match(await writer.commit([guess()]), { outcomes: [{ value: 'allowed' }] })
  t.equal(threads.length, 2)
})

await t.test('a command whose caller has gone is not done', async (t) => {
  const { writer } = await openWriter(t)
  const { outcomes } = await writer.commit([{ ...guess(1), due: monotonicNow() - 1 }, guess(1)])
  t.match(outcomes, [{ refused: 'store-unavailable' }, { value: 'allowed' }])
})

await t.test('what a command takes arrives as it is; bytes of a shared pool come alone', async (t) => {
  const { writer, file } = await openWriter(t)
  const list = { issuer: 'api', number: 1, thisUpdate: 1, nextUpdate: 2 }
  const uses = [{ fingerprint: 'ab'.repeat(32), at: NOW }]
  const due = monotonicNow() + 1_500
  const { outcomes } = await writer.commit([
    { name: 'publishCrl', args: [{ ...list, der: Buffer.from('before list after').subarray(7, 11) }], due },
    { name: 'publishCrl', args: [{ ...list, issuer: 'root', der: new Uint8Array([1, 2]) }], due },
    { name: 'uses', args: [uses], due },
    { name: 'signIn', args: [null], due },
  ])
  t.match(outcomes, [{ value: 'published' }, { value: 'published' }, { value: 'recorded' }, { refused: 'internal' }])
  const reader = new SqliteConnection(file, 0)
  t.same(reader.all('SELECT der FROM revocation_lists ORDER BY issuer', []), [
    { der: Buffer.from('list') },
    { der: Buffer.from([1, 2]) },
  ])
  reader.close()
})

await t.test('a thread that fails at its start is a refusal', async (t) => {
  const { writer, file } = await openWriter(t)
  await writer.close()
  const broken = SqliteWriter.open({ file, auditKey: 5 as never })
  await t.rejects(broken, { code: 'store-unavailable', cause: { cause: Error } })
})

await t.test('a newer schema is refused by name', async (t) => {
  const { writer, file } = await openWriter(t)
  await writer.close()
  const connection = new SqliteConnection(file, 0)
  connection.run("INSERT INTO schema_versions (version, name) VALUES (99, 'from the future')", [])
  connection.close()
  await t.rejects(SqliteWriter.open({ file, auditKey: AUDIT_KEY }), { code: 'schema-newer' })
})

await t.test('a file that cannot be opened is a refusal at the start', async (t) => {
  const nowhere = join(tmpdir(), 'countersign-no-such-folder', 'store.db')
  await t.rejects(SqliteWriter.open({ file: nowhere, auditKey: AUDIT_KEY }), { code: 'store-unavailable' })
})
