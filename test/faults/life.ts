import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Hex } from '../../src/domain/hex.ts'
import { environment } from '../e2e/cli.ts'
import type { Identity } from '../e2e/exchange.ts'

/** What a worker is started with. */
export interface WorkerWishes {
  readonly home: string
  readonly port: number
  /** of its listener */
  readonly identity: Identity
}

/** What a worker tells. */
export type Step =
  | { readonly step: 'loaded' }
  | { readonly step: 'serving'; readonly signer: number }
  | { readonly step: 'reserved'; readonly serial: Hex }
  | { readonly step: 'signed'; readonly serial: Hex; readonly der: string }
  | { readonly step: 'completed'; readonly serial: Hex }
  | { readonly step: 'revoked'; readonly fingerprint: Hex }

/** One life of the worker, from its start to its being killed. */
export class Life {
  /** all that it told; complete once it has ended */
  readonly told: Step[] = []
  readonly #process: ChildProcess
  readonly #loaded: Promise<void>
  readonly #ended: Promise<unknown>
  #heard: () => void = () => {}
  #complaints = ''

  /** Starts the process; it does not touch the home before {@link serve}, so the next life may load during this one. */
  constructor(program: string, wishes: WorkerWishes) {
    this.#process = spawn(process.execPath, [program, JSON.stringify(wishes)], {
      env: environment({}),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#process.stdin?.on('error', () => {})
    this.#process.stderr?.on('data', (chunk) => {
      this.#complaints += chunk
    })
    const lines = createInterface({ input: this.#process.stdout! })
    lines.on('line', (line) => {
      this.told.push(JSON.parse(line))
      this.#heard()
    })
    // the lines are all read, which may be after the process has ended
    this.#ended = once(lines, 'close')
    this.#loaded = this.takes('loaded', 1)
    // heard by whoever lets it serve; the last one never serves
    this.#loaded.catch(() => {})
  }

  /** Lets it serve. @returns the signer's process id */
  async serve(): Promise<number> {
    await this.#loaded
    this.#process.stdin?.write('go\n')
    await this.takes('serving', 1)
    const serving = this.told.find((step) => step.step === 'serving')
    return serving!.signer
  }

  /** Resolves when it has taken this step so many times more. */
  takes(step: Step['step'], times: number): Promise<void> {
    const end = this.#count(step) + times
    return this.#until(() => this.#count(step) >= end)
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const heard = new Promise<void>((resolve) => {
        this.#heard = resolve
      })
      const gone = this.#ended.then(() => 'gone')
      if ((await Promise.race([heard, gone])) === 'gone')
        throw new Error(`the worker ended by itself: ${this.#complaints}`)
    }
  }

  #count(wanted: Step['step']): number {
    return this.told.filter(({ step }) => step === wanted).length
  }
}
