/** What a bench found: the figures of the last line under `--json`. */
export type Figures = Readonly<Record<string, number>>

/** What a bench is told. */
export interface Telling {
  /** one line, as soon as it is known */
  readonly print: (line: string) => void
  /** the figures that are wanted; empty: all */
  readonly only: readonly string[]
}

export type Bench = (telling: Telling) => Promise<Figures>
