import { Socket } from 'node:net'
import pg from 'pg'
import { ANSWER_WITHIN, monotonicNow } from '../deadline.ts'
import type { StoreLog } from '../store-log.ts'
import type { Value } from '../transaction.ts'

/**
 * Our own end of waiting comes first; PostgreSQL's own frees what a node that has fallen silent keeps locked.
 * An acknowledged commit must be on the disk, whatever the server's default is.
 */
const SESSION = `SELECT set_config('statement_timeout', '${ANSWER_WITHIN}', false),
  set_config('idle_in_transaction_session_timeout', '${ANSWER_WITHIN}', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
    ELSE current_setting('synchronous_commit') END, false),
  pg_is_in_recovery() AS standby`

/** After a connection could not be had, the next one is tried after this time at first, and at most, ms. */
const FIRST_BACK_OFF = 50
const LONGEST_BACK_OFF = 1_000

export interface Result {
  readonly rows: readonly unknown[]
  /** how many rows were changed */
  readonly changed: number
  /** the command's tag, such as COMMIT or ROLLBACK */
  readonly tag: string
}

/** The database could not be asked, or gave no answer in time. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure'
}

/** One connection as it was made. It never comes back: what is sent to it after its end fails. */
export interface Session {
  /** As the connection's `query`. */
  query(sql: string, params: readonly Value[], due: number): Promise<Result>
}

interface Live extends Session {
  readonly client: pg.Client
}

/**
 * One connection, which comes back by itself after it was lost. Statements are prepared once and sent behind one
 * another without waiting. Whoever gets no answer in his time takes the connection down, since a peer that is silent
 * may stay so for ever.
 */
export class PostgresConnection {
  readonly #url: string
  readonly #log: StoreLog | undefined
  #live: Promise<Live> | undefined
  #socket: Socket | undefined
  #waiting = 0
  #generation = 0
  #backOff = 0
  #notBefore = 0

  constructor(url: string, log: StoreLog | undefined) {
    this.#url = url
    this.#log = log
  }

  /** How many answers are being waited for. */
  get load(): number {
    return this.#waiting
  }

  /** Grows whenever a connection is made or lost: as long as it is the same, it was one server that answered. */
  get generation(): number {
    return this.#generation
  }

  /**
   * Sends one statement; statements are answered in the order of the calls.
   * @param due when the caller stops waiting (monotonic, ms)
   * @throws ConnectionFailure, pg.DatabaseError
   */
  async query(sql: string, params: readonly Value[], due: number): Promise<Result> {
    this.#waiting += 1
    try {
      const session = await this.session(due)
      return await session.query(sql, params, due)
    } finally {
      this.#waiting -= 1
    }
  }

  /**
   * The connection as it stands, for statements that belong together.
   * @param due when the caller stops waiting (monotonic, ms)
   * @throws ConnectionFailure
   */
  async session(due: number): Promise<Session> {
    try {
      return await within(due, this.#connected(), () => {})
    } catch (cause) {
      throw unanswered(cause)
    }
  }

  /** Ends the connection at once; what was not committed is undone by the server. The next call makes a new one. */
  drop(): void {
    this.#live = undefined
    this.#socket?.destroy()
  }

  /** Ends the connection in good order, or at once when the server does not take part. */
  async close(): Promise<void> {
    const live = await this.#live?.catch(() => undefined)
    if (live) await within(monotonicNow() + ANSWER_WITHIN, live.client.end(), () => {}).catch(() => {})
    this.drop()
  }

  #connected(): Promise<Live> {
    if (this.#live) return this.#live
    if (monotonicNow() < this.#notBefore) return Promise.reject(new Error('the next attempt to connect is ahead'))
    this.#live = this.#connect()
    return this.#live
  }

  async #connect(): Promise<Live> {
    const socket = new Socket()
    this.#socket = socket
    socket.once('close', () => {
      if (this.#socket === socket) this.#live = undefined
    })
    try {
      const live = await open(this.#url, socket)
      this.#generation += 1
      socket.once('close', () => {
        this.#generation += 1
      })
      if (this.#backOff > 0) this.#log?.warn({}, 'the database is back')
      this.#backOff = 0
      return live
    } catch (cause) {
      this.#retreat(cause)
      if (this.#socket === socket) this.drop()
      throw cause
    }
  }

  #retreat(cause: unknown): void {
    if (this.#backOff === 0) this.#log?.warn({ err: cause }, 'the database cannot be reached')
    this.#backOff = Math.min(Math.max(this.#backOff * 2, FIRST_BACK_OFF), LONGEST_BACK_OFF)
    this.#notBefore = monotonicNow() + this.#backOff
  }
}

/** bigint: counts, flags and times, all far below 2^53 */
const BIGINT = 20

async function open(url: string, socket: Socket): Promise<Live> {
  const types = new pg.TypeOverrides()
  types.setTypeParser(BIGINT, Number)
  const client = new pg.Client({
    connectionString: url,
    application_name: 'countersign',
    stream: () => socket,
    pipeline: true,
    types,
  })
  // every caller hears of the failure of his own statement
  client.on('error', () => {})
  const started = client.connect().then(() => client.query<{ standby: boolean }>(SESSION))
  const { rows } = await within(monotonicNow() + ANSWER_WITHIN, started, () => socket.destroy())
  // a standby tells the past
  if (rows[0]?.standby !== false) throw new Error('the database is a standby, not the primary')
  return {
    client,
    query: async (sql, params, due) => {
      const query = { name: nameOf(sql), text: sql, values: params as Value[] }
      try {
        const result = await within(due, client.query(query), () => socket.destroy())
        return { rows: result.rows, changed: result.rowCount ?? 0, tag: result.command }
      } catch (cause) {
        throw cause instanceof pg.DatabaseError ? cause : unanswered(cause)
      }
    },
  }
}

function unanswered(cause: unknown): ConnectionFailure {
  return new ConnectionFailure('the database gave no answer', { cause })
}

const names = new Map<string, string>()

/** The name under which every connection prepares this text. */
function nameOf(sql: string): string {
  const known = names.get(sql)
  if (known) return known
  const name = `countersign_${names.size + 1}`
  names.set(sql, name)
  return name
}

/** The promise's result, or a failure when `due` comes first. */
function within<T>(due: number, promise: Promise<T>, late: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        late()
        reject(new Error('no answer in time'))
      },
      Math.max(0, due - monotonicNow()),
    )
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
