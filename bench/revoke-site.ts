import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { countersign } from '../src/client/countersign.ts'
import { serveBench } from './child.ts'
import type { Identity } from './home.ts'

/** A site behind the library, as the bench orders it. Its answer is its port. */
export interface SiteOrder {
  /** of the listener `api` */
  readonly url: string
  readonly root: string
  /** of the site's service */
  readonly identity: Identity
  /** of the site itself */
  readonly server: Identity
}

serveBench<SiteOrder>(async ({ url, root, identity, server }) => {
  const known = await countersign({ url, ca: root, ...identity })
  const listener = known.node((request, response) => response.end(request.identity.subject))
  const { cert, key } = server
  const site = createServer({ ...known.tls(), cert, key }, listener)
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  return (site.address() as AddressInfo).port
})
