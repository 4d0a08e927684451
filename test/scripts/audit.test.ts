import { createSecretKey } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { AuditEvent } from '../../src/domain/audit/audit.ts'
import { CHAIN_START, nextRow } from '../../src/domain/audit/audit-chain.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import { countersign, type Outcome } from '../e2e/cli.ts'

type Row = Omit<AuditEvent, 'detail'> & { readonly count: number; readonly detail: string; readonly mac: Buffer }

/** What somebody who holds the whole database might do to its audit. */
const TAMPERINGS: Readonly<Record<string, (database: Database.Database, rows: readonly Row[]) => void>> = {
  'a row was edited': (database, rows) => {
    database.prepare("UPDATE audit SET actor = 'operator:somebody-else' WHERE count = ?").run(rows[2]!.count)
  },
  'a row was deleted': (database, rows) => {
    database.prepare('DELETE FROM audit WHERE count = ?').run(rows[2]!.count)
  },
  'a row was deleted and those behind it moved up': (database, rows) => {
    database.prepare('DELETE FROM audit WHERE count = ?').run(rows[2]!.count)
    for (const { count } of rows.slice(3))
      database.prepare('UPDATE audit SET count = ? WHERE count = ?').run(count - 1, count)
    database.prepare('UPDATE ledger SET audit_count = audit_count - 1').run()
  },
  'two rows were swapped': (database, rows) => {
    const [one, two] = [rows[1]!.count, rows[2]!.count]
    for (const [from, to] of [
      [one, -1],
      [two, one],
      [-1, two],
    ] as const)
      database.prepare('UPDATE audit SET count = ? WHERE count = ?').run(to, from)
  },
  'the end was cut off, and the ledger says so': (database, rows) => {
    const last = rows.at(-3)!
    database.prepare('DELETE FROM audit WHERE count > ?').run(last.count)
    database.prepare('UPDATE ledger SET audit_count = ?, audit_mac = ?').run(last.count, last.mac)
  },
  'the whole chain was made anew, with another key': (database, rows) => {
    const key = createSecretKey(deriveKeyring(Buffer.alloc(32, 7)).audit)
    let head = CHAIN_START
    for (const row of rows) {
      const made = nextRow(key, head, { ...row, detail: JSON.parse(row.detail) })
      database.prepare('UPDATE audit SET mac = ? WHERE count = ?').run(Buffer.from(made.mac, 'hex'), made.count)
      head = made
    }
    database.prepare('UPDATE ledger SET audit_mac = ?').run(Buffer.from(head.mac, 'hex'))
  },
}

t.test('audit verify finds what was done to the database behind its back', async (t) => {
  const home = folder(t)
  for (const args of [
    ['ca', 'init'],
    ['site', 'add', 'one', '--return-to', 'https://one.example/'],
    ['site', 'add', 'two', '--return-to', 'https://two.example/'],
    ['site', 'remove', 'one'],
    ['invite'],
  ]) {
    t.equal((await run(home, ...args)).code, 0, args.join(' '))
  }
  t.equal((await run(home, 'audit', 'verify')).code, 0, 'untouched, it is whole')

  for (const [what, tamper] of Object.entries(TAMPERINGS)) {
    const copy = folder(t)
    cpSync(home, copy, { recursive: true })
    const database = new Database(join(copy, 'countersign.db'))
    const rows = database
      .prepare('SELECT count, at, actor, action, object, detail, mac FROM audit ORDER BY count')
      .all() as Row[]
    tamper(database, rows)
    database.close()
    const { code, stdout, stderr } = await run(copy, 'audit', 'verify')
    t.equal(code, 1, what)
    t.equal(stdout, '')
    t.match(stderr, /audit chain is broken at row \d+/)
  }
})

t.test('audit verify is not content without a head file, and no command makes one behind rows', async (t) => {
  const home = folder(t)
  const head = join(home, 'audit.head')
  t.equal((await run(home, 'ca', 'init')).code, 0)
  const empty = await run(home, 'audit', 'verify')
  t.equal(empty.code, 0, empty.stderr)
  t.equal(empty.data.rows, 0, 'an empty chain needs none')
  t.equal((await run(home, 'site', 'add', 'one', '--return-to', 'https://one.example/')).code, 0)
  t.match((await run(home, 'audit', 'verify')).data, { rows: 1, head_file: 1 }, 'commands alone keep one')

  rmSync(head)
  for (const args of [
    ['audit', 'verify'],
    ['site', 'list'],
    ['audit', 'verify'],
  ]) {
    const { code, stdout, stderr } = await run(home, ...args)
    t.notOk(existsSync(head), args.join(' '))
    if (args[0] === 'site') continue
    t.equal(code, 1)
    t.equal(stdout, '')
    t.match(stderr, /no head file .* start the service once/)
  }
})

function folder(t: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'countersign-audit-'))
  t.teardown(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function run(home: string, ...args: readonly string[]): Promise<Outcome> {
  return countersign({ settings: { COUNTERSIGN_HOME: home } }, ...args, '--json')
}
