import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, IdentityError } from '../../errors.ts'
import { type Committed, type DueCommand, refuseAll } from '../batch.ts'
import { storeUnavailable } from '../unavailable.ts'

export interface WriterData {
  readonly file: string
  readonly auditKey: Uint8Array
}

export type ToWriter = { readonly kind: 'batch'; readonly commands: readonly DueCommand[] } | { readonly kind: 'close' }

export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'committed'; readonly committed: Committed }

/** Ends as this file does: `.ts` in the checkout, `.js` in the built program. */
const THREAD = new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url)

/** The writer thread as seen from outside: one batch at a time goes in, and comes back committed or refused. */
export class SqliteWriter {
  readonly #data: WriterData
  #worker: Promise<Worker> | undefined
  #settle: (result: Committed | Error) => void = () => {}

  private constructor(data: WriterData) {
    this.#data = data
  }

  /**
   * Starts the thread and waits until the file is open and its schema is the program's.
   * @throws IdentityError schema-newer, store-unavailable
   */
  static async open(data: WriterData): Promise<SqliteWriter> {
    const writer = new SqliteWriter(data)
    await writer.#running()
    return writer
  }

  /** Never rejects. The caller sends no second batch before the first has come back. */
  async commit(commands: readonly DueCommand[]): Promise<Committed> {
    try {
      const worker = await this.#running()
      return await new Promise<Committed>((resolve, reject) => {
        this.#settle = (result) => (result instanceof Error ? reject(result) : resolve(result))
        worker.postMessage({ kind: 'batch', commands: commands.map(detachedCommand) } satisfies ToWriter)
      })
    } catch (cause) {
      return refuseAll(commands, 'store-unavailable', cause)
    }
  }

  async close(): Promise<void> {
    if (!this.#worker) return
    const worker = await this.#worker
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage({ kind: 'close' } satisfies ToWriter)
    await ended
  }

  /** A thread that has ended (out of memory, a defect) is started again by the next batch. */
  #running(): Promise<Worker> {
    this.#worker ??= this.#start()
    return this.#worker
  }

  #start(): Promise<Worker> {
    // nothing that was preloaded into the process (a test runner, a debugger) belongs into this thread
    const worker = new Worker(THREAD, { workerData: this.#data, execArgv: [] })
    return new Promise((resolve, reject) => {
      let fault = new Error('the writer thread has ended')
      worker.on('message', (message: FromWriter) => {
        if (message.kind === 'ready') resolve(worker)
        else if (message.kind === 'failed') reject(refusalOf(message))
        else this.#settle(message.committed)
      })
      worker.on('error', (cause) => {
        fault = new Error('the writer thread has failed', { cause })
      })
      worker.on('exit', () => {
        this.#worker = undefined
        this.#settle(fault)
        reject(storeUnavailable(fault))
      })
    })
  }
}

function refusalOf({ code, message }: { code: ErrorCode; message: string }): IdentityError {
  return code === 'store-unavailable' ? storeUnavailable(new Error(message)) : new IdentityError(code, message)
}

/** A view on a shared pool would cross to the other thread with the whole pool: its bytes are copied out first. */
function detachedCommand({ name, args, due }: DueCommand): DueCommand {
  return { name, args: args.map(detached), due }
}

function detached(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.length === value.buffer.byteLength ? value : new Uint8Array(value)
  if (Array.isArray(value)) return value.map(detached)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, detached(part)]))
}
