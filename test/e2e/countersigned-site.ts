import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { withAuthority } from '../../scripts/authority.ts'
import { apiOrder } from '../../scripts/certificate-files.ts'
import { type CountersignOptions, countersign, type Identity } from '../../src/client/countersign.ts'
import type { Ended } from '../../src/client/judging.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import type { Identity as ServerIdentity } from './exchange.ts'
import { configOf } from './inside.ts'
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

/** An API certificate of the sample site's service, by the development authority. @param lifetime ms */
export function serviceIdentity(service: TestService, lifetime: number): Promise<ServerIdentity> {
  const config = configOf(service)
  return withAuthority(
    async (home) => {
      const site = await home.store.site({ name: 'sample' })
      const { key, request } = makeOwnRequest()
      const issuance = createIssuance({ ...home, clock: { now: () => Date.now() } })
      const order = { ...apiOrder({ site: site!, service: 'web' }), request }
      const { der } = await issuance.issue({ actor: 'operator:cli', order })
      const cert = encodePem('CERTIFICATE', der) + home.issuer.chain('api')
      return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
    },
    { ...config, policy: { ...config.policy, apiLifetime: lifetime } },
  )
}

/** The site's own certificate, by the development authority. */
export function serverIdentity(service: TestService): Promise<ServerIdentity> {
  const binding = { subscriberId: null, deviceId: null, siteId: null, service: null }
  return withAuthority(async (home) => {
    const { key, request } = makeOwnRequest()
    const issuance = createIssuance({ ...home, clock: { now: () => Date.now() } })
    const order = { profile: 'tls-server', label: 'localhost', hosts: ['localhost'], binding, request } as const
    const { der } = await issuance.issue({ actor: 'operator:cli', order })
    const cert = encodePem('CERTIFICATE', der) + home.issuer.chain('internal')
    return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
  }, configOf(service))
}
