import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { clientPackage } from '../../scripts/client-package.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { ended, environment, ROOT } from './cli.ts'
import { eventually } from './eventually.ts'
import type { TestService } from './service.ts'

/** A proxy whose configuration stands in `examples/`. */
export interface ProxyKind {
  readonly name: string
  /** the file in its folder that the program is started with */
  readonly file: string
  /** what the file says, and what it has to say for a test that is not alone on its machine */
  readonly own: (port: number, folder: string) => Readonly<Record<string, string>>
  readonly command: (file: string, folder: string) => readonly string[]
}

export const PROXIES: readonly ProxyKind[] = [
  {
    name: 'nginx',
    file: 'nginx.conf',
    own: (port, folder) => ({
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      'events {}': `daemon off; pid ${folder}/pid; events {}`,
      'http {': ['http { access_log off;', ...NGINX_FOLDERS.map((name) => `${name}_temp_path ${folder}/${name};`)].join(
        ' ',
      ),
    }),
    command: (file, folder) => ['nginx', '-p', folder, '-e', 'stderr', '-c', file],
  },
  {
    name: 'haproxy',
    file: 'haproxy.cfg',
    own: (port) => ({ 'bind :443': `bind 127.0.0.1:${port}`, 'abns@countersign': `abns@countersign-${port}` }),
    command: (file) => ['haproxy', '-db', '-q', '-f', file],
  },
  {
    name: 'caddy',
    file: 'Caddyfile',
    own: (port) => ({ 'https://shop.example:443 {': `https://shop.example:${port} {\n\tbind 127.0.0.1` }),
    command: (file) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', file],
  },
]

/** Asks nothing itself: the site behind it does. */
export const APACHE: ProxyKind = {
  name: 'apache',
  file: 'httpd.conf',
  own: (port, folder) => ({
    'Listen 443': `Listen 127.0.0.1:${port}\nServerRoot ${folder}\nDefaultRuntimeDir ${folder}\nPidFile ${folder}/pid`,
    '/var/log/apache2': folder,
  }),
  command: (file) => ['apache2', '-X', '-f', file],
}

const NGINX_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** What the configurations name, and what stands there in a test. */
export interface ProxyPlace {
  /** in place of /etc/countersign */
  readonly folder: string
  /** the site behind it, `host:port` */
  readonly site: string
  readonly service: TestService
}

/**
 * Makes what a proxy's machine has: the identity of a service that speaks for a proxy, the server's own, and the
 * certificate by whose name browsers are asked.
 */
export async function proxyFiles(t: Test, service: TestService): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-proxy-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const done = await service.command(
    'site',
    'cert',
    'shop',
    'proxy',
    '--right',
    'forward-auth',
    '--out',
    `${folder}/proxy`,
  )
  if (done.code !== 0) throw new Error(done.stderr)
  const issuer = await service.plain('pki', '/ca/browser.cer')
  writeFileSync(join(folder, 'browser.pem'), encodePem('CERTIFICATE', new Uint8Array(await issuer.arrayBuffer())))
  await serverIdentity(service, join(folder, 'server'))
  for (const name of ['proxy', 'server']) {
    const both = ['cert.pem', 'key.pem'].map((file) => readFileSync(join(folder, name, file), 'utf8'))
    writeFileSync(join(folder, name, 'both.pem'), both.join(''), { mode: 0o600 })
  }
  return folder
}

async function serverIdentity(service: TestService, folder: string): Promise<void> {
  mkdirSync(folder)
  const { key, request } = makeOwnRequest()
  const csr = join(folder, 'server.csr')
  writeFileSync(csr, encodePem('CERTIFICATE REQUEST', request))
  const made = await service.command('cert', 'issue', '--profile', 'tls-server', '--host', 'shop.example', '--csr', csr)
  if (made.code !== 0) throw new Error(made.stderr)
  cpSync(join(folder, 'server.cert.pem'), join(folder, 'cert.pem'))
  writeFileSync(join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
}

/** A site that answers with what it was sent. */
export async function echoSite(t: Test): Promise<{ readonly address: string; readonly seen: string[][] }> {
  const seen: string[][] = []
  const server = createServer((request, response) => {
    seen.push(request.rawHeaders)
    response.end(JSON.stringify(request.rawHeaders))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close().closeAllConnections())
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** The site of `examples/apache`, which asks for itself, where the library is installed. @returns `host:port` */
export async function startAskingSite(t: Test, service: TestService, folder: string): Promise<string> {
  const port = await freePort()
  const place = mkdtempSync(join(folder, 'site-'))
  installLibrary(place)
  cpSync(join(ROOT, 'examples', 'apache', 'site.ts'), join(place, 'site.ts'))
  const args = [join(place, 'site.ts'), join(folder, 'proxy'), String(port), service.address('api')]
  const child = spawn(process.execPath, args, { env: environment({}), stdio: 'ignore' })
  t.teardown(() => end(child))
  await eventually(
    async () => child.exitCode === null && (await answers(port)),
    (up) => up || child.exitCode !== null,
  )
  if (child.exitCode !== null) throw new Error('the site behind Apache did not start')
  return `127.0.0.1:${port}`
}

function installLibrary(place: string): void {
  const installed = join(place, 'node_modules', 'countersign')
  mkdirSync(installed, { recursive: true })
  for (const [name, text] of Object.entries(clientPackage())) writeFileSync(join(installed, name), text)
}

/** Starts the real program with the configuration of `examples/`. @returns its port, when it takes connections */
export async function startProxy(t: Test, kind: ProxyKind, { folder, site, service }: ProxyPlace): Promise<number> {
  const port = await freePort()
  const own = mkdtempSync(join(folder, `${kind.name}-`))
  const replaced = { ...kind.own(port, own), ...addresses(service), '/etc/countersign': folder, '127.0.0.1:3000': site }
  for (const file of readdirSync(join(ROOT, 'examples', kind.name))) {
    const written = readFileSync(join(ROOT, 'examples', kind.name, file), 'utf8')
    writeFileSync(join(file.endsWith('.lua') ? folder : own, file), replaceAll(written, replaced))
  }
  const [program, ...args] = kind.command(join(own, kind.file), own)
  const child = spawn(program!, args, { env: proxyEnvironment(own), stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => end(child))
  const log = text(child.stderr)
  await eventually(
    async () => child.exitCode === null && (await answers(port)),
    (up) => up || child.exitCode !== null,
  )
  if (child.exitCode !== null) throw new Error(`${kind.name} did not start: ${await log}`)
  return port
}

function addresses(service: TestService): Readonly<Record<string, string>> {
  const [api, signon] = [service.address('api'), service.address('signon')].map((address) => new URL(address))
  return { 'id.example:8443': api!.host, 'id.example:8445': signon!.host, 'id.example': api!.hostname }
}

function replaceAll(written: string, replaced: Readonly<Record<string, string>>): string {
  return Object.entries(replaced).reduce((text, [from, to]) => text.replaceAll(from, to), written)
}

function proxyEnvironment(folder: string): Record<string, string> {
  const { PATH = '', ...rest } = environment({ HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder })
  // Debian keeps servers where only root's path leads.
  const folders = PATH.split(delimiter).flatMap((bin) => [bin, join(dirname(bin), 'sbin')])
  return { ...rest, PATH: folders.join(delimiter) }
}

async function freePort(): Promise<number> {
  const probe = createPlainServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await once(probe.close(), 'close')
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await ended(child)
  clearTimeout(late)
}
