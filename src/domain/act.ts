import type { Actor } from './audit/audit.ts'

/** SQLite answers at once, PostgreSQL in a while. */
export type Awaitable<T> = T | Promise<T>

/** Who does it and when (epoch ms): part of every command, so that its audit row is written with its effect. */
export interface Act {
  readonly at: number
  readonly actor: Actor
}
