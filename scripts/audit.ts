import type { Command } from 'commander'
import type { AuditRow } from '../src/domain/audit/audit.ts'
import { IdentityError } from '../src/errors.ts'
import { judgeAudit } from './audit-verdict.ts'
import { command, group, wholeNumber } from './command.ts'
import { withHome } from './home.ts'
import { iso, print, type ReportOptions, table } from './report.ts'

/** Rows shown at most. */
const PAGE = 1_000

/** As many as nobody's chain has. */
const ANY_ROW = 999_999_999

interface ListOptions extends ReportOptions {
  readonly after: number
  readonly limit: number
  readonly last?: number
}

/** `countersign audit …`: what happened, and whether the record is whole. */
export function auditCommands(): Command {
  return group('audit', 'what happened here, and whether that record is whole', [
    command('list', 'list audit rows, oldest first', 'audit list --last 20')
      .option('--after <count>', 'only rows behind this one', wholeNumber(0, ANY_ROW), 0)
      .option('--limit <number>', 'at most so many', wholeNumber(1, PAGE), 100)
      .option('--last <number>', 'the newest ones, so many', wholeNumber(1, PAGE))
      .action(list),
    command('verify', 'find edited, deleted, swapped or cut-off rows', 'audit verify').action(verify),
  ])
}

async function list({ last, after, limit, ...options }: ListOptions): Promise<void> {
  await withHome(async ({ store }) => {
    const rows =
      last === undefined
        ? await store.auditRows(after, limit)
        : await store.auditRows(Math.max(0, (await store.auditHead()).count - last), last)
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
  await withHome(async (home) => {
    const verdict = await judgeAudit(home)
    if (!verdict.sound) throw new IdentityError('audit-broken', `${verdict.finding} ${verdict.cure}`)
    const { rows, headFile } = verdict
    const lines = [
      `The audit chain is whole: ${rows} rows.`,
      ...(headFile === null ? [] : [`It goes through the head file's row ${headFile}.`]),
    ]
    print({ data: { sound: true, rows, head_file: headFile }, lines }, options)
  })
}

function fields({ count, at, actor, action, object, detail }: AuditRow) {
  return { count, at: iso(at), actor, action, object, detail }
}
