import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type CountersignOptions, countersign, type Identity } from '../../src/client/countersign.ts'
import type { Ended } from '../../src/client/judging.ts'
import type { Identity as ServerIdentity } from './exchange.ts'
import type { TestService } from './service.ts'

/** A site that stands behind the library: HTTP/1.1 with WebSockets on one port, HTTP/2 on another. */
export interface CountersignedSite {
  readonly identity: Identity
  readonly http1: string
  readonly http2: string
  readonly ended: readonly Ended[]
  /** how many requests were let in */
  served(): number
}

export async function startCountersignedSite(
  t: Test,
  service: TestService,
  server: ServerIdentity,
  options: Partial<CountersignOptions> = {},
): Promise<CountersignedSite> {
  const ended: Ended[] = []
  const identity = await countersign({
    url: service.address('api'),
    ...service.identity('site'),
    ca: service.anchor,
    ended: (one) => void ended.push(one),
    ...options,
  })
  t.teardown(() => identity.close())
  let served = 0
  const listener = identity.node((request, response) => {
    served += 1
    response.setHeader('content-type', 'text/plain')
    if (request.url === '/stream') response.write('open')
    else response.end(request.identity.subject)
  })
  const first = createServer({ ...identity.tls(), ...server }, listener)
  first.on(
    'upgrade',
    identity.upgrade((_request, socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    ),
  )
  const second = createSecureServer({ ...identity.tls(), ...server }, listener)
  const addresses: string[] = []
  for (const one of [first, second]) {
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
    addresses.push(`https://localhost:${(one.address() as AddressInfo).port}`)
    t.teardown(() => one.close())
  }
  t.teardown(() => first.closeAllConnections())
  return { identity, http1: addresses[0]!, http2: addresses[1]!, ended, served: () => served }
}
