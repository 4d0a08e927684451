import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { countersign, ended, environment } from './cli.ts'
import type { TestService } from './service.ts'

/** An empty folder that goes away with the test. */
export function emptyFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-site-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A site's folder, made beside a running service by `countersign site init`. */
export interface MadeSite {
  readonly folder: string
  readonly port: number
  /** what the command said */
  readonly printed: string
}

/** @param address of `api`; default: the service itself */
export async function initSite(t: Test, service: TestService, name: string, api?: string): Promise<MadeSite> {
  const port = await freePort()
  const folder = join(emptyFolder(t), name)
  const settings = { ...service.place.settings, COUNTERSIGN_API_URL: api ?? service.address('api') }
  const made = await countersign({ settings }, 'site', 'init', folder, '--port', String(port))
  if (made.code !== 0) throw new Error(made.stderr)
  return { folder, port, printed: made.stdout }
}

export interface RunningSite {
  /** as in `https://localhost:3000`, printed when it takes connections */
  readonly address: string
  /** all that it has printed */
  readonly output: Promise<string>
  stop(): Promise<void>
}

/** Starts a site's program, and waits for its address. */
export async function startSite(t: Test, folder: string, args: readonly string[]): Promise<RunningSite> {
  const child = spawn(process.execPath, args, { cwd: folder, env: environment({}), stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => end(child))
  const output = text(child.stderr)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const first = await Promise.race([lines.next(), ended(child).then(() => undefined)])
  if (!first || first.done) throw new Error(`the site did not start: ${await output}`)
  return { address: new URL(first.value).origin, output, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await ended(child)
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await once(probe.close(), 'close')
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}
