import { Agent, get } from 'node:https'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'

/** A service that asks without a pause over so many connections; then that it stops. */
export type NoiseOrder =
  | {
      readonly kind: 'begin'
      /** the address of one question */
      readonly url: string
      readonly root: string
      readonly identity: Identity
      readonly connections: number
    }
  | { readonly kind: 'end' }

/** What came of the noise. */
export interface Noise {
  readonly answered: number
  readonly refused: number
}

let going = false
let loops: readonly Promise<void>[] = []
let noise = { answered: 0, refused: 0 }

serveBench<NoiseOrder>(async (order) => {
  if (order.kind === 'begin') {
    const { url, root, identity, connections } = order
    going = true
    noise = { answered: 0, refused: 0 }
    const agent = new Agent({ ca: root, ...identity, keepAlive: true, maxSockets: connections })
    loops = Array.from({ length: connections }, () => askOnAndOn(url, agent))
    return undefined
  }
  going = false
  await Promise.all(loops)
  return noise satisfies Noise
})

async function askOnAndOn(url: string, agent: Agent): Promise<void> {
  while (going) {
    const status = await statusOf(url, agent)
    if (status === 200) noise.answered += 1
    else if (status === 429) noise.refused += 1
    else throw new Error(`an answer that nobody expects: ${status}`)
  }
}

function statusOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.once('error', reject)
  })
}
