import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export type Json = { readonly [field: string]: unknown }

/** How a command ended and what it said. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** what it answered under --json */
  readonly data: Json
}

/** Settings of a child process, on top of next to nothing. */
export type Environment = Readonly<Record<string, string>>

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRY = join(ROOT, 'scripts', 'countersign.js')

/** What a program needs of the machine. The test runner's own loaders and settings stay behind. */
const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'USER']

/** Compiled once for all the processes that the tests start; it halves what a start costs. */
const COMPILED = join(ROOT, 'node_modules', '.cache', 'countersign-tests')

/** The environment of a child process, in which only what is given here is set. */
export function environment(settings: Environment): Record<string, string> {
  const needed = NEEDED.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(needed), NODE_COMPILE_CACHE: COMPILED, ...settings }
}

export interface CommandPlace {
  readonly settings: Environment
  /** the folder in which it is called */
  readonly cwd?: string
  /** for Node itself */
  readonly execArgv?: readonly string[]
}

/** Starts `countersign …` as a process of its own, which does not outlive the test, however that ends. */
export function spawnCommand(place: CommandPlace, args: readonly string[], detached = false): ChildProcess {
  const child = spawn(process.execPath, [...(place.execArgv ?? []), ENTRY, ...args], {
    env: environment(place.settings),
    cwd: place.cwd ?? ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  })
  living.add(child)
  child.once('exit', () => living.delete(child))
  return child
}

const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Runs `countersign …` to its end. */
export async function countersign(place: CommandPlace, ...args: readonly string[]): Promise<Outcome> {
  const child = spawnCommand(place, args)
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!), ended(child)])
  return {
    code: child.exitCode,
    stdout,
    stderr,
    get data() {
      return JSON.parse(stdout) as Json
    },
  }
}

/** Resolves when a process has ended, also when it has already. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
