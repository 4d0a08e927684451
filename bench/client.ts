import { TLSSocket } from 'node:tls'
import { decide } from '../src/client/gate.ts'
import { Judging } from '../src/client/judging.ts'
import { type AnyRequest, connectionOf, shownOn } from '../src/client/proven-peer.ts'
import { decodePemAll, encodePem } from '../src/x509/pem.ts'
import { Child } from './child.ts'
import type { ConstantSite, SiteKind } from './client-site.ts'
import type { Figures, Telling } from './figures.ts'
import { fill } from './fill.ts'
import { inFolder, makeHome } from './home.ts'
import { Load, type Target } from './load.ts'
import { Population } from './population.ts'
import { compare, describe, figure, type Side } from './rounds.ts'
import { Service } from './service.ts'

const CONNECTIONS = 48
/** A difference of a twentieth is to be seen through the noise of a shared machine. */
const COMPARED = 15

/**
 * What the library costs a site: requests of people whose verdict is kept, per CPU-second, against the same site without
 * it, which asks for the same certificates and looks at none; and the look-up alone. Any connection that a process begins
 * makes its server some percent slower, whoever began it, so the site without the library has asked somebody, too; and
 * once it has not.
 */
export function benchClient({ print }: Telling): Promise<Figures> {
  return inFolder(async (folder) => {
    const home = await makeHome(folder)
    const population = new Population(decodePemAll(home.site.cert, 'CERTIFICATE')[0]!, 1)
    fill(home, population)
    const service = await Service.start(home)
    const load = new Load()
    const children: Child[] = []
    try {
      const line = { url: service.listeners.api!, root: home.root, identity: home.site, server: home.server }
      const visitor = { cert: encodePem('CERTIFICATE', population.der(0)), key: home.site.key }
      const questions: Target['questions'] = { kind: 'get', template: population.der(0), count: 1 }
      const aim = async (kind: SiteKind): Promise<Side> => {
        const child = Child.start(new URL('./client-site.ts', import.meta.url))
        children.push(child)
        const port = await child.ask<number>({ ...line, kind, asks: CONNECTIONS } satisfies ConstantSite)
        const target = { port, root: home.root, identity: visitor, connections: CONNECTIONS, questions }
        return { pid: child.pid, run: await load.aim(target) }
      }
      const library = await aim('library')
      const result = await compare(library, await aim('nothing'), COMPARED)
      print(describe('requests at a site', ['with the library', 'without'], result))
      const untouched = await compare(library, await aim('nothing-untouched'), COMPARED)
      print(describe('and one that never asked anybody anything', ['with the library', 'without'], untouched))
      const cached = await lookUp()
      print(`a kept verdict is found and used in ${cached.toFixed(2)} µs`)
      return { ratio: figure(result.ratio), ratio_untouched: figure(untouched.ratio), cached_us: figure(cached) }
    } finally {
      load.stop()
      for (const child of children) child.stop()
      await service.stop()
    }
  })
}

const READING = { issuer: '', audience: '', keys: [] }
const LOOK_UPS = 1_000_000
const ROUNDS = 5

/** The decision on a request of somebody whose verdict is kept, µs; median of the rounds. */
async function lookUp(): Promise<number> {
  const now = Date.now()
  const [validated_at, expires_at] = [now, now + 3_600_000].map((time) => new Date(time).toISOString())
  const json = { verdict: 'valid', subject: 'somebody', validated_at, expires_at }
  const judging = new Judging({
    api: { ask: async () => ({ json, date: now, sentAt: performance.now() }) },
    listening: () => ({ follows: true, provenAt: Number.POSITIVE_INFINITY }),
    reading: () => READING,
    newReading: async () => undefined,
    bound: 1_000,
    keep: 3_600_000,
    capacity: 10,
    ended: () => {},
  })
  const gate = {
    shown: shownOn,
    connection: connectionOf,
    judging,
    returnTo: () => [],
    checkPage: () => undefined,
    failed: () => {},
  }
  const request = requestOfSomebody()
  const response = request.socket
  await decide(gate, request, response, {})
  const times = Array.from({ length: ROUNDS }, () => {
    const began = performance.now()
    for (let times = 0; times < LOOK_UPS; times += 1)
      if (decide(gate, request, response, {}) instanceof Promise) throw new Error('the verdict was not kept')
    return ((performance.now() - began) * 1_000) / LOOK_UPS
  })
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1]!
}

function requestOfSomebody(): AnyRequest {
  const socket = Object.assign(Object.create(TLSSocket.prototype), {
    isSessionReused: () => false,
    getPeerX509Certificate: () => ({ raw: Uint8Array.of(0x30, 0) }),
    once: () => socket,
  })
  return { socket, method: 'GET', headers: {} } as AnyRequest
}
