import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of the bench's own that is asked one thing after another. It ends with the bench. */
export class Child {
  readonly #process: ChildProcess
  readonly #ended: Promise<never>

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#ended = new Promise((_resolve, reject) => {
      process.once('error', reject)
      process.once('exit', (code) => reject(new Error(`a process of the bench ended with code ${code}`)))
    })
    this.#ended.catch(() => {})
  }

  /** Starts a module; it speaks by `serveBench`. */
  static start(module: URL): Child {
    return new Child(fork(fileURLToPath(module), { serialization: 'advanced' }))
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** @returns its answer; the next question may be asked after it */
  ask<Answer>(question: object): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#process.once('message', (message: Reply) =>
        'failed' in message ? reject(new Error(message.failed)) : resolve(message.answer as Answer),
      )
    })
    this.#process.send(question)
    return Promise.race([answer, this.#ended])
  }

  stop(): void {
    this.#process.disconnect()
  }
}

type Reply = { readonly answer: unknown } | { readonly failed: string }

/** In the child: answers what the bench asks. */
export function serveBench<Question>(answer: (question: Question) => unknown): void {
  process.on('disconnect', () => process.exit())
  process.on('message', async (question: Question) => say(await replyTo(answer, question)))
}

async function replyTo<Question>(answer: (question: Question) => unknown, question: Question): Promise<Reply> {
  try {
    return { answer: await answer(question) }
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** A bench that has ended in the meantime misses nothing. */
function say(reply: Reply): void {
  process.send?.(reply, undefined, undefined, () => {})
}
