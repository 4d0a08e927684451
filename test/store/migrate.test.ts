import { randomBytes } from 'node:crypto'
import t from 'tap'
import { type MigrationEngine, migrate } from '../../src/store/migrate.ts'
import { MIGRATIONS, type Migration } from '../../src/store/migrations.ts'
import { SPELLING, SqliteConnection, transactionOn } from '../../src/store/sqlite/connection.ts'

/** Migrations on a database in memory. */
function engineOn(connection: SqliteConnection): MigrationEngine {
  return {
    spelling: SPELLING,
    alone: async (work) => {
      connection.run('BEGIN', [])
      try {
        const result = await work(transactionOn(connection))
        connection.run('COMMIT', [])
        return result
      } catch (error) {
        connection.run('ROLLBACK', [])
        throw error
      }
    },
  }
}

const extra: Migration = {
  name: 'one table more',
  statements: ({ bytes }) => [`CREATE TABLE extra (it ${bytes})`, 'INSERT INTO extra (it) VALUES (NULL)'],
}

function versionsOf(connection: SqliteConnection): unknown[] {
  return connection.all('SELECT version, name FROM schema_versions ORDER BY version', [])
}

await t.test('each migration runs once, forward', async (t) => {
  const connection = new SqliteConnection(':memory:', 0)
  await migrate(engineOn(connection))
  t.equal(versionsOf(connection).length, MIGRATIONS.length)
  await migrate(engineOn(connection), [...MIGRATIONS, extra])
  await migrate(engineOn(connection), [...MIGRATIONS, extra])
  t.same(versionsOf(connection).at(-1), { version: MIGRATIONS.length + 1, name: extra.name })
  t.same(connection.all('SELECT count(*) AS count FROM extra', []), [{ count: 1 }])
  t.same(connection.all('SELECT position, audit_count FROM ledger', []), [{ position: 0, audit_count: 0 }])
})

await t.test('a migration that fails leaves nothing behind, and those before it stand', async (t) => {
  const connection = new SqliteConnection(':memory:', 0)
  const broken: Migration = {
    name: 'broken',
    statements: () => ['CREATE TABLE half (it INTEGER)', 'INSERT INTO nowhere VALUES (1)'],
  }
  await t.rejects(migrate(engineOn(connection), [...MIGRATIONS, extra, broken]), /nowhere/)
  t.equal(versionsOf(connection).length, MIGRATIONS.length + 1)
  t.same(connection.all("SELECT name FROM sqlite_schema WHERE name = 'half'", []), [])
})

await t.test('a newer schema is refused', async (t) => {
  const connection = new SqliteConnection(':memory:', 0)
  await migrate(engineOn(connection), [...MIGRATIONS, extra])
  await t.rejects(migrate(engineOn(connection)), { code: 'schema-newer' })
})

await t.test('people from before several checks: what they have stays theirs', async (t) => {
  const connection = new SqliteConnection(':memory:', 0)
  const id = Buffer.alloc(16, 1)
  await migrate(engineOn(connection), MIGRATIONS.slice(0, 1))
  connection.run('PRAGMA foreign_keys = ON', [])
  connection.run('INSERT INTO subscribers (id, created_at) VALUES ($1, 1)', [id])
  connection.run("INSERT INTO credentials (id, subscriber_id, check_name, secret) VALUES ($1, $1, 'totp', $1)", [id])
  connection.run('INSERT INTO invitations (token_hash, created_at, expires_at) VALUES ($1, 1, 2)', [id])
  connection.run("INSERT INTO guesses (key, started_at, count) VALUES ('wrong:x', 1, 3)", [])
  await migrate(engineOn(connection))
  t.match(connection.all('SELECT label, created_at, last_used_at FROM credentials', []), [
    { label: null, created_at: null, last_used_at: null },
  ])
  t.match(connection.all('SELECT subscriber_id, new_checks FROM invitations', []), [
    { subscriber_id: null, new_checks: 1 },
  ])
  t.match(connection.all('SELECT count, last_at FROM guesses', []), [{ count: 3, last_at: null }])
})

