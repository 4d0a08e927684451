import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { countersign } from '../src/client/countersign.ts'
import { serveBench } from './child.ts'
import type { SiteOrder } from './revoke-site.ts'

/** A site that answers a constant, with the library before it or without. Its answer is its port. */
export interface ConstantSite extends SiteOrder {
  readonly bare: boolean
}

/** What the generator takes for a right answer. */
const ANSWER = '{"verdict":"valid"}'
const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length }

serveBench<ConstantSite>(async ({ url, root, identity, server, bare }) => {
  const known = await countersign({ url, ca: root, ...identity })
  const answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, HEADERS).end(ANSWER)
  }
  const { cert, key } = server
  const site = createServer({ ...known.tls(), cert, key }, bare ? answer : known.node(answer))
  if (bare) known.close()
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  return (site.address() as AddressInfo).port
})
