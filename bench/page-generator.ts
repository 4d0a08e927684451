import { connect, type OutgoingHttpHeaders } from 'node:http2'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'
import { ROUND_SECONDS } from './rounds.ts'

/** Whom the people shall visit, for one round. */
export interface PageOrder {
  readonly address: string
  readonly path: string
  readonly root: string
  readonly identity: Identity
}

/** As many of them at once. */
const PEOPLE = 16

/** @returns how many pages came, all of them whole */
serveBench<PageOrder>(async (order) => {
  const end = performance.now() + ROUND_SECONDS * 1_000
  const counts = await Promise.all(Array.from({ length: PEOPLE }, () => comeAndGo(order, end)))
  return counts.reduce((sum, count) => sum + count, 0)
})

/** People come one by one, each with a handshake of their own: nobody looks at this page twice. */
async function comeAndGo(order: PageOrder, end: number): Promise<number> {
  let pages = 0
  while (performance.now() < end) {
    await visit(order)
    pages += 1
  }
  return pages
}

function visit({ address, path, root, identity }: PageOrder): Promise<void> {
  const headers: OutgoingHttpHeaders = { ':path': path, accept: 'text/html', 'accept-language': 'en' }
  return new Promise((resolve, reject) => {
    const session = connect(address, { ca: root, ...identity })
    session.once('error', reject)
    const stream = session.request(headers)
    let status: number | undefined
    stream.once('response', (answer) => {
      status = answer[':status']
    })
    stream.once('error', reject)
    stream.once('end', () => {
      session.close()
      if (status === 200) resolve()
      else reject(new Error(`a page was answered with ${status}`))
    })
    stream.resume()
  })
}
