import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { LISTENERS, type ListenerName } from '../../src/config.ts'
import { type CommandPlace, countersign, type Environment, ended, type Outcome, spawnCommand } from './cli.ts'
import { agentOf, exchange, type Identity, type Reply } from './exchange.ts'

/** What a test wants to be otherwise than `npm start` makes it. */
export interface ServiceWishes {
  /** as in the configuration file: `{ min_max_age: '1s' }` */
  readonly policy?: Readonly<Record<string, string | number>>
  /** further settings, such as COUNTERSIGN_STORE */
  readonly settings?: Environment
  /** for Node itself */
  readonly execArgv?: readonly string[]
}

/** Every listener on any free port of the loopback. */
const FREE_PORTS: Environment = Object.fromEntries(
  LISTENERS.map((name) => [`COUNTERSIGN_${name.toUpperCase()}_LISTEN`, '127.0.0.1:0']),
)

/**
 * A real service on a throw-away home: `countersign serve --dev` in a process of its own, on free ports. It ends, and
 * its home goes away, with the test.
 */
export async function startService(t: Test, wishes: ServiceWishes = {}): Promise<TestService> {
  const service = new TestService(makeHome(t, wishes.policy), wishes)
  t.teardown(() => service.kill())
  await service.start()
  return service
}

/** Another node on the same database: a home of its own with the first one's authority and seal key. */
export async function secondNode(t: Test, first: TestService): Promise<TestService> {
  const home = makeHome(t)
  for (const name of readdirSync(first.home))
    if (!['server.lock', 'audit.head'].includes(name))
      cpSync(join(first.home, name), join(home, name), { recursive: true })
  const service = new TestService(home, {
    settings: { COUNTERSIGN_STORE: first.place.settings.COUNTERSIGN_STORE ?? '' },
  })
  t.teardown(() => service.kill())
  await service.start()
  return service
}

/** An empty home with a configuration file, which goes away with the test. */
export function makeHome(t: Test, policy: ServiceWishes['policy'] = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'countersign-test-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))
  writeFileSync(join(home, 'settings.yaml'), JSON.stringify({ policy }))
  return home
}

const MOST_STARTS = 3

export class TestService {
  readonly home: string
  /** how a command is run on this home */
  readonly place: CommandPlace
  #process: ChildProcess | undefined
  #listeners: Readonly<Record<ListenerName, string>> | undefined
  #log = ''

  constructor(home: string, { settings = {}, execArgv = [] }: ServiceWishes) {
    this.home = home
    const config = { COUNTERSIGN_HOME: home, COUNTERSIGN_CONFIG: join(home, 'settings.yaml') }
    this.place = { settings: { ...config, ...FREE_PORTS, ...settings }, execArgv }
  }

  /** Starts it (again), on new ports. Between their being chosen and their being bound somebody else may take one. */
  async start(...args: readonly string[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      const said = await this.#tryToStart(args)
      if (said === undefined) return
      if (tries === MOST_STARTS || !said.includes('EADDRINUSE')) throw new Error(`the service did not start: ${said}`)
    }
  }

  /** @returns what it said when it did not start */
  async #tryToStart(args: readonly string[]): Promise<string | undefined> {
    const before = this.#log.length
    const child = spawnCommand(this.place, ['serve', '--dev', '--json', ...args])
    this.#process = child
    const closed = once(child, 'close')
    child.stderr?.on('data', (chunk) => {
      this.#log += chunk
    })
    const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
    const first = await Promise.race([lines.next(), ended(child).then(() => undefined)])
    if (!first || first.done) {
      // all that it said has been read then
      await closed
      return this.#log.slice(before)
    }
    this.#listeners = JSON.parse(first.value).listeners
    return undefined
  }

  /** the public address of a listener, without a path */
  address(name: ListenerName): string {
    if (!this.#listeners) throw new TypeError('the service has not been started')
    return this.#listeners[name]
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new TypeError('the service has not been started')
    return pid
  }

  /** whether its process lives */
  get lives(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null
  }

  /** what it has logged so far, over all its lives */
  get log(): string {
    return this.#log
  }

  /** the root's certificate, PEM */
  get anchor(): string {
    return readFileSync(join(this.home, 'root.pem'), 'utf8')
  }

  /** One of the identities that the first start made: the sample site's service, the operator, the sample browser. */
  identity(name: 'site' | 'admin' | 'browser'): Identity {
    const read = (file: string) => readFileSync(join(this.home, name, file), 'utf8')
    return { cert: read('cert.pem'), key: read('key.pem') }
  }

  /** Asks to end, and waits for it. */
  async stop(): Promise<void> {
    this.#process?.kill('SIGTERM')
    if (this.#process) await ended(this.#process)
  }

  /** Ends it in the middle of whatever it does, and waits for it. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL')
    if (this.#process) await ended(this.#process)
  }

  /** Runs a command on the same home, beside the service. */
  command(...args: readonly string[]): Promise<Outcome> {
    return countersign(this.place, ...args, '--json')
  }

  /** Asks on `ops` or `pki`, over plain HTTP. */
  async plain(listener: 'ops' | 'pki', path: string): Promise<Response> {
    return fetch(this.address(listener) + path)
  }

  /** What the operator does over the admin listener. */
  administer(path: string, body: object = {}): Promise<Reply> {
    this.#operator ??= agentOf(this.anchor, this.identity('admin'))
    return exchange(`${this.address('admin')}/v1/certificates${path}`, { agent: this.#operator, body })
  }
  #operator: ReturnType<typeof agentOf> | undefined
}
