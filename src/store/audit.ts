import type { AuditEvent, AuditHead, AuditRow } from '../domain/audit.ts'
import { hex } from './columns.ts'
import type { Ledger } from './ledger.ts'
import { type Query, query, type Transaction } from './transaction.ts'

type AuditColumns = Omit<AuditRow, 'detail' | 'mac'> & { detail: string; mac: Buffer }

export function auditRows(afterCount: number, limit: number): Query<readonly AuditRow[]> {
  return query<AuditColumns, readonly AuditRow[]>(
    'SELECT count, at, actor, action, object, detail, mac FROM audit WHERE count > $1 ORDER BY count LIMIT $2',
    [afterCount, limit],
    (rows) => rows.map((row) => ({ ...row, detail: JSON.parse(row.detail), mac: hex(row.mac) })),
  )
}

export function auditHead(): Query<AuditHead> {
  return query<{ audit_count: number; audit_mac: Buffer }, AuditHead>(
    'SELECT audit_count, audit_mac FROM ledger WHERE id = 1',
    [],
    (rows) => ({ count: rows[0]!.audit_count, mac: hex(rows[0]!.audit_mac) }),
  )
}

export async function note(_tx: Transaction, ledger: Ledger, event: AuditEvent): Promise<'noted'> {
  ledger.record(event)
  return 'noted'
}
