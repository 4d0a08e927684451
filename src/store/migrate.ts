import { CHAIN_START } from '../domain/audit/audit-chain.ts'
import { IdentityError } from '../errors.ts'
import { bytes } from './columns.ts'
import { MIGRATIONS, type Migration, type Spelling } from './migrations.ts'
import type { Transaction } from './transaction.ts'

/** What an engine lends to the migrations. */
export interface MigrationEngine {
  readonly spelling: Spelling
  /** Runs the work in one transaction that no other migrating process can be in at the same time. */
  alone<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

/**
 * Brings the schema to the program's version, one transaction for each migration.
 * @param migrations for tests; the program's own by default
 * @throws IdentityError schema-newer when a newer program has been here
 */
export async function migrate(engine: MigrationEngine, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await engine.alone((tx) => prepare(tx, engine.spelling))
  while (await engine.alone((tx) => step(tx, engine.spelling, migrations)));
}

async function prepare(tx: Transaction, { integer, strict }: Spelling): Promise<void> {
  const columns = `version ${integer} PRIMARY KEY, name TEXT NOT NULL`
  await tx.run(`CREATE TABLE IF NOT EXISTS schema_versions (${columns}) ${strict}`, [])
}

/** @returns whether there may be more to do */
async function step(tx: Transaction, spelling: Spelling, migrations: readonly Migration[]): Promise<boolean> {
  const newest = await tx.one<{ version: number | null }>('SELECT max(version) AS version FROM schema_versions', [])
  const version = newest?.version ?? 0
  if (version > migrations.length) throw schemaNewer(version, migrations.length)
  const migration = migrations[version]
  if (!migration) return false

  for (const statement of migration.statements(spelling)) await tx.run(statement, [])
  if (version === 0) await begin(tx)
  await tx.run('INSERT INTO schema_versions (version, name) VALUES ($1, $2)', [version + 1, migration.name])
  return true
}

/** The feed's and the chain's beginning. */
async function begin(tx: Transaction): Promise<void> {
  await tx.run('INSERT INTO ledger (id, position, audit_count, audit_mac) VALUES (1, 0, $1, $2)', [
    CHAIN_START.count,
    bytes(CHAIN_START.mac),
  ])
}

function schemaNewer(found: number, known: number): IdentityError {
  return new IdentityError(
    'schema-newer',
    `The store's schema has version ${found}, but this program knows versions up to ${known}. Run the newer program that made it, or restore a backup from before.`,
  )
}
