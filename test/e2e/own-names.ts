import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { type RelyingSite, startRelyingSite } from './relying-site.ts'
import { type ServiceWishes, startService, type TestService } from './service.ts'

/** Portal and sign-on at a host name of their own, fresh names below it; sites are at others. */
export async function startAtOwnName(t: Test, wishes: ServiceWishes = {}): Promise<TestService> {
  const [portal, signon] = [await freePort(), await freePort()]
  return startService(t, {
    ...wishes,
    settings: {
      COUNTERSIGN_PORTAL_URL: `https://id.test:${portal}`,
      COUNTERSIGN_PORTAL_LISTEN: `127.0.0.1:${portal}`,
      COUNTERSIGN_SIGNON_URL: `https://id.test:${signon}`,
      COUNTERSIGN_SIGNON_LISTEN: `127.0.0.1:${signon}`,
      COUNTERSIGN_CHECK_URL: `https://*.check.id.test:${signon}`,
      ...wishes.settings,
    },
  })
}

/** A site at `shop.test` that asks this service. */
export async function startSite(t: Test, service: TestService): Promise<RelyingSite> {
  const { key, request } = makeOwnRequest()
  const csr = join(service.home, 'shop.csr')
  writeFileSync(csr, encodePem('CERTIFICATE REQUEST', request))
  const made = await service.command('cert', 'issue', '--profile', 'tls-server', '--csr', csr, '--host', 'shop.test')
  t.equal(made.code, 0, made.stderr)
  const issuer = Buffer.from(await (await service.plain('pki', '/ca/browser.cer')).arrayBuffer())
  const own = join(service.home, 'shop')
  const port = await freePort()
  await service.command('site', 'add', 'shop', '--return-to', `https://shop.test:${port}/`)
  await service.command('site', 'cert', 'shop', 'web', '--out', own)
  const site = await startRelyingSite({
    port,
    server: {
      cert: readFileSync(join(service.home, 'shop.cert.pem'), 'utf8'),
      key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    },
    browserIssuer: encodePem('CERTIFICATE', issuer),
    api: service.address('api'),
    anchor: service.anchor,
    service: {
      cert: readFileSync(join(own, 'cert.pem'), 'utf8'),
      key: readFileSync(join(own, 'key.pem'), 'utf8'),
    },
  })
  t.teardown(() => site.close())
  return site
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
