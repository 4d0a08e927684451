import { existsSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import type { Command } from 'commander'
import { authorityFiles, loadAuthority } from '../ca/authority.ts'
import { startSigner } from '../ca/signer-process.ts'
import { type Config, LISTENERS } from '../src/config.ts'
import { ISSUERS, ONLINE_ISSUERS } from '../src/domain/certificate/certificate.ts'
import type { Store } from '../src/domain/store.ts'
import { readKeyring } from '../src/seal-key.ts'
import { openStore } from '../src/store/open-store.ts'
import { systemClock } from '../src/system-clock.ts'
import { judgeAudit } from './audit-verdict.ts'
import { command } from './command.ts'
import { authorityFolder, configHere, type OpenHome } from './home.ts'
import { iso, print, type ReportOptions, sentenceOf } from './report.ts'

const DAY = 86_400_000
/** An expiry that is nearer than this wants somebody's attention. */
const SOON = 30 * DAY

type Grade = 'ok' | 'note' | 'fault'

interface Finding {
  readonly check: string
  readonly grade: Grade
  readonly finding: string
  /** what to do; empty where all is well */
  readonly cure: string
}

/** `countersign doctor`: JSON fields `healthy`, `findings` (`check`, `grade`, `finding`, `cure`). Exit 1 when there is a fault. */
export function doctorCommand(): Command {
  return command('doctor', 'look for what is wrong or will be soon, and say what to do', 'doctor').action(doctor)
}

async function doctor(options: ReportOptions): Promise<void> {
  const config = configHere()
  const findings = [
    ...examineNode(),
    ...examineFiles(config),
    ...(await examineAuthority(config)),
    ...(await examineStore(config)),
    ...(await examinePorts(config)),
  ]
  const healthy = findings.every(({ grade }) => grade !== 'fault')
  const lines = findings.flatMap(({ check, grade, finding, cure }) => [
    `${MARKS[grade]} ${check}: ${finding}`,
    ...(cure === '' ? [] : [`      ${cure}`]),
  ])
  print(
    {
      data: { healthy, findings },
      lines: [...lines, '', healthy ? 'Nothing is broken.' : 'Something is broken; see above.'],
    },
    options,
  )
  if (!healthy) process.exitCode = 1
}

const MARKS: Readonly<Record<Grade, string>> = { ok: 'ok   ', note: 'note ', fault: 'FAULT' }

const ok = (check: string, finding: string): Finding => ({ check, grade: 'ok', finding, cure: '' })
const note = (check: string, finding: string, cure: string): Finding => ({ check, grade: 'note', finding, cure })
const fault = (check: string, finding: string, cure: string): Finding => ({ check, grade: 'fault', finding, cure })

function examineNode(): Finding[] {
  return [ok('node', `${process.version}, OpenSSL ${process.versions.openssl}`)]
}

/** Secrets that others can read are no secrets. */
function examineFiles(config: Config): Finding[] {
  const files = authorityFiles(authorityFolder(config))
  const secrets = [config.sealKeyFile, config.passphraseFile, ...ONLINE_ISSUERS.map(files.key)]
  const missing = secrets
    .filter((file) => !existsSync(file))
    .map((file) => fault('files', `${file} is missing`, 'Run `countersign ca init`, or restore it from a backup.'))
  const open = [...secrets, files.key('root')]
    .filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0)
    .map((file) => fault('files', `others may read ${file}`, `chmod 600 ${file}`))
  const root = existsSync(files.key('root'))
    ? [
        note(
          'root key',
          'it lies beside the service',
          `Move ${files.key('root')} to a place that is offline; bring it back for \`countersign ca crl\`.`,
        ),
      ]
    : []
  return [
    ...missing,
    ...open,
    ...(missing.length + open.length === 0 ? [ok('files', 'secrets are there and closed to others')] : []),
    ...root,
  ]
}

