import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeOwnRequest } from '../src/x509/own-request.ts'

export const COMMAND = fileURLToPath(new URL('../scripts/countersign.js', import.meta.url))
const RETURN_TO = 'https://shop.example/signed-in'

/** A certificate with its key, PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** A throw-away home with one site; everything in it was made by the operator's commands. */
export interface Home {
  readonly folder: string
  /** the root, PEM */
  readonly root: string
  /** what the listener `api` trusts, PEM */
  readonly anchor: string
  readonly site: Identity
  readonly operator: Identity
  /** the certificate that server and bare server show */
  readonly server: Identity & { readonly files: string }
}

/** Runs a bench on a throw-away folder, and removes it, however the bench ends. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const end = (): void => process.exit(1)
  process.once('SIGINT', end).once('SIGTERM', end).once('exit', remove)
  try {
    return await use(folder)
  } finally {
    remove()
    process.off('SIGINT', end).off('SIGTERM', end).off('exit', remove)
  }
}

/** Makes authority, site, and the three certificates that a bench needs. */
export async function makeHome(folder: string): Promise<Home> {
  const at = (...names: string[]): string => join(folder, ...names)
  await command(folder, 'ca', 'init')
  await command(folder, 'site', 'add', 'shop', '--return-to', RETURN_TO)
  await command(folder, 'site', 'cert', 'shop', 'web', '--out', at('site'))
  const server = await certify(folder, 'server', '--profile', 'tls-server', '--host', 'localhost')
  return {
    folder,
    root: readFileSync(at('root.pem'), 'utf8'),
    anchor: readFileSync(at('ca', 'api.twin.pem'), 'utf8'),
    site: { cert: readFileSync(at('site', 'cert.pem'), 'utf8'), key: readFileSync(at('site', 'key.pem'), 'utf8') },
    operator: await certify(folder, 'operator', '--profile', 'admin'),
    server: { ...server, files: `${at('server.cert.pem')},${at('server.key')}` },
  }
}

/** The same home, with the same keys, in another folder. */
export function copyHome(home: Home, folder: string): Home {
  cpSync(home.folder, folder, { recursive: true })
  return { ...home, folder }
}

async function certify(folder: string, name: string, ...wishes: readonly string[]): Promise<Identity> {
  const { key, request } = makeOwnRequest()
  const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string
  writeFileSync(join(folder, `${name}.csr`), request)
  writeFileSync(join(folder, `${name}.key`), pem, { mode: 0o600 })
  await command(folder, 'cert', 'issue', '--csr', join(folder, `${name}.csr`), ...wishes)
  return { cert: readFileSync(join(folder, `${name}.cert.pem`), 'utf8'), key: pem }
}

const run = promisify(execFile)

/** Runs a command of the CLI on a home. */
export async function command(folder: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [COMMAND, ...args, '--json'], { env: environment(folder) })
  return JSON.parse(stdout)
}

/** Nothing that this shell has set for another home may be heard. */
export function environment(folder: string, settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_'))
  return { ...Object.fromEntries(inherited), COUNTERSIGN_HOME: folder, LOG_LEVEL: 'error', ...settings }
}
