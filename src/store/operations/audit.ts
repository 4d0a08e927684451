import type { AuditEvent, AuditHead, AuditRow } from '../../domain/audit/audit.ts'
import { hex } from '../columns.ts'
import type { Ledger } from '../ledger.ts'
import { type Query, query, type Transaction } from '../transaction.ts'

type AuditColumns = Omit<AuditRow, 'detail' | 'mac'> & { detail: string; mac: Buffer }

export function auditRows(afterCount: number, limit: number): Query<readonly AuditRow[]> {
  return query<AuditColumns, readonly AuditRow[]>(
    'SELECT count, at, actor, action, object, detail, mac FROM audit WHERE count > $1 ORDER BY count LIMIT $2',
    [afterCount, limit],
    (rows) => rows.map(rowOf),
  )
}

export function auditHead(): Query<AuditHead> {
  return query<{ audit_count: number; audit_mac: Buffer }, AuditHead>(
    'SELECT audit_count, audit_mac FROM ledger WHERE id = 1',
    [],
    (rows) => ({ count: rows[0]!.audit_count, mac: hex(rows[0]!.audit_mac) }),
  )
}

/** What was told of these, newest first. */
export function auditRowsAbout(objects: readonly string[], limit: number): Query<readonly AuditRow[]> {
  const places = objects.map((_, index) => `$${index + 2}`).join(', ')
  return query<AuditColumns, readonly AuditRow[]>(
    `SELECT count, at, actor, action, object, detail, mac FROM audit WHERE object IN (${places || 'NULL'})
      ORDER BY count DESC LIMIT $1`,
    [limit, ...objects],
    (rows) => rows.map(rowOf),
  )
}

function rowOf(row: AuditColumns): AuditRow {
  return { ...row, detail: JSON.parse(row.detail), mac: hex(row.mac) }
}

export async function note(_tx: Transaction, ledger: Ledger, event: AuditEvent): Promise<'noted'> {
  ledger.record(event)
  return 'noted'
}