async function examineAuthority(config: Config): Promise<Finding[]> {
  try {
    const directory = authorityFolder(config)
    const { issuers, pkiUrl } = loadAuthority(directory)
    const expiries = ISSUERS.map((name) =>
      examineExpiry(`issuer ${name}`, issuers[name].notAfter, 'Plan a ceremony for a new one.'),
    )
    const address =
      pkiUrl === config.listeners.pki.url
        ? []
        : [
            note(
              'pki address',
              `certificates name ${pkiUrl}, the listener is ${config.listeners.pki.url}`,
              'Set COUNTERSIGN_PKI_URL to the address that certificates name.',
            ),
          ]
    // The signer proves each key against its issuer's certificate before it answers.
    const signer = await startSigner({ directory, passphraseFile: config.passphraseFile, issuers: ONLINE_ISSUERS })
    const held = await signer.status().finally(() => signer.close())
    return [
      ok('keys', `the signer opened the keys of ${held.join(', ')} and they fit their certificates`),
      ...expiries,
      ...address,
    ]
  } catch (error) {
    return [fault('authority', sentenceOf(error), 'Mend that first; nothing can be signed without it.')]
  }
}

async function examineStore(config: Config): Promise<Finding[]> {
  let store: Store | undefined
  try {
    const keyring = readKeyring(config.sealKeyFile)
    store = await openStore(config.store, keyring)
    await store.ping()
    return [
      ok('store', `${config.store.engine} answers, its schema is this program's`),
      await examineAudit({ config, keyring, store }),
      ...(await examineClock(store)),
      ...(await examineLists(store)),
      ...(await examineServices(store)),
    ]
  } catch (error) {
    return [fault('store', sentenceOf(error), 'Check COUNTERSIGN_STORE and that the database can be reached.')]
  } finally {
    await store?.close()
  }
}

async function examineAudit(home: OpenHome): Promise<Finding> {
  const verdict = await judgeAudit(home)
  return verdict.sound
    ? ok('audit', `${verdict.rows} rows, none missing or altered`)
    : fault('audit', verdict.finding, verdict.cure)
}

/** What is written already was written in the past, unless the clock was set back. */
async function examineClock(store: Store): Promise<Finding[]> {
  const { count } = await store.auditHead()
  const [last] = count === 0 ? [] : await store.auditRows(count - 1, 1)
  const ahead = (last?.at ?? 0) - systemClock.now()
  return [
    ahead > 60_000
      ? fault(
          'clock',
          `it is ${Math.round(ahead / 1000)} s behind the newest audit row`,
          'Set the clock (ntp); verdicts on young certificates are `missing` until then.',
        )
      : ok('clock', iso(systemClock.now()) ?? ''),
  ]
}

async function examineLists(store: Store): Promise<Finding[]> {
  return Promise.all(
    ISSUERS.map(async (issuer) => {
      const list = await store.revocationList(issuer)
      const cure =
        issuer === 'root'
          ? 'Run `countersign ca crl` with the root key at hand.'
          : 'Start the service; it signs a fresh one.'
      if (!list) return note(`crl ${issuer}`, 'there is none yet', 'Start the service; it publishes one.')
      if (list.nextUpdate < systemClock.now())
        return fault(`crl ${issuer}`, `it ran out at ${iso(list.nextUpdate)}`, cure)
      return issuer === 'root'
        ? examineExpiry('crl root', list.nextUpdate, cure)
        : ok(`crl ${issuer}`, `number ${list.number}, good until ${iso(list.nextUpdate)}`)
    }),
  )
}

async function examineServices(store: Store): Promise<Finding[]> {
  const services = await store.certificates({ profile: 'api', status: 'active', limit: 1_000 })
  const due = services.filter(({ notAfter }) => notAfter - systemClock.now() < SOON)
  return due.map((one) =>
    note(
      'site certificates',
      `the one of service ${one.service ?? ''} ends at ${iso(one.notAfter)}`,
      'Issue the next one with `countersign site cert`.',
    ),
  )
}

async function examinePorts(config: Config): Promise<Finding[]> {
  return Promise.all(
    LISTENERS.map(async (name) => {
      const { host, port } = config.listeners[name]
      const used = port !== 0 && (await answers(host, port))
      return ok(
        `port ${name}`,
        used ? `${host}:${port} is in use (by the service, if it runs)` : `${host}:${port} is free`,
      )
    }),
  )
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const end = (outcome: boolean) => (): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}

function examineExpiry(check: string, end: number, cure: string): Finding {
  const left = end - systemClock.now()
  if (left < 0) return fault(check, `it ended at ${iso(end)}`, cure)
  return left < SOON ? note(check, `it ends at ${iso(end)}`, cure) : ok(check, `good until ${iso(end)?.slice(0, 10)}`)
}
