import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { AnswerReader } from './answer-reader.ts'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'
import { makeRequests, type Questions, type Requests } from './questions.ts'

/** What the generator is told: whom to ask what, then to do it. */
export type Order =
  | {
      readonly kind: 'connect'
      readonly target: string
      readonly port: number
      readonly root: string
      readonly identity: Identity
      readonly connections: number
      readonly questions: Questions
    }
  | { readonly kind: 'run'; readonly target: string; readonly seconds: number; readonly answers: number }
  | { readonly kind: 'close'; readonly target: string }

const targets = new Map<string, Target>()

serveBench<Order>(async (order) => {
  if (order.kind === 'connect') targets.set(order.target, await Target.connect(order))
  const target = targets.get(order.target)
  if (!target) throw new Error(`no target ${order.target}`)
  if (order.kind === 'run') return target.run(order.seconds, order.answers)
  if (order.kind === 'close') target.close()
  return undefined
})

/** One server and its connections, each with one request under way at most. */
class Target {
  readonly #lanes: readonly Lane[]

  private constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes
  }

  static async connect({ port, root, identity, connections, questions }: Order & { kind: 'connect' }): Promise<Target> {
    const requests = makeRequests(questions, `localhost:${port}`)
    const lanes = Array.from({ length: connections }, async (_, number) => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: root, ...identity })
      await once(socket, 'secureConnect')
      return new Lane(socket, requests, number)
    })
    return new Target(await Promise.all(lanes))
  }

  /** Asks for so long, or so often. @returns how many answers came, all of them right */
  async run(seconds: number, answers: number): Promise<number> {
    const quota = { left: answers }
    const timer = setTimeout(() => {
      quota.left = 0
    }, seconds * 1_000)
    const counts = await Promise.all(this.#lanes.map((lane) => lane.run(quota)))
    clearTimeout(timer)
    return counts.reduce((sum, count) => sum + count, 0)
  }

  close(): void {
    for (const lane of this.#lanes) lane.close()
  }
}

interface Quota {
  left: number
}

class Lane {
  readonly #socket: TLSSocket
  readonly #requests: Requests
  readonly #number: number
  readonly #reader: AnswerReader
  #quota: Quota = { left: 0 }
  #answers = 0
  #end: (count: number) => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(socket: TLSSocket, requests: Requests, number: number) {
    this.#socket = socket
    this.#requests = requests
    this.#number = number
    this.#reader = new AnswerReader(requests.expected)
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server has closed a connection')))
  }

  run(quota: Quota): Promise<number> {
    this.#quota = quota
    this.#answers = 0
    return new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
      this.#ask()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #ask(): void {
    if (this.#quota.left <= 0) {
      this.#end(this.#answers)
      return
    }
    this.#quota.left -= 1
    this.#socket.write(this.#requests.next(this.#number))
  }

  #take(chunk: Buffer): void {
    try {
      if (!this.#reader.take(chunk)) return
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#answers += 1
    this.#ask()
  }
}
