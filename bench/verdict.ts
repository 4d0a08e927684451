import { mkdirSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { decodePemAll } from '../src/x509/pem.ts'
import type { BareServer } from './bare-server.ts'
import { Child } from './child.ts'
import type { Figures, Telling } from './figures.ts'
import { fill } from './fill.ts'
import { copyHome, type Home, inFolder, makeHome } from './home.ts'
import { Load, type Target } from './load.ts'
import { Population } from './population.ts'
import type { Questions } from './questions.ts'
import { type Comparison, compare, describe, figure, type Side } from './rounds.ts'
import { Service } from './service.ts'

const FEW = 1_000
const MANY = 1_000_000
/** As many as sites may hold open, and so many that the generator does not sleep: to wake it is work of the server's. */
const CONNECTIONS = 48
const BATCH = 100

type Print = Telling['print']

/**
 * The verdict's speed per CPU-second: the real server with signer and writer thread, against a bare `node:https` server
 * that proves the peer once per connection and answers a constant of the same length, under the same headers.
 */
export function benchVerdict({ print, only }: Telling): Promise<Figures> {
  const wanted = Object.entries(CASES).filter(([name]) => only.length === 0 || only.includes(name))
  return inFolder(async (folder) => {
    mkdirSync(join(folder, 'few'))
    const few = await makeHome(join(folder, 'few'))
    const many = wanted.some(([, { needsMany }]) => needsMany) ? fillMany(few, join(folder, 'many'), print) : few
    fill(few, new Population(templateOf(few), FEW))
    const bench = await Bench.open(few, many, print)
    try {
      const figures: Record<string, number> = {}
      for (const [name, { run }] of wanted) figures[name] = await run(bench)
      return figures
    } finally {
      await bench.close()
    }
  })
}

/** The figures in their order; those that need a million certificates come last. */
const CASES: Readonly<Record<string, { needsMany: boolean; run: (bench: Bench) => Promise<number> }>> = {
  ratio: { needsMany: false, run: (bench) => bench.get() },
  post: { needsMany: false, run: (bench) => bench.post() },
  batch: { needsMany: false, run: (bench) => bench.batch() },
  flat: { needsMany: true, run: (bench) => bench.flat() },
  cold: { needsMany: true, run: (bench) => bench.cold() },
}

/** A copy of the home, with a million certificates. */
function fillMany(few: Home, folder: string, print: Print): Home {
  const many = copyHome(few, folder)
  const began = performance.now()
  fill(many, new Population(templateOf(few), MANY))
  print(`${MANY.toLocaleString('en-US')} certificates written in ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  return many
}

/** Any certificate of ours will do: the service hashes it and reads no more. */
function templateOf(home: Home): Uint8Array {
  return decodePemAll(home.site.cert, 'CERTIFICATE')[0]!
}

/** The processes that are measured, and the one that asks them. */
class Bench {
  readonly #home: Home
  readonly #many: Home
  readonly #template: Uint8Array
  readonly #print: Print
  readonly #load = new Load()
  readonly #service: Service
  readonly #bare: Child
  readonly #barePort: number

  private constructor(home: Home, many: Home, print: Print, service: Service, bare: Child, barePort: number) {
    this.#home = home
    this.#many = many
    this.#template = templateOf(home)
    this.#print = print
    this.#service = service
    this.#bare = bare
    this.#barePort = barePort
  }

  static async open(home: Home, many: Home, print: Print): Promise<Bench> {
    const service = await Service.start(home)
    const bare = Child.start(new URL('./bare-server.ts', import.meta.url))
    const { server: identity, anchor, site } = home
    const answer = await askOnce(home, service)
    const told: BareServer = { identity, anchor, peer: site.cert, answer }
    return new Bench(home, many, print, service, bare, await bare.ask<number>(told))
  }

  async close(): Promise<void> {
    this.#load.stop()
    this.#bare.stop()
    await this.#service.stop()
  }

  async get(): Promise<number> {
    const questions = this.#questions('get', FEW)
    const result = await compare(await this.#ours(questions), await this.#theirs(questions))
    return this.#tell('GET by fingerprint', ['service', 'bare'], result)
  }

  async post(): Promise<number> {
    const questions = this.#questions('post', FEW)
    const result = await compare(await this.#ours(questions), await this.#theirs(questions))
    return this.#tell('POST of the DER', ['service', 'bare'], result)
  }

  async batch(): Promise<number> {
    const batches = await this.#ours({ kind: 'batch', template: this.#template, count: FEW, size: BATCH })
    const verdicts: Side = { ...batches, run: async () => (await batches.run()) * BATCH }
    const result = await compare(verdicts, await this.#ours(this.#questions('get', FEW)))
    return this.#tell(`verdicts in batches of ${BATCH}`, ['batch', 'single'], result)
  }

  /** Both servers hold all their certificates in memory, and the questions go to all of them. */
  async flat(): Promise<number> {
    const service = await Service.start(this.#many, { COUNTERSIGN_CACHE: String(3 * MANY) })
    try {
      const all: Questions = { kind: 'batch', template: this.#template, count: MANY, size: 1_000 }
      await this.#load.send(this.#target(service.port('api'), all), MANY / 1_000)
      const large = await this.#ours(this.#questions('get', MANY), service)
      const result = await compare(large, await this.#ours(this.#questions('get', FEW)))
      return this.#tell('GET, all of 1 M held in memory', ['1 M', '1 k'], result)
    } finally {
      await service.stop()
    }
  }

  /** Ninety-nine questions of a hundred find nothing in memory. */
  async cold(): Promise<number> {
    const service = await Service.start(this.#many, { COUNTERSIGN_CACHE: '10000' })
    try {
      const questions = this.#questions('get', MANY)
      const result = await compare(await this.#ours(questions, service), await this.#theirs(questions))
      return this.#tell('GET, spread over 1 M, 10 k in memory', ['service', 'bare'], result)
    } finally {
      await service.stop()
    }
  }

  #questions(kind: 'get' | 'post', count: number): Questions {
    return { kind, template: this.#template, count }
  }

  #target(port: number, questions: Questions): Target {
    const { root, site: identity } = this.#home
    return { port, root, identity, connections: CONNECTIONS, questions }
  }

  async #side(pid: number, port: number, questions: Questions): Promise<Side> {
    return { pid, run: await this.#load.aim(this.#target(port, questions)) }
  }

  #ours(questions: Questions, service = this.#service): Promise<Side> {
    return this.#side(service.pid, service.port('api'), questions)
  }

  #theirs(questions: Questions): Promise<Side> {
    return this.#side(this.#bare.pid, this.#barePort, questions)
  }

  #tell(title: string, sides: readonly [string, string], result: Comparison): number {
    this.#print(describe(title, sides, result))
    return figure(result.ratio)
  }
}

/** The body of a valid verdict, which the bare server will answer too. */
function askOnce(home: Home, service: Service): Promise<string> {
  const fingerprint = new Population(templateOf(home), FEW).fingerprint(0).toString('hex')
  const address = `${service.listeners.api}/v1/verdicts/${fingerprint}`
  return new Promise((resolve, reject) => {
    const sent = request(address, { ...home.site, ca: home.root, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
    sent.once('error', reject)
    sent.end()
  })
}
