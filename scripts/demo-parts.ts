import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { drawRecoveryCodes } from '../src/web/recovery-codes.ts'

/** Where the story plays. */
export interface DemoHome {
  readonly folder: string
  readonly settings: string
  /** the folder of the site's key and certificate */
  readonly site: string
  /** name to address; filled once the server runs */
  readonly listeners: Readonly<Record<string, string>>
}

const ENTRY = fileURLToPath(new URL('./countersign.js', import.meta.url))
const FREE_PORTS = Object.fromEntries(
  ['API', 'PORTAL', 'SIGNON', 'ADMIN', 'PKI', 'OPS'].map((name) => [`COUNTERSIGN_${name}_LISTEN`, '127.0.0.1:0']),
)

/** Runs a command of the CLI with --json and returns its answer. */
export function command(home: DemoHome, ...args: readonly string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [ENTRY, ...args, '--json'], { env: environment(home) }, (error, stdout, stderr) => {
      if (error) reject(new Error(`countersign ${args.join(' ')}: ${stderr || error.message}`))
      else resolve(JSON.parse(stdout))
    })
  })
}

/** Starts the server on free ports; `home` then knows the addresses. */
export async function startServer(home: DemoHome): Promise<{ home: DemoHome; stop: () => Promise<void> }> {
  const env = { ...environment(home), ...FREE_PORTS, LOG_LEVEL: 'warn' }
  const server = spawn(process.execPath, [ENTRY, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM')
    await ended
  }
  const first = await Promise.race([
    createInterface(server.stdout)[Symbol.asyncIterator]().next(),
    ended.then(() => ({ done: true, value: undefined })),
  ])
  if (first.done) throw new Error('the server did not start')
  return { home: { ...home, listeners: JSON.parse(String(first.value)).listeners }, stop }
}

/** Asks as the site's service: by POST with a body, or by GET with the rest of the address. */
export async function ask(home: DemoHome, body: object | undefined, rest = ''): Promise<Record<string, unknown>> {
  const { text } = await exchange(`${home.listeners.api}/v1/verdicts${rest}`, body, siteAgent(home))
  return JSON.parse(text)
}

export interface Enrolled {
  readonly certificate: string
  readonly chain: string
  readonly totp: { readonly secret: string }
}

/** What the enrollment page does: sends the request that the browser's key signed, and the digests of codes. The server has moved to other ports since the invitation. */
export async function enroll(home: DemoHome, invitation: string, label: string, csr: Uint8Array): Promise<Enrolled> {
  const address = new URL(new URL(invitation).pathname, home.listeners.portal).href
  const { digests } = await drawRecoveryCodes()
  const application = { label, request: Buffer.from(csr).toString('base64'), recovery_digests: digests }
  const { status, text } = await exchange(address, application, new Agent({ ca: anchor(home) }))
  if (status !== 200 && status !== 201) throw new Error(`enrollment was refused: ${text}`)
  return JSON.parse(text)
}

/** What a browser does with the redirect: shows its certificate, sends the form, and is sent back. */
export function walk(
  home: DemoHome,
  browser: { cert: string; key: string },
  redirect: string,
  code: string,
): Promise<string> {
  const { origin, pathname } = new URL(redirect)
  return new Promise((resolve, reject) => {
    const session = connect(origin, { ca: anchor(home), cert: browser.cert, key: browser.key })
    session.once('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': pathname,
      'content-type': 'application/x-www-form-urlencoded',
    })
    stream.once('error', reject)
    stream.once('response', (headers) => {
      session.close()
      const { location } = headers
      if (headers[':status'] === 303 && location !== undefined) resolve(String(location))
      else reject(new Error(`the walk ended with ${headers[':status']}`))
    })
    stream.end(new URLSearchParams({ check: 'totp', answer: code }).toString())
    stream.resume()
  })
}

function environment(home: DemoHome): NodeJS.ProcessEnv {
  return { ...process.env, COUNTERSIGN_HOME: home.folder, COUNTERSIGN_CONFIG: home.settings }
}

const agents = new Map<string, Agent>()

/** One connection for all questions, as a site would keep it. */
function siteAgent(home: DemoHome): Agent {
  const known = agents.get(home.site)
  if (known) return known
  const read = (name: string): Buffer => readFileSync(join(home.site, name))
  const agent = new Agent({ ca: anchor(home), cert: read('cert.pem'), key: read('key.pem'), keepAlive: true })
  agents.set(home.site, agent)
  return agent
}

function anchor(home: DemoHome): Buffer {
  return readFileSync(join(home.folder, 'root.pem'))
}

function exchange(address: string, body: object | undefined, agent: Agent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      method: body ? 'POST' : 'GET',
      headers: body ? { 'content-type': 'application/json' } : {},
    }
    const req = request(address, options, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    req.once('error', reject)
    req.end(body && JSON.stringify(body))
  })
}
