import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { decodePemAll, encodePem } from '../src/x509/pem.ts'
import { Child } from './child.ts'
import type { Figures, Telling } from './figures.ts'
import { fill } from './fill.ts'
import { command, type Home, type Identity, inFolder, makeHome } from './home.ts'
import { Population } from './population.ts'
import type { SiteOrder } from './revoke-site.ts'
import type { StreamsOrder } from './revoke-streams.ts'
import { Service } from './service.ts'

const REVOCATIONS = 1_000
/** Revoked at the same time. */
const AT_ONCE = 4
/** Visitors who come all the while, and are not concerned. */
const BYSTANDERS = 16
/** Between a bystander's visits, ms: so that not the machine's end is measured. */
const BYSTANDER_PAUSE = 10
/** Between the visits of whoever is being revoked, ms: what is found may be so much too long. */
const VISITOR_PAUSE = 1
/** Streams of another site, which are open all the while. */
const STREAMS = 1_000

/**
 * How long somebody is still let in: from the acknowledgment of a revocation to the first request that a site with the
 * library refuses, or the end of the visitor's connection; while others visit, and a thousand streams are open. The
 * visitor asks again and again. Asked directly, the service must have said no from the acknowledgment on.
 */
export function benchRevoke({ print }: Telling): Promise<Figures> {
  return inFolder(async (folder) => {
    const home = await makeHome(folder)
    const template = decodePemAll(home.site.cert, 'CERTIFICATE')[0]!
    const population = new Population(template, REVOCATIONS + BYSTANDERS)
    fill(home, population)
    const other = await anotherSite(home)
    const service = await Service.start(home)
    const [site, streams] = ['./revoke-site.ts', './revoke-streams.ts'].map((name) =>
      Child.start(new URL(name, import.meta.url)),
    )
    try {
      const line = { url: service.listeners.api!, root: home.root, identity: home.site }
      const port = await site!.ask<number>({ ...line, server: home.server } satisfies SiteOrder)
      const began = await streams!.ask<number>({ ...line, identity: other, count: STREAMS } satisfies StreamsOrder)
      print(`${began} streams of another site are open`)
      const run = new Run(home, service, population, `https://localhost:${port}/`)
      await run.go()
      const held = await streams!.ask<number>({ count: 'how many' })
      return figures(run, held, print)
    } finally {
      for (const child of [site, streams]) child?.stop()
      await service.stop()
    }
  })
}

async function anotherSite({ folder }: Home): Promise<Identity> {
  const out = join(folder, 'another')
  await command(folder, 'site', 'add', 'another', '--return-to', 'https://another.example/')
  await command(folder, 'site', 'cert', 'another', 'web', '--out', out)
  const read = (name: string): string => readFileSync(join(out, name), 'utf8')
  return { cert: read('cert.pem'), key: read('key.pem') }
}

class Run {
  /** ms from each acknowledgment to the first refusal */
  readonly times: number[] = []
  /** answers of the service itself that were not `revoked` after the acknowledgment */
  wrong = 0
  /** visits by those who were not concerned, and those of them that were refused */
  visits = 0
  disturbed = 0
  readonly #home: Home
  readonly #service: Service
  readonly #population: Population
  readonly #site: string
  readonly #agents: { readonly operator: Agent; readonly service: Agent }
  #going = true

  constructor(home: Home, service: Service, population: Population, site: string) {
    this.#home = home
    this.#service = service
    this.#population = population
    this.#site = site
    this.#agents = { operator: this.#agentOf(home.operator), service: this.#agentOf(home.site) }
  }

  async go(): Promise<void> {
    const bystanders = Array.from({ length: BYSTANDERS }, (_, index) => this.#stand(REVOCATIONS + index))
    const left = Array.from({ length: REVOCATIONS }, (_, index) => index).values()
    const revoker = async (): Promise<void> => {
      for (const index of left) await this.#revoke(index)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, revoker))
    this.#going = false
    await Promise.all(bystanders)
  }

  async #revoke(index: number): Promise<void> {
    const fingerprint = this.#population.fingerprint(index).toString('hex')
    const agent = this.#visitor(index)
    const first = await visit(this.#site, agent)
    if (first !== 200) throw new Error(`a visitor was not let in: ${first}`)
    const refused = this.#untilRefused(agent)
    const address = `${this.#service.listeners.admin}/v1/certificates/${fingerprint}/revoke`
    const status = await visit(address, this.#agents.operator, JSON.stringify({ reason: 'superseded' }))
    const acknowledged = performance.now()
    if (status !== 200) throw new Error(`not revoked: ${status}`)
    const verdict = await textOf(`${this.#service.listeners.api}/v1/verdicts/${fingerprint}`, this.#agents.service)
    if (!verdict.includes('"revoked"')) this.wrong += 1
    this.times.push(Math.max(0, (await refused) - acknowledged))
    agent.destroy()
  }

  async #untilRefused(agent: Agent): Promise<number> {
    while ((await visit(this.#site, agent)) === 200) await pause(VISITOR_PAUSE)
    return performance.now()
  }

  async #stand(index: number): Promise<void> {
    const agent = this.#visitor(index)
    while (this.#going) {
      this.visits += 1
      if ((await visit(this.#site, agent)) !== 200) this.disturbed += 1
      await pause(BYSTANDER_PAUSE)
    }
    agent.destroy()
  }

  #visitor(index: number): Agent {
    const cert = encodePem('CERTIFICATE', this.#population.der(index))
    return this.#agentOf({ cert, key: this.#home.site.key })
  }

  #agentOf({ cert, key }: Identity): Agent {
    return new Agent({ ca: this.#home.root, cert, key, keepAlive: true })
  }
}

function figures(run: Run, held: number, print: Telling['print']): Figures {
  const times = run.times.toSorted((a, b) => a - b)
  const at = (part: number): number => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))]!)
  const [p50, p99, worst] = [at(0.5), at(0.99), at(1)]
  print(
    `${times.length} revocations, acknowledged until refused at the site, ms: p50 ${p50}, p99 ${p99}, worst ${worst}`,
  )
  print(
    `asked directly: ${run.wrong} wrong; others: ${run.visits} visits, ${run.disturbed} refused; ${held} streams still open`,
  )
  return { p50_ms: p50, p99_ms: p99, worst_ms: worst, wrong: run.wrong, disturbed: run.disturbed, streams: held }
}

/** The status; 0: the connection was ended. */
function visit(address: string, agent: Agent, body?: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request(address, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (answer) => {
      answer.resume().once('close', () => resolve(answer.complete ? (answer.statusCode ?? 0) : 0))
    })
    sent.once('error', () => resolve(0))
    sent.end(body)
  })
}

function textOf(address: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    request(address, { agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.once('end', () => resolve(text))
    })
      .once('error', reject)
      .end()
  })
}
