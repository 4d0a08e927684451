import type { KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import type { AuditHead } from '../domain/audit/audit.ts'
import { monotonicNow } from './deadline.ts'
import { Ledger } from './ledger.ts'
import { type Command, perform } from './operations.ts'
import type { Transaction } from './transaction.ts'

/** A command on its way, with the time (monotonic, ms) at which its caller stops waiting. */
export interface DueCommand extends Command {
  readonly due: number
}

/** What became of one command; plain data, since it may cross from another thread. */
export type Outcome =
  | { readonly value: unknown }
  /** `internal`: the store refuses its data. `store-unavailable`: no commit was to be had. `cause` is for the log. */
  | { readonly refused: 'internal' | 'store-unavailable'; readonly cause: string }
  /** Not done yet: the batch had its time, and the next one takes it. */
  | { readonly deferred: true }

/** What became of the commands of one batch, in their order, and where the audit chain ends if it grew. */
export interface Committed {
  readonly outcomes: readonly Outcome[]
  readonly head?: AuditHead | undefined
}

/** What an engine lends to the batch. */
export interface BatchEngine {
  /** SQL that reads position, audit_count and audit_mac of the ledger's one row and keeps all other writers off it. */
  readonly ledgerLock: string
  /**
   * Runs the work in one transaction: commits what it did, or undoes all of it when it or the commit fails.
   * Waits for other writers until `due` at most.
   */
  transaction<T>(due: number, work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Whether the failure is the engine's own (gone, full, out of time), not the command's. */
  isUnavailable(cause: unknown): boolean
}

/** A batch goes on for so long, ms: on a slow line the first must not wait for the last until all are too late. */
const BATCH_TIME = 300

/**
 * Runs the commands one after another in one transaction. One that fails must not take the others with it, nor make them
 * late: then each half is run again on its own. That is rare, since a refusal is a value; only broken data fails.
 */
export async function commitBatch(
  engine: BatchEngine,
  auditKey: KeyObject,
  commands: readonly DueCommand[],
): Promise<Committed> {
  try {
    return await commitTogether(engine, auditKey, commands)
  } catch (cause) {
    if (engine.isUnavailable(cause)) return refuseAll(commands, 'store-unavailable', cause)
    if (commands.length === 1) return refuseAll(commands, 'internal', cause)
    return commitHalves(engine, auditKey, commands)
  }
}

function commitTogether(engine: BatchEngine, auditKey: KeyObject, commands: readonly DueCommand[]): Promise<Committed> {
  const lastDue = Math.max(...commands.map(({ due }) => due))
  return engine.transaction(lastDue, async (tx) => {
    const ledger = await Ledger.open(tx, engine.ledgerLock, auditKey)
    const until = monotonicNow() + BATCH_TIME
    const outcomes: Outcome[] = []
    for (const command of commands) {
      const isFull = outcomes.length > 0 && monotonicNow() >= until
      outcomes.push(isFull ? { deferred: true } : await performInTime(tx, ledger, command))
    }
    return { outcomes, head: ledger.close(tx) }
  })
}

/** What its caller was already told to have failed is not done behind his back. */
async function performInTime(tx: Transaction, ledger: Ledger, command: DueCommand): Promise<Outcome> {
  if (command.due <= monotonicNow()) return { refused: 'store-unavailable', cause: 'its turn came too late' }
  return { value: await perform(tx, ledger, command) }
}

async function commitHalves(
  engine: BatchEngine,
  auditKey: KeyObject,
  commands: readonly DueCommand[],
): Promise<Committed> {
  const middle = Math.ceil(commands.length / 2)
  const first = await commitBatch(engine, auditKey, commands.slice(0, middle))
  const second = await commitBatch(engine, auditKey, commands.slice(middle))
  return { outcomes: [...first.outcomes, ...second.outcomes], head: second.head ?? first.head }
}

/** The same refusal for every command of a batch. */
export function refuseAll(
  commands: readonly Command[],
  refused: 'internal' | 'store-unavailable',
  cause: unknown,
): Committed {
  const text = inspect(cause)
  return { outcomes: commands.map(() => ({ refused, cause: text })) }
}
