import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { COMMAND, environment, type Home } from './home.ts'

/** The real server, started as an operator starts it, with the signer as its child. */
export class Service {
  readonly #process: ChildProcess
  readonly #ended: Promise<void>
  /** name to address */
  readonly listeners: Readonly<Record<string, string>>

  private constructor(process: ChildProcess, ended: Promise<void>, listeners: Service['listeners']) {
    this.#process = process
    this.#ended = ended
    this.listeners = listeners
  }

  /** @param settings beyond home, free ports and the server's certificate */
  static async start(home: Home, settings: Readonly<Record<string, string>> = {}): Promise<Service> {
    const env = environment(home.folder, { ...FREE_PORTS, COUNTERSIGN_API_TLS: home.server.files, ...settings })
    const started = spawn(process.execPath, [COMMAND, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise<void>((resolve) => started.once('exit', () => resolve()))
    // A bench that is ended early leaves no server behind, and none that writes while the folder is removed.
    const abandon = (): void => void started.kill('SIGKILL')
    process.prependOnceListener('exit', abandon)
    started.once('exit', () => process.off('exit', abandon))
    for await (const line of createInterface(started.stdout)) {
      return new Service(started, ended, JSON.parse(line).listeners)
    }
    throw new Error('the server did not start')
  }

  get pid(): number {
    return this.#process.pid!
  }

  port(listener: string): number {
    return Number(new URL(this.listeners[listener]!).port)
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM')
    await this.#ended
  }
}

const FREE_PORTS = Object.fromEntries(
  ['API', 'PORTAL', 'SIGNON', 'ADMIN', 'PKI', 'OPS'].map((name) => [`COUNTERSIGN_${name}_LISTEN`, '127.0.0.1:0']),
)
