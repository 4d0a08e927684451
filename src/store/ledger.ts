import type { KeyObject } from 'node:crypto'
import type { AuditEvent, AuditHead, AuditRow } from '../domain/audit/audit.ts'
import { detailText, nextRow } from '../domain/audit/audit-chain.ts'
import type { Change, ChangeKind } from '../domain/feed.ts'
import { bytes, hex } from './columns.ts'
import type { Transaction } from './transaction.ts'

interface LedgerColumns {
  position: number
  audit_count: number
  audit_mac: Buffer
}

/**
 * The end of the feed and of the audit chain while a transaction is open. Its row is locked before all others, so the
 * order of the feed, of the chain and of the commits is one order over all nodes, and writers cannot deadlock.
 */
export class Ledger {
  readonly #auditKey: KeyObject
  #position: number
  #head: AuditHead
  readonly #changes: (Change & { at: number })[] = []
  readonly #rows: AuditRow[] = []

  private constructor(auditKey: KeyObject, position: number, head: AuditHead) {
    this.#auditKey = auditKey
    this.#position = position
    this.#head = head
  }

  /** @param lock SQL that reads the ledger's row and keeps all other writers off it */
  static async open(tx: Transaction, lock: string, auditKey: KeyObject): Promise<Ledger> {
    const row = await tx.one<LedgerColumns>(lock, [])
    if (!row) throw new Error('the ledger row is missing')
    return new Ledger(auditKey, row.position, { count: row.audit_count, mac: hex(row.audit_mac) })
  }

  /** Tells all nodes that what they hold of this key is old. Returns the position of that change. */
  emit(kind: ChangeKind, key: string, at: number): number {
    this.#position += 1
    this.#changes.push({ position: this.#position, kind, key, at })
    return this.#position
  }

  /** Writes an audit row. */
  record(event: AuditEvent): void {
    const row = nextRow(this.#auditKey, this.#head, event)
    this.#rows.push(row)
    this.#head = { count: row.count, mac: row.mac }
  }

  /** Writes all that was gathered; the last act before the commit. Returns the chain's end when it moved. */
  close(tx: Transaction): AuditHead | undefined {
    for (const { position, kind, key, at } of this.#changes) {
      tx.write('INSERT INTO changes (position, kind, key, at) VALUES ($1, $2, $3, $4)', [position, kind, key, at])
    }
    for (const { count, at, actor, action, object, detail, mac } of this.#rows) {
      tx.write(
        'INSERT INTO audit (count, at, actor, action, object, detail, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)',
        [count, at, actor, action, object, detailText(detail), bytes(mac)],
      )
    }
    if (this.#changes.length + this.#rows.length === 0) return undefined
    tx.write('UPDATE ledger SET position = $1, audit_count = $2, audit_mac = $3 WHERE id = 1', [
      this.#position,
      this.#head.count,
      bytes(this.#head.mac),
    ])
    return this.#rows.length > 0 ? this.#head : undefined
  }
}
