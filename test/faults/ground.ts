import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Test } from 'tap'
import { CEILINGS } from '../../ca/profiles.ts'
import { type HomeWithAuthority, withAuthority } from '../../scripts/authority.ts'
import { makeAuthority } from '../../scripts/ca.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import type { IssueOrder } from '../../src/domain/issuer.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { ROOT } from '../e2e/cli.ts'
import type { Identity } from '../e2e/exchange.ts'
import { makeHome } from '../e2e/service.ts'
import { addSite } from '../e2e/site-service.ts'

/** A home on which workers live and are killed, one after another. */
export interface Ground {
  readonly config: Config
  readonly port: number
  /** of the listener */
  readonly server: Identity
  readonly operator: Identity
  /** PEM */
  readonly anchor: string
}

/** The site whose services are certified. */
export const SITE = 'shop'

const NOBODY = { subscriberId: null, deviceId: null, siteId: null, service: null }

export async function layGround(t: Test): Promise<Ground> {
  const home = makeHome(t)
  const config = readConfig({
    env: { COUNTERSIGN_HOME: home },
    defaultHome: undefined,
    ceilings: CEILINGS,
    readFile: () => '',
  })
  await makeAuthority(config)
  return withAuthority(async (open) => {
    await addSite(open, SITE)
    return {
      config,
      port: await freePort(),
      server: await identify(open, {
        profile: 'tls-server',
        label: 'localhost',
        binding: NOBODY,
        hosts: ['localhost'],
      }),
      operator: await identify(open, { profile: 'admin', label: 'Operator', binding: NOBODY }),
      anchor: open.authority.issuers.root.pem,
    }
  }, config)
}

async function identify(open: HomeWithAuthority, order: Omit<IssueOrder, 'request'>): Promise<Identity> {
  const { key, request } = makeOwnRequest()
  const issuance = createIssuance({ ...open, clock: { now: () => Date.now() } })
  const { der, issuer } = await issuance.issue({ actor: 'operator:cli', order: { ...order, request } })
  return {
    cert: encodePem('CERTIFICATE', der) + open.issuer.chain(issuer),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

const SOURCES = {
  worker: 'test/faults/worker.ts',
  signer: 'ca/signer.js',
  'writer-thread': 'src/store/sqlite/writer-thread.ts',
}

/** Makes one file of each program that a life consists of: 200 starts from the sources would take minutes. */
export async function bundleWorker(t: Test): Promise<string> {
  // below the packages, so that the one that stays outside the bundle is found
  const cache = join(ROOT, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'countersign-worker-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  await build({
    absWorkingDir: ROOT,
    entryPoints: SOURCES,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: ['better-sqlite3'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return join(folder, 'worker.js')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
