import { closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { DEFAULT_POLICY } from '../src/domain/policy.ts'
import { monthOf } from '../src/domain/usage/month.ts'
import type { Home } from './home.ts'
import type { Population } from './population.ts'

/**
 * Writes a population into a home's store, past the service, through the schema that the service made: each certificate
 * with its bytes, its subscriber and its device, proven a moment ago, and signed in at the site this month, so that no
 * answer writes a sign-in. Audit rows and feed, which no verdict reads, are left out. No server may run on the home.
 */
export function fill({ folder }: Home, population: Population): void {
  const file = join(folder, 'countersign.db')
  const database = new Database(file)
  database.pragma('journal_mode = OFF')
  database.pragma('synchronous = OFF')
  database.pragma('foreign_keys = OFF')
  database.pragma('cache_size = -2000000')
  database.transaction(() => insertAll(database, population))()
  database.pragma('journal_mode = WAL')
  database.close()
  settle(file)
}

function insertAll(database: Database.Database, population: Population): void {
  const site = database.prepare<[], Buffer>('SELECT id FROM sites').pluck().get()!
  const first = 1 + database.prepare<[], number>('SELECT max(number) FROM certificates').pluck().get()!
  const insert = STATEMENTS.map(({ sql, values }) => ({ statement: database.prepare<Value[]>(sql), values }))
  const now = Date.now()
  for (let index = 0; index < population.count; index += 1) {
    const row = rowOf(population, index, first + index, now, site)
    for (const { statement, values } of insert) statement.run(...values(row))
  }
}

type Value = Buffer | number

const DAY = 86_400_000

function rowOf(population: Population, index: number, number: number, now: number, site: Buffer) {
  const fingerprint = population.fingerprint(index)
  return {
    site,
    number,
    id: idOf(index, fingerprint),
    fingerprint,
    serial: population.serial(index),
    der: population.der(index),
    now,
    notBefore: now - DAY,
    expiresAt: now + DEFAULT_POLICY.browserLifetime,
    notAfter: now + DEFAULT_POLICY.browserLifetime + DEFAULT_POLICY.grace,
    month: monthOf(now),
  }
}

/** Of subscriber and device. Ascending, so that the trees are filled from one end; they are asked in no order anyway. */
function idOf(index: number, noise: Buffer): Buffer {
  const id = Buffer.from(noise.subarray(0, 16))
  id.writeUInt32BE(index)
  return id
}

type Row = ReturnType<typeof rowOf>

interface Statement {
  readonly sql: string
  readonly values: (row: Row) => Value[]
}

const STATEMENTS: readonly Statement[] = [
  {
    sql: 'INSERT INTO subscribers (id, created_at) VALUES (?, ?)',
    values: ({ id, now }) => [id, now],
  },
  {
    sql: `INSERT INTO devices (id, subscriber_id, label, ask_every_time, created_at)
      VALUES (?, ?, 'Laptop, Nov 2026', 0, ?)`,
    values: ({ id, now }) => [id, id, now],
  },
  {
    sql: `INSERT INTO certificates (number, fingerprint, serial, issuer, profile, label, subscriber_id, device_id,
        not_before, not_after, expires_at, key_hash, created_at, status, ask_every_time,
        validated_at, validated_with, last_used_at)
      VALUES (?, ?, ?, 'browser', 'browser', 'Laptop, Nov 2026', ?, ?, ?, ?, ?, ?, ?, 'active', 0, ?, 'totp', ?)`,
    values: ({ number, fingerprint, serial, id, notBefore, notAfter, expiresAt, now }) => [
      ...[number, fingerprint, serial, id, id, notBefore, notAfter, expiresAt],
      ...[fingerprint, now, now, now],
    ],
  },
  {
    sql: 'INSERT INTO certificate_bytes (number, der) VALUES (?, ?)',
    values: ({ number, der }) => [number, der],
  },
  {
    sql: `INSERT INTO sign_ins (site_id, service, subscriber_id, month, first_at, has_subject)
      VALUES (?, 'web', ?, ?, ?, 1)`,
    values: ({ site, id, month, now }) => [site, id, month, now],
  },
]

/** What the system still has to write it would write while the rounds are measured. */
function settle(file: string): void {
  const handle = openSync(file, 'r+')
  fsyncSync(handle)
  closeSync(handle)
}
