import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Hex } from '../src/domain/hex.ts'
import type { Store } from '../src/domain/store.ts'
import { weighSites } from '../src/domain/trust/site-weighing.ts'
import type { Severity, VouchKind } from '../src/domain/trust/trust.ts'
import { figureOf, type TrustFigure } from '../src/domain/trust/trust-rule.ts'
import { openSqliteStore } from '../src/store/sqlite/store.ts'

export const DAY = 86_400_000

/** Sites and people in a store of its own: the service's rule and its SQL, on numbers that nobody could enroll by hand. */
export class TrustWorld {
  readonly now = Date.now()
  readonly #directory = mkdtempSync(join(tmpdir(), 'countersign-trust-'))
  readonly #random = generator(7)
  #store: Store | undefined
  #rows: Database.Database | undefined
  #sites = 0

  async open(): Promise<void> {
    const file = join(this.#directory, 'countersign.db')
    this.#store = await openSqliteStore({ file, auditKey: randomBytes(32) })
    this.#rows = new Database(file)
  }

  async close(): Promise<void> {
    this.#rows?.close()
    await this.#store?.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** 0 to below `limit`; the same numbers at each run. */
  chance(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  site(age: number): Hex {
    const id = randomBytes(16)
    this.#sites += 1
    this.#table
      .prepare("INSERT INTO sites (id, name, return_to, checks, created_at) VALUES (?, ?, '[]', '[]', ?)")
      .run(id, `site-${this.#sites}`, this.now - age)
    return id.toString('hex')
  }

  /** So that the next ring comes into the same town. */
  remove(sites: readonly Hex[], people: readonly Hex[]): void {
    const end = this.#table.prepare('UPDATE sites SET removed_at = ? WHERE id = ?')
    for (const id of sites) end.run(this.now, bytes(id))
    const forget = ['subjects', 'meetings'].map((table) =>
      this.#table.prepare(`DELETE FROM ${table} WHERE subscriber_id = ?`),
    )
    this.#table.transaction(() => {
      for (const id of people) for (const statement of forget) statement.run(bytes(id))
    })()
  }

  people(count: number): readonly Hex[] {
    const add = this.#table.prepare('INSERT INTO subscribers (id, created_at) VALUES (?, ?)')
    return this.#table.transaction(() =>
      Array.from({ length: count }, () => {
        const id = randomBytes(16)
        add.run(id, this.now)
        return id.toString('hex')
      }),
    )()
  }

  /** The site has asked about these people, first so long ago, ms. Whom it knows already it knows as before. */
  introduce(site: Hex, people: readonly Hex[], time: number): void {
    const add = this.#table.prepare(
      'INSERT OR IGNORE INTO subjects (subscriber_id, site_id, subject, since) VALUES (?, ?, ?, ?)',
    )
    this.#table.transaction(() => {
      for (const person of people) add.run(bytes(person), bytes(site), randomBytes(32), this.now - time)
    })()
  }

  /** These people have walked to the site, so long ago, ms. */
  meet(site: Hex, people: readonly Hex[], time: number): void {
    const add = this.#table.prepare(
      'INSERT OR IGNORE INTO meetings (subscriber_id, site_id, first_at) VALUES (?, ?, ?)',
    )
    this.#table.transaction(() => {
      for (const person of people) add.run(bytes(person), bytes(site), this.now - time)
    })()
  }

  /** @returns how many sites weigh anything */
  weigh(): Promise<number> {
    return weighSites({ store: this.#opened, clock: { now: () => this.now } })
  }

  async weights(sites: readonly Hex[]): Promise<readonly number[]> {
    const standings = new Map((await this.#opened.siteStandings()).map(({ siteId, weight }) => [siteId, weight]))
    return sites.map((id) => standings.get(id) ?? 0)
  }

  async vouch(site: Hex, person: Hex, kind: VouchKind): Promise<void> {
    const vouch = { kind, expiresAt: this.now + 180 * DAY }
    await this.#opened.run('vouch', this.#actOf(site), speaker(site), this.#subject(site, person), vouch)
  }

  async report(site: Hex, person: Hex, severity: Severity): Promise<void> {
    const report = { id: randomBytes(16).toString('hex'), severity, message: 'x', expiresAt: this.now + 90 * DAY }
    await this.#opened.run('reportIntrusion', this.#actOf(site), speaker(site), this.#subject(site, person), report)
  }

  /** What the asking site is told of somebody whom it knows. */
  async figure(asking: Hex, person: Hex): Promise<TrustFigure | null> {
    return figureOf(await this.#opened.statementsAbout(asking, this.#subject(asking, person), this.now))
  }

  #actOf(site: Hex) {
    return { at: this.now, actor: `site:${site}` } as const
  }

  #subject(site: Hex, person: Hex): string {
    const row = this.#table
      .prepare('SELECT subject FROM subjects WHERE site_id = ? AND subscriber_id = ?')
      .get(bytes(site), bytes(person)) as { subject: Buffer } | undefined
    if (!row) throw new Error('this site does not know this person')
    return row.subject.toString('base64url')
  }

  get #opened(): Store {
    if (!this.#store) throw new TypeError('the world is not open')
    return this.#store
  }

  get #table(): Database.Database {
    if (!this.#rows) throw new TypeError('the world is not open')
    return this.#rows
  }
}

function speaker(siteId: Hex) {
  return { siteId, service: 'bench', fingerprint: '00'.repeat(32) }
}

function bytes(id: Hex): Buffer {
  return Buffer.from(id, 'hex')
}

/** A linear congruential generator: a simulation that differs at each run states no figures. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