await t.test('sign-ins from before usage was counted: each person once, at each service and at the site', async (t) => {
  const connection = new SqliteConnection(':memory:', 0)
  const before = MIGRATIONS.findIndex(({ name }) => name.startsWith('usage'))
  await migrate(engineOn(connection), MIGRATIONS.slice(0, before))
  const [shop, alice, bob] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2), Buffer.alloc(16, 3)]
  connection.run("INSERT INTO sites (id, name, return_to, checks, created_at) VALUES ($1, 'shop', '[]', '[]', 1)", [
    shop,
  ])
  for (const id of [alice, bob]) connection.run('INSERT INTO subscribers (id, created_at) VALUES ($1, 1)', [id])
  for (const [service, person, month] of [
    ['web', alice, 202610],
    ['web', alice, 202611],
    ['web', bob, 202611],
    ['app', alice, 202611],
  ] as const)
    connection.run(
      'INSERT INTO sign_ins (site_id, service, subscriber_id, month, first_at) VALUES ($1, $2, $3, $4, 1)',
      [shop, service, person, month],
    )
  await migrate(engineOn(connection))
  t.same(connection.all('SELECT month, service, people FROM usage_counts ORDER BY month, service', []), [
    { month: 202610, service: '', people: 1 },
    { month: 202610, service: 'web', people: 1 },
    { month: 202611, service: '', people: 2 },
    { month: 202611, service: 'app', people: 1 },
    { month: 202611, service: 'web', people: 2 },
  ])
})

await t.test(
  'walks from before meetings were kept: of who walked there and was not forgotten, by tickets that stand',
  async (t) => {
    const connection = new SqliteConnection(':memory:', 0)
    const before = MIGRATIONS.findIndex(({ name }) => name.startsWith('whom sites have met'))
    await migrate(engineOn(connection), MIGRATIONS.slice(0, before))
    const row = (table: string, values: Readonly<Record<string, number | string | Buffer>>) => {
      const columns = Object.keys(values)
      const places = columns.map((_, index) => `$${index + 1}`)
      connection.run(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
        Object.values(values),
      )
    }
    const idOf = (byte: number) => Buffer.alloc(16, byte)
    const [shop, gone, walked, came, forgotten] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]
    const fingerprintOf = (id: Buffer) => Buffer.concat([id, id])
    for (const id of [shop, gone])
      row('sites', { id, name: id.toString('hex'), return_to: '[]', checks: '[]', created_at: 1 })
    connection.run('UPDATE sites SET removed_at = 1 WHERE id = $1', [gone])
    for (const id of [walked, came, forgotten]) {
      row('subscribers', { id, created_at: 1 })
      row('certificates', {
        ...{ fingerprint: fingerprintOf(id), serial: id, issuer: 'browser', profile: 'browser', label: '' },
        ...{ subscriber_id: id, not_before: 1, not_after: 9, expires_at: 9, key_hash: id, created_at: 1 },
        ...{ status: 'active', ask_every_time: 0 },
      })
      for (const site_id of [shop, gone]) {
        row('subjects', { site_id, subscriber_id: id, subject: Buffer.concat([id, site_id]) })
        row('vouches', { site_id, subscriber_id: id, kind: 'paid', since: 1, expires_at: 9 })
      }
    }
    for (const [id, site_id, spent_at] of [
      [walked, shop, 7],
      [walked, shop, 5],
      [walked, gone, 5],
      [forgotten, shop, 5],
    ] as const)
      row('spent_tickets', {
        ticket_id: randomBytes(16),
        fingerprint: fingerprintOf(id),
        site_id,
        spent_at,
        forget_at: 9,
      })
    row('subject_generations', { site_id: shop, subscriber_id: forgotten, generation: 1 })
    await migrate(engineOn(connection))
    t.same(connection.all('SELECT site_id, subscriber_id, first_at FROM meetings', []), [
      { site_id: shop, subscriber_id: walked, first_at: 5 },
    ])
    t.same(connection.all('SELECT site_id, subscriber_id FROM vouches WHERE met = 1', []), [
      { site_id: shop, subscriber_id: walked },
    ])
  },
)
