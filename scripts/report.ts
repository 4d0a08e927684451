import { IdentityError } from '../src/errors.ts'

/** What a command tells: for people in lines, for programs as one JSON object. */
export interface Report {
  /** documented fields; the whole answer under --json */
  readonly data: Readonly<Record<string, unknown>>
  /** for people; left out under --json */
  readonly lines: readonly string[]
  /** the command to go on with */
  readonly next?: string
}

export interface ReportOptions {
  readonly json?: boolean
}

/** Prints a report to standard output. */
export function print(report: Report, { json }: ReportOptions): void {
  const text = json
    ? JSON.stringify(report.data)
    : [...report.lines, ...(report.next === undefined ? [] : ['', `Next: ${report.next}`])].join('\n')
  process.stdout.write(`${text}\n`)
}

/** Columns for people: each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A time for people and programs, or null. */
export function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

/** What went wrong, for the operator's own terminal: of a store that cannot be asked, with what it said. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof IdentityError)) return String(error)
  const { code, message, cause } = error
  const said = code === 'store-unavailable' && cause instanceof Error ? cause.message : ''
  return said === '' ? message : `${message} The reason: ${said}.`
}
