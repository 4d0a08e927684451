/**
 * The service's writing half as a program that is there to be killed: the real store, the real issuer with its signer
 * process, and the admin listener over both. It tells each step on standard output before it goes on, and lingers a
 * little between the steps, so that kills fall between them too.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { loadAuthority } from '../../ca/authority.ts'
import { createIssuer } from '../../ca/issue.ts'
import { type Signer, startSigner } from '../../ca/signer-process.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import { createRevocation } from '../../src/domain/certificate/revocation.ts'
import type { Issuer } from '../../src/domain/issuer.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import type { CommandName, Store, StoreCommands } from '../../src/domain/store.ts'
import { createAdmin } from '../../src/http/admin/admin.ts'
import { readKeyring } from '../../src/seal-key.ts'
import { followAuditHead } from '../../src/store/audit-head.ts'
import { lockHome } from '../../src/store/sqlite/home-lock.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import type { Step, WorkerWishes } from './life.ts'

const { home, port, identity } = JSON.parse(process.argv[2]!) as WorkerWishes
const clock = { now: () => Date.now() }
const log = pino({ level: 'fatal' }, pino.destination({ fd: 2, sync: true }))

const directory = join(home, 'ca')
const authority = loadAuthority(directory)
const signer = await startSigner({
  directory,
  passphraseFile: join(home, 'passphrase'),
  issuers: ['api', 'internal', 'browser'],
})
// what is killed does not keep at its end what it has compiled
flushCompileCache()
tell({ step: 'loaded' })
// a line lets it serve; the end of input is the end of the test
const parent = createInterface({ input: process.stdin })
parent.once('close', () => process.exit())
await once(parent, 'line')
await serve()

/** All that a start does on a home that the one before left as it was. */
async function serve(): Promise<void> {
  lockHome(home)
  const keyring = readKeyring(join(home, 'seal.key'))
  const store = telling(await openSqliteStore({ file: join(home, 'countersign.db'), auditKey: keyring.audit, log }))
  followAuditHead({ file: join(home, 'audit.head'), keyring, store, log })
  const issuer = tellingSigner(createIssuer({ authority, signer, policy: DEFAULT_POLICY }))
  const app = createAdmin({
    url: `https://localhost:${port}`,
    identity,
    peers: { anchor: authority.twins.internal, required: true },
    store,
    issuance: createIssuance({ store, issuer, clock }),
    revocation: createRevocation({ store, clock }),
    sites: createSiteRegistry({ store, clock }),
    clock,
    log,
  })
  await app.listen({ host: '127.0.0.1', port })
  tell({ step: 'serving', signer: signerPid(signer) })
}

function signerPid({ pid }: Signer): number {
  if (pid === undefined) throw new TypeError('the signer has just been started')
  return pid
}

/** Synchronous: what was told has left this process, whatever happens to it next. */
function tell(step: Step): void {
  writeSync(1, `${JSON.stringify(step)}\n`)
}

/** The longest that a step is lingered upon, ms: as long as a commit or a signature takes. */
const LINGER = 6

function linger(): Promise<void> {
  return pause(Math.random() * LINGER)
}

/** What each command of interest tells once its commit has been acknowledged. */
const STEPS: { readonly [N in CommandName]?: (...args: Parameters<StoreCommands[N]>) => Step } = {
  reserve: (_act, { serial }) => ({ step: 'reserved', serial }),
  complete: (_act, serial) => ({ step: 'completed', serial }),
  revoke: (_act, fingerprint) => ({ step: 'revoked', fingerprint }),
}

function telling(store: Store): Store {
  const run = async <N extends CommandName>(name: N, ...args: Parameters<StoreCommands[N]>) => {
    const outcome = await store.run(name, ...args)
    const step = STEPS[name]?.(...args)
    if (step) {
      tell(step)
      await linger()
    }
    return outcome
  }
  return { ...store, run }
}

function tellingSigner(issuer: Issuer): Issuer {
  return {
    ...issuer,
    async sign(reservation) {
      const der = await issuer.sign(reservation)
      tell({ step: 'signed', serial: reservation.serial, der: Buffer.from(der).toString('base64') })
      await linger()
      return der
    },
  }
}
