import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { asShown } from './as-shown.ts'
import { fencedBlocks } from './fenced-blocks.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = readFileSync(join(ROOT, 'docs/SITES.md'), 'utf8')
const LISTENERS = ['API', 'PORTAL', 'SIGNON', 'ADMIN', 'PKI', 'OPS']

/** Stands for a line of another block in what the shell prints. */
const MARK = '--- block '

/** What npx does with our own command, without the second that npm needs to begin. */
const NPX = '#!/bin/sh\n[ "$1" = countersign ] && shift && exec node scripts/countersign.js "$@"\n'

/** The languages of blocks that show what commands print. */
const ANSWERS = ['json', 'text']

t.test('every command of docs/SITES.md does what the page shows', async (t) => {
  const { blocks, script } = readGuide()
  const checkout = makeCheckout(t)
  const { settings, ports } = await freeAddresses()
  await startService(t, checkout, settings)

  const answers = await runScript(t, checkout, settings, script(ports.API!, ports.SITE!))

  for (const [index, { line, shown }] of blocks.entries()) {
    if (shown !== undefined) t.equal(answers[index], asShown(shown, answers[index] ?? ''), `the answer to line ${line}`)
  }
})

interface GuideBlock {
  readonly line: number
  /** what the page says that it prints */
  readonly shown: string | undefined
}

/** The page's commands as one script, and what it shows behind each block of them. */
function readGuide() {
  const all = fencedBlocks(GUIDE)
  const commands = all.filter(({ language }) => language === 'sh')
  const blocks = commands.map((block): GuideBlock => {
    const next = all[all.indexOf(block) + 1]
    const isAnswer = next !== undefined && ANSWERS.includes(next.language)
    return { line: block.line, shown: isAnswer ? next.text : undefined }
  })
  const script = (api: number, site: number) =>
    ['set -euo pipefail', ...commands.map(({ text }, index) => `echo "${MARK}${index}"\n${text}`), 'rm -r "$WORK"']
      .join('\n')
      .replace(/^API=.*$/m, `API=https://localhost:${api}`)
      .replace(/^SITE=.*$/m, `SITE=https://localhost:${site}`)
  return { blocks, script }
}

/** A folder that has all of the checkout but its own `certs-dev`. */
function makeCheckout(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-guide-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of readdirSync(ROOT)) {
    if (name !== 'certs-dev' && name !== '.git') symlinkSync(join(ROOT, name), join(folder, name))
  }
  writeFileSync(join(folder, 'npx'), NPX, { mode: 0o755 })
  return folder
}

/** Addresses that nobody else has at this moment, for the service and the commands beside it. */
async function freeAddresses() {
  const names = [...LISTENERS, 'SITE']
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)))
  const settings = Object.fromEntries(
    LISTENERS.map((name) => {
      const scheme = name === 'PKI' || name === 'OPS' ? 'http' : 'https'
      return [`COUNTERSIGN_${name}_URL`, `${scheme}://${name === 'OPS' ? '127.0.0.1' : 'localhost'}:${ports[name]}`]
    }),
  )
  return { ports, settings }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}

type Settings = Readonly<Record<string, string>>

async function startService(t: Test, checkout: string, settings: Settings): Promise<void> {
  const args = ['scripts/countersign.js', 'serve', '--dev', '--json']
  const service = spawn(process.execPath, args, {
    cwd: checkout,
    env: environment(checkout, settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => end(service))
  const log = text(service.stderr)
  const first = await Promise.race([once(createInterface(service.stdout), 'line'), once(service, 'exit')])
  if (service.exitCode !== null) throw new Error(`the service did not start: ${await log}`)
  t.match(JSON.parse(String(first[0])), { site: 'sample' }, 'the service runs')
}

/** @returns what each block printed */
async function runScript(t: Test, checkout: string, settings: Settings, script: string): Promise<readonly string[]> {
  const file = join(checkout, 'guide.sh')
  writeFileSync(file, script)
  const shell = spawn('bash', [file], {
    cwd: checkout,
    env: environment(checkout, settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => end(shell))
  const [printed, complaints] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
  t.equal(shell.exitCode, 0, `the commands run through: ${complaints}`)
  return printed
    .split(new RegExp(`^${MARK}\\d+\n`, 'm'))
    .slice(1)
    .map((part) => part.trimEnd())
}

/** This Node before the machine's, as npm's scripts have it. */
function environment(checkout: string, settings: Settings): NodeJS.ProcessEnv {
  const bin = join(ROOT, 'node_modules', '.bin')
  const { COUNTERSIGN_HOME: _home, ...env } = process.env
  return { ...env, ...settings, PATH: [checkout, bin, env.PATH].join(delimiter), LOG_LEVEL: 'warn' }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
