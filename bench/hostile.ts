import { Agent, request } from 'node:https'
import { type Attempt, type Front, fronts } from './attempts.ts'
import type { Figures, Telling } from './figures.ts'
import { command, type Home, inFolder, makeHome } from './home.ts'
import { residentBytes } from './process-tree.ts'
import { Service } from './service.ts'

/** The corpus is sent so often; the first time compilers are still at work, as they are for whoever attacks first. */
const TIMES = 5

type Print = Telling['print']

/**
 * The malformed corpus over real sockets, one attempt after the other: how long an answer takes at worst, and for how
 * long the server's event loop stood still.
 */
export function benchHostile({ print }: Telling): Promise<Figures> {
  return inFolder(async (folder) => {
    const home = await makeHome(folder)
    const service = await Service.start(home)
    try {
      const { url } = await command(folder, 'invite')
      const before = residentBytes(service.pid)
      const tried = await tryAll(home, service, fronts(new URL(String(url)).pathname), print)
      print(`memory: ${megabytes(before)} before, ${megabytes(residentBytes(service.pid))} after; the process lives`)
      const times = tried.map(({ ms }) => ms).toSorted((a, b) => a - b)
      return {
        p99_ms: round(times[Math.floor(times.length * 0.99)]!),
        worst_ms: round(times.at(-1)!),
        stall_ms: round(Math.max(...tried.map(({ stall }) => stall))),
      }
    } finally {
      await service.stop()
    }
  })
}

interface Tried {
  readonly name: string
  readonly ms: number
  /** of the whole pass that this was a part of */
  readonly stall: number
}

async function tryAll(home: Home, service: Service, all: readonly Front[], print: Print): Promise<readonly Tried[]> {
  const tried: Tried[] = []
  for (const { listener, attempts } of all) {
    const address = service.listeners[listener]!
    const identity = { api: home.site, admin: home.operator, portal: {} }[listener]
    const agent = new Agent({ ca: home.root, ...identity, keepAlive: true, maxSockets: 1 })
    const own: Tried[] = []
    for (let time = 0; time < TIMES; time += 1) own.push(...(await pass(service, address, agent, attempts)))
    agent.destroy()
    const worst = own.reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest))
    const stall = Math.max(...own.map((one) => one.stall))
    print(
      `${listener.padEnd(7)} ${own.length} answers, the slowest after ${round(worst.ms)} ms (${worst.name.slice(0, 60)}), longest stall ${round(stall)} ms`,
    )
    tried.push(...own)
  }
  return tried
}

async function pass(
  service: Service,
  address: string,
  agent: Agent,
  attempts: readonly Attempt[],
): Promise<readonly Tried[]> {
  const times: { name: string; ms: number }[] = []
  await longestStall(service)
  for (const attempt of attempts) times.push({ name: attempt.name, ms: await timeOf(address, agent, attempt) })
  const stall = await longestStall(service)
  return times.map((one) => ({ ...one, stall }))
}

/** @returns ms from the request's first byte to the answer's last @throws Error for an answer that is no refusal */
async function timeOf(address: string, agent: Agent, attempt: Attempt): Promise<number> {
  const began = performance.now()
  const { status, text } = await send(address, agent, attempt)
  const ms = performance.now() - began
  // A well-formed SEQUENCE is a fair question; it is about a certificate that nobody knows.
  const unknown = status === 200 && text.includes('"verdict":"missing"')
  if (!unknown && (status < 400 || status >= 500)) throw new Error(`${attempt.name}: ${status} ${text.slice(0, 200)}`)
  return ms
}

/** A server that refuses a body before it has come to its end closes the connection: that is an answer too. */
const CUT_OFF = { status: 413, text: '' }

function send(address: string, agent: Agent, attempt: Attempt): Promise<{ status: number; text: string }> {
  const { method, path, type, body } = attempt
  const headers = body && type ? { 'Content-Type': type, 'Content-Length': body.length } : {}
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, address), { agent, method, headers }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    sent.once('error', (error) => (body && body.length > LARGE ? resolve(CUT_OFF) : reject(error)))
    sent.end(body)
  })
}

/** Bytes: the limit of a body. */
const LARGE = 64 * 1024

/** Of the server's event loop since it was asked last, ms. */
async function longestStall(service: Service): Promise<number> {
  const response = await fetch(`${service.listeners.ops}/metrics`)
  const found = /^nodejs_eventloop_lag_max_seconds ([\d.e-]+)$/m.exec(await response.text())
  if (!found) throw new Error('the server does not tell how long its event loop stood still')
  return Math.max(0, Number(found[1]) * 1_000 - SAMPLING_MS)
}

/** The loop is looked at every 10 ms, and the figure is the time between two looks. */
const SAMPLING_MS = 10

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
