/** What both engines take and give: no booleans, no dates (SQLite binds neither). Times are epoch ms. */
export type Value = number | string | Uint8Array | null

/** A question to either engine: one SQL text with `$1..$n`, its values, and how its rows become the answer. */
export interface Query<R> {
  readonly sql: string
  readonly params: readonly Value[]
  answer(rows: readonly unknown[]): R
}

/**
 * Describes a question. `Columns` is what the SELECT list promises: the one place where rows are taken at their word.
 */
export function query<Columns, R>(
  sql: string,
  params: readonly Value[],
  answer: (rows: readonly Columns[]) => R,
): Query<R> {
  return { sql, params, answer: answer as (rows: readonly unknown[]) => R }
}

/** An open transaction of the one writer. */
export interface Transaction {
  /** The first row, or undefined. */
  one<Columns>(sql: string, params: readonly Value[]): Promise<Columns | undefined>
  all<Columns>(sql: string, params: readonly Value[]): Promise<readonly Columns[]>
  /** @returns how many rows were changed */
  run(sql: string, params: readonly Value[]): Promise<number>
  /**
   * Changes rows without waiting to hear how many: PostgreSQL sends it behind the others in one go.
   * A failure fails the whole transaction, at the latest at its commit.
   */
  write(sql: string, params: readonly Value[]): void
}
