import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { AuditRow } from '../src/domain/audit.ts'
import { verifyChain } from '../src/domain/audit-chain.ts'
import { IdentityError } from '../src/errors.ts'
import { readAuditHead } from '../src/store/audit-head.ts'
import { command, group } from './command.ts'
import { withHome } from './home.ts'
import { iso, print, type ReportOptions, table } from './report.ts'

/** Rows read at a time. */
const PAGE = 1_000

/** `countersign audit …`: what happened, and whether the record is whole. */
export function auditCommands(): Command {
  return group('audit', 'what happened here, and whether that record is whole', [
    command('list', 'list audit rows, oldest first', 'audit list --after 100')
      .option('--after <count>', 'only rows behind this one', '0')
      .option('--limit <number>', 'at most so many', '100')
      .action(list),
    command('verify', 'find edited, deleted, swapped or cut-off rows', 'audit verify').action(verify),
  ])
}

async function list(options: ReportOptions & { after: string; limit: string }): Promise<void> {
  await withHome(async ({ store }) => {
    const rows = await store.auditRows(
      Number(options.after) || 0,
      Math.min(PAGE, Math.max(1, Number(options.limit) || 100)),
    )
    const cells = rows.map((row) => [
      String(row.count),
      iso(row.at) ?? '',
      row.action,
      row.actor.slice(0, 32),
      row.object.slice(0, 32),
    ])
    print(
      {
        data: { rows: rows.map(fields) },
        lines:
          rows.length === 0 ? ['There are no rows.'] : table([['ROW', 'AT', 'ACTION', 'ACTOR', 'OBJECT'], ...cells]),
      },
      options,
    )
  })
}

async function verify(options: ReportOptions): Promise<void> {
  await withHome(async ({ config, keyring, store }) => {
    const file = join(config.home, 'audit.head')
    const kept = existsSync(file) ? readAuditHead(file, keyring) : undefined
    const verdict = await verifyChain(keyring.audit, (after) => store.auditRows(after, PAGE), kept ? [kept] : [])
    if (!verdict.sound) {
      throw new IdentityError(
        'audit-broken',
        `The audit chain is broken at row ${verdict.count} (${verdict.fault}). Keep the store as it is, and compare it with a backup.`,
      )
    }
    const lines = [
      `The audit chain is whole: ${verdict.head.count} rows.`,
      kept
        ? `It goes through the head file's row ${kept.count}.`
        : `There is no head file at ${file} to hold it against.`,
    ]
    print({ data: { sound: true, rows: verdict.head.count, head_file: kept?.count ?? null }, lines }, options)
  })
}

function fields({ count, at, actor, action, object, detail }: AuditRow) {
  return { count, at: iso(at), actor, action, object, detail }
}
