import type { AuditHead } from '../../domain/audit/audit.ts'
import type { Follower } from '../../domain/feed.ts'
import type { CommandName, Store, StoreCommands } from '../../domain/store.ts'
import { IdentityError } from '../../errors.ts'
import { ANSWER_WITHIN, monotonicNow } from '../deadline.ts'
import { NEWEST_POSITION, type News, newsBetween } from '../feed.ts'
import { GroupCommit } from '../group-commit.ts'
import { readsThrough } from '../reads.ts'
import type { StoreLog } from '../store-log.ts'
import type { Query } from '../transaction.ts'
import { storeUnavailable } from '../unavailable.ts'
import { PostgresConnection } from './connection.ts'
import { ToldPositions } from './told-positions.ts'
import { PostgresWriter } from './writer.ts'

export interface PostgresOptions {
  /** `postgres://…`, as libpq has it */
  readonly url: string
  /** the key of the audit chain, never in the store */
  readonly auditKey: Uint8Array
  readonly log?: StoreLog
}

/** Connections that read; the one that has the least to do is asked. */
const READERS = 4

/**
 * Opens the store on a PostgreSQL server and brings its schema up to date.
 * @throws IdentityError schema-newer, store-unavailable
 */
export async function openPostgresStore({ url, auditKey, log }: PostgresOptions): Promise<Store> {
  const writer = await PostgresWriter.open(url, auditKey, log).catch((cause: unknown) => {
    throw cause instanceof IdentityError ? cause : storeUnavailable(cause)
  })
  const readers = Array.from({ length: READERS }, () => new PostgresConnection(url, log))
  const ask = asking(readers)
  // One follower's having been told of a position is no proof that another one was.
  const told: Record<Follower, ToldPositions> = {
    verdicts: new ToldPositions(),
    events: new ToldPositions(),
    'revocation-lists': new ToldPositions(),
  }
  let connecting: Promise<unknown> | undefined
  const listeners: ((head: AuditHead) => void)[] = []
  const queue = new GroupCommit(
    (commands) => writer.commit(commands),
    (head) => {
      for (const listener of listeners) listener(head)
    },
    log,
  )

  return {
    ...readsThrough(ask),
    changes: async (since, follower) => {
      const due = monotonicNow() + ANSWER_WITHIN
      // What is connected later may be another server, which voids all that is held: so all of them are at the beginning.
      connecting ??= Promise.allSettled(readers.map((reader) => reader.session(due)))
      await connecting
      return following(since, ask, readers, told[follower], due)
    },
    ping: async () => void (await ask(NEWEST_POSITION)),
    run: <N extends CommandName>(name: N, ...args: Parameters<StoreCommands[N]>) =>
      queue.submit({ name, args }) as Promise<ReturnType<StoreCommands[N]>>,
    onAudit: (listener) => void listeners.push(listener),
    close: async () => {
      await queue.close()
      await Promise.all([...readers.map((reader) => reader.close()), writer.close()])
    },
  }
}

/** @param due when the caller stops waiting (monotonic, ms) */
type Ask = <R>(query: Query<R>, due?: number) => Promise<R>

function asking(readers: readonly PostgresConnection[]): Ask {
  return async (query, due = monotonicNow() + ANSWER_WITHIN) => {
    const idlest = readers.reduce((best, reader) => (reader.load < best.load ? reader : best))
    try {
      const { rows } = await idlest.query(query.sql, query.params, due)
      return query.answer(rows)
    } catch (cause) {
      throw storeUnavailable(cause)
    }
  }
}

/**
 * The statement is sent after the question came, so its snapshot holds all that was committed before. While connections
 * come and go, two answers may be of two servers: then both are asked for again.
 * @param due when the caller stops waiting (monotonic, ms)
 */
async function following(
  since: number,
  ask: Ask,
  readers: readonly PostgresConnection[],
  told: ToldPositions,
  due: number,
): Promise<News> {
  do {
    const generation = generationOf(readers)
    const news = newsBetween(since, await ask(NEWEST_POSITION, due))
    const answer = 'sql' in news ? await ask(news, due) : news
    if (generationOf(readers) === generation) return told.tell(since, generation, answer)
  } while (monotonicNow() < due)
  throw storeUnavailable(new Error('connections came and went'))
}

/** Changes with any connection that reads, since what is held in memory was read through all of them. */
function generationOf(readers: readonly PostgresConnection[]): number {
  return readers.reduce((sum, { generation }) => sum + generation, 0)
}
