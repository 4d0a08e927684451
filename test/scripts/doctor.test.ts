import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { countersign, type Json, type Outcome } from '../e2e/cli.ts'

/** What can be wrong with a home, and the check that must say so. */
const FAULTS: Readonly<
  Record<
    string,
    { readonly plant: (home: string) => void; readonly check: RegExp; readonly said?: RegExp; readonly grade: string }
  >
> = {
  'a key that others may read': {
    plant: (home) => chmodSync(join(home, 'ca', 'api.key'), 0o644),
    check: /^files$/,
    grade: 'fault',
  },
  'a seal key that is gone': { plant: (home) => rmSync(join(home, 'seal.key')), check: /^files$/, grade: 'fault' },
  'a key that is not its certificate’s': {
    plant: (home) => cpSync(join(home, 'ca', 'api.key'), join(home, 'ca', 'browser.key')),
    check: /^authority$/,
    grade: 'fault',
  },
  'a schema from the future': {
    plant: (home) =>
      change(
        home,
        'UPDATE schema_versions SET version = version + 1 WHERE version = (SELECT max(version) FROM schema_versions)',
      ),
    check: /^store$/,
    grade: 'fault',
  },
  'a store that is none': {
    plant: (home) => {
      for (const end of ['-wal', '-shm']) rmSync(join(home, `countersign.db${end}`), { force: true })
      writeFileSync(join(home, 'countersign.db'), 'not a store'.repeat(1_000))
    },
    check: /^store$/,
    said: /not a database/,
    grade: 'fault',
  },
  'a clock that was set back': {
    plant: (home) => change(home, `UPDATE audit SET at = at + 86400000 WHERE count = (SELECT max(count) FROM audit)`),
    check: /^clock$/,
    grade: 'fault',
  },
  'an audit that was edited': {
    plant: (home) => change(home, `UPDATE audit SET object = 'x' WHERE count = 1`),
    check: /^audit$/,
    grade: 'fault',
  },
  'an audit whose end was cut off': {
    plant: (home) => change(home, 'DELETE FROM audit'),
    check: /^audit$/,
    grade: 'fault',
  },
  'an audit head that is gone': { plant: (home) => rmSync(join(home, 'audit.head')), check: /^audit$/, grade: 'fault' },
  'an audit head that somebody else wrote': {
    plant: (home) => writeFileSync(join(home, 'audit.head'), '{}'),
    check: /^audit$/,
    grade: 'fault',
  },
  'a revocation list that ran out': {
    plant: (home) => change(home, 'UPDATE revocation_lists SET next_update = 1'),
    check: /^crl root$/,
    grade: 'fault',
  },
}

t.test('doctor finds nothing broken in a home that was just made, and each fault that is planted', async (t) => {
  const home = folder(t)
  for (const args of [
    ['ca', 'init'],
    ['ca', 'crl'],
    ['site', 'add', 'one', '--return-to', 'https://one.example/'],
  ]) {
    t.equal((await run(home, ...args)).code, 0, args.join(' '))
  }
  const sound = await run(home, 'doctor')
  t.equal(sound.code, 0, sound.stdout)
  t.equal(sound.data.healthy, true)

  for (const [what, { plant, check, said = /./, grade }] of Object.entries(FAULTS)) {
    const copy = folder(t)
    cpSync(home, copy, { recursive: true })
    plant(copy)
    const { code, data } = await run(copy, 'doctor')
    t.equal(code, 1, what)
    const found = (data.findings as Json[]).filter((finding) => finding.grade === grade)
    t.ok(
      found.some(
        ({ check: name, finding, cure }) =>
          check.test(String(name)) && said.test(String(finding)) && String(cure).length > 0,
      ),
      `${what}: ${JSON.stringify(found)}`,
    )
  }
})

function change(home: string, statement: string): void {
  const database = new Database(join(home, 'countersign.db'))
  const { changes } = database.prepare(statement).run()
  database.close()
  if (changes === 0) throw new TypeError(`nothing was changed by ${statement}`)
}

function folder(t: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'countersign-doctor-'))
  t.teardown(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function run(home: string, ...args: readonly string[]): Promise<Outcome> {
  return countersign({ settings: { COUNTERSIGN_HOME: home } }, ...args, '--json')
}
