import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { countersign } from '../src/client/countersign.ts'
import { serveBench } from './child.ts'
import type { SiteOrder } from './revoke-site.ts'

/**
 * What stands before a site's own code: the library; nothing, in a process that has asked others over TLS, as sites do; or
 * nothing, in a process that never began a connection of its own, and whose code V8 has made for nothing else.
 */
export type SiteKind = 'library' | 'nothing' | 'nothing-untouched'

/** A site that answers a constant. Its answer is its port. */
export interface ConstantSite extends SiteOrder {
  readonly kind: SiteKind
  /** how often it asks others: as often as the library does for the connections that it will have */
  readonly asks: number
}

/** What the generator takes for a right answer. */
const ANSWER = '{"verdict":"valid"}'
/** Longer than the other side's turn, ms. */
const KEEP_ALIVE_TIMEOUT = 75_000
const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length }

serveBench<ConstantSite>(async ({ url, root, identity, server, kind, asks }) => {
  const known = await countersign({ url, ca: root, ...identity })
  const answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, HEADERS).end(ANSWER)
  }
  if (kind === 'nothing') await Promise.all(Array.from({ length: asks }, () => known.ask(NOBODY)))
  if (kind !== 'library') known.close()
  const { cert, key } = server
  const site = createServer({ ...known.tls(), cert, key }, kind === 'library' ? known.node(answer) : answer)
  site.keepAliveTimeout = KEEP_ALIVE_TIMEOUT
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  return (site.address() as AddressInfo).port
})

const NOBODY = '00'.repeat(32)
