import { get } from 'node:https'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'

/** So many services that listen. The answer comes when each has heard a heartbeat; later ones tell how many still listen. */
export interface StreamsOrder {
  readonly url: string
  readonly root: string
  readonly identity: Identity
  readonly count: number
}

const AT_ONCE = 50
let listening = 0

serveBench<StreamsOrder | { readonly count: 'how many' }>(async (order) => {
  if (order.count === 'how many') return listening
  let left = order.count
  const opener = async (): Promise<void> => {
    while (left-- > 0) await listen(order)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, opener))
  return listening
})

function listen({ url, root, identity }: StreamsOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/v1/events`, { agent: false, ca: root, ...identity }, (answer) => {
      listening += 1
      answer.once('close', () => {
        listening -= 1
      })
      answer.on('error', () => {})
      answer.on('data', (chunk: Buffer) => {
        if (chunk.includes('heartbeat')) resolve()
      })
    })
    request.once('error', reject)
  })
}
