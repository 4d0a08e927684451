import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:https'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { decodePemAll } from '../src/x509/pem.ts'
import { Child } from './child.ts'
import type { Figures, Telling } from './figures.ts'
import { fill } from './fill.ts'
import { command, type Home, type Identity, inFolder, makeHome } from './home.ts'
import type { Noise, NoiseOrder } from './noisy-service.ts'
import { Population } from './population.ts'
import { Service } from './service.ts'

const ROUNDS = 5
/** Questions of the quiet service in a round, and the time between two, ms: a site that people visit. */
const QUESTIONS = 600
const EVERY = 3
/** Of the noisy service. */
const CONNECTIONS = 64
/** Questions in a second that its bound allows. */
const BOUND = 100
/** Before a round is measured the noise is there for so long, ms: what was saved up is spent by then. */
const SETTLING = 3_000

/** The quiet service's times in rounds beside: nobody; a noisy service with a bound; one without. */
const BESIDE = ['nobody', 'bounded', 'unbounded'] as const
type Beside = (typeof BESIDE)[number]

/**
 * One noisy service: what its asking without a pause does to the 99th percentile of another's times, with a bound on its
 * questions and without one. The sides are measured in turn, in one run.
 */
export function benchNoisy({ print }: Telling): Promise<Figures> {
  return inFolder(async (folder) => {
    const home = await makeHome(folder)
    fill(home, new Population(decodePemAll(home.site.cert, 'CERTIFICATE')[0]!, 1))
    const noisy = { bounded: await anotherSite(home, 'bounded'), unbounded: await anotherSite(home, 'unbounded') }
    await command(folder, 'site', 'policy', 'bounded', '--verdicts-per-second', String(BOUND))
    const service = await Service.start(home)
    const child = Child.start(new URL('./noisy-service.ts', import.meta.url))
    try {
      const run = new Run(home, service, child, noisy)
      const p99s: Record<Beside, number[]> = { nobody: [], bounded: [], unbounded: [] }
      for (let round = 0; round < ROUNDS; round += 1)
        for (const beside of BESIDE) p99s[beside].push(await run.round(beside, print))
      return figures(p99s, print)
    } finally {
      child.stop()
      await service.stop()
    }
  })
}

class Run {
  readonly #home: Home
  readonly #child: Child
  readonly #noisy: Readonly<Record<string, Identity>>
  readonly #url: string
  readonly #agent: Agent

  constructor(home: Home, service: Service, child: Child, noisy: Readonly<Record<string, Identity>>) {
    this.#home = home
    this.#child = child
    this.#noisy = noisy
    const template = decodePemAll(home.site.cert, 'CERTIFICATE')[0]!
    const fingerprint = new Population(template, 1).fingerprint(0).toString('hex')
    this.#url = `${service.listeners.api}/v1/verdicts/${fingerprint}`
    this.#agent = new Agent({ ca: home.root, ...home.site, keepAlive: true })
  }

  /** @returns the 99th percentile of the quiet service's times, ms */
  async round(beside: Beside, print: Telling['print']): Promise<number> {
    const identity = this.#noisy[beside]
    if (identity) await this.#child.ask<undefined>(this.#noise(identity))
    await pause(SETTLING)
    const times: number[] = []
    for (let question = 0; question < QUESTIONS; question += 1) {
      times.push(await this.#timeOfOne())
      await pause(EVERY)
    }
    const noise = identity && (await this.#child.ask<Noise>({ kind: 'end' } satisfies NoiseOrder))
    const p99 = percentile(times, 0.99)
    print(
      `beside ${beside.padEnd(9)} p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms${told(noise)}`,
    )
    return p99
  }

  #noise(identity: Identity): NoiseOrder {
    return { kind: 'begin', url: this.#url, root: this.#home.root, identity, connections: CONNECTIONS }
  }

  #timeOfOne(): Promise<number> {
    const began = performance.now()
    return new Promise((resolve, reject) => {
      const asked = get(this.#url, { agent: this.#agent }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`the quiet service is refused: ${answer.statusCode}`))
        answer.resume().once('end', () => resolve(performance.now() - began))
      })
      asked.once('error', reject)
    })
  }
}

async function anotherSite({ folder }: Home, name: string): Promise<Identity> {
  const out = join(folder, name)
  await command(folder, 'site', 'add', name, '--return-to', `https://${name}.example/`)
  await command(folder, 'site', 'cert', name, 'web', '--out', out)
  const read = (file: string): string => readFileSync(join(out, file), 'utf8')
  return { cert: read('cert.pem'), key: read('key.pem') }
}

function figures(p99s: Readonly<Record<Beside, readonly number[]>>, print: Telling['print']): Figures {
  const [quiet, bounded, unbounded] = BESIDE.map((beside) => percentile(p99s[beside], 0.5)) as [number, number, number]
  const ratio = (one: number): number => Math.round((one / quiet) * 100) / 100
  print(
    `p99 beside a bounded service ${ratio(bounded)} times that beside nobody; beside an unbounded one ${ratio(unbounded)}`,
  )
  return { bounded: ratio(bounded), unbounded: ratio(unbounded) }
}

function percentile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
}

function told(noise: Noise | undefined): string {
  return noise ? `; ${noise.answered} of its questions were answered, ${noise.refused} refused` : ''
}
