import { once } from 'node:events'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import t, { type Test } from 'tap'
import { startChild } from '../store/engine.ts'
import { type PostgresServer, startPostgres } from '../store/postgres/server.ts'
import { startSilentProxy } from '../store/postgres/silent-proxy.ts'
import { countersign } from './cli.ts'
import { type Device, enroll, validate } from './device.ts'
import { eventually } from './eventually.ts'
import type { Reply } from './exchange.ts'
import { type Inside, openInside } from './inside.ts'
import { startService, type TestService } from './service.ts'
import { AskingService, addSite, certify } from './site-service.ts'

t.test('SQLite under the hands of others', async (t) => {
  const service = await startService(t)
  const inside = await openInside(t, service)
  await t.test('the write lock is held elsewhere', (t) => lockHeld(t, service, inside))
  await t.test('a second server', (t) => secondServer(t, service))
  await t.test('a newer schema', (t) => newerSchema(t, service))
})

t.test('PostgreSQL that goes away', async (t) => {
  const database = await startPostgres()
  t.teardown(() => database.stop())
  await t.test('it falls silent', (t) => fallsSilent(t, database))
  await t.test('it is stopped', (t) => isStopped(t, database))
})

/** Every answer comes within this time, ms. */
const BOUND = 2_000
const LOCKED_FOR = 5_000

/** Verdicts go on; what has to be written is refused in time, and goes through once the lock is given back. */
async function lockHeld(t: Test, service: TestService, inside: Inside): Promise<void> {
  const { site, device } = await signedIn(t, service, inside)
  await addSite(inside, 'other')
  const other = new AskingService(service, await certify(service, 'other'))
  const { child, lines } = startChild(t, { engine: 'sqlite', at: join(service.home, 'countersign.db') }, 'lock')
  t.equal((await lines.next()).value, 'locked')

  const since = performance.now()
  const [first, revocation] = [
    timed(() => other.byFingerprint(device.fingerprint)),
    timed(() => service.administer(`/${device.fingerprint}/revoke`)),
  ]
  const known = []
  while (performance.now() - since < LOCKED_FOR) known.push(await timed(() => site.byFingerprint(device.fingerprint)))
  t.ok(
    known.every(({ json }) => json.verdict === 'valid'),
    `${known.length} verdicts were given meanwhile`,
  )
  t.ok(Math.max(...known.map(({ took }) => took)) < BOUND, 'none took too long')
  for (const written of await Promise.all([first, revocation])) unavailable(t, written)

  child.stdin?.end()
  await once(child, 'exit')
  const again = await eventually(
    () => other.byFingerprint(device.fingerprint),
    ({ status }) => status === 200,
  )
  t.match(again.json, { verdict: 'valid' }, 'what could not be written is written now')
  t.equal((await service.administer(`/${device.fingerprint}/revoke`)).status, 200)
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'revoked' })
}

async function secondServer(t: Test, service: TestService): Promise<void> {
  const { code, stdout, stderr } = await countersign(service.place, 'serve', '--json')
  t.match({ code, stdout, stderr }, { code: 1, stdout: '', stderr: /^Another server works on .+\n$/ }, 'one sentence')
  t.equal((await service.plain('ops', '/readyz')).status, 200, 'the first one goes on')
}

async function newerSchema(t: Test, service: TestService): Promise<void> {
  await service.stop()
  const database = new Database(join(service.home, 'countersign.db'))
  database.exec("INSERT INTO schema_versions (version, name) VALUES (99, 'of a later program')")
  database.close()
  for (const command of [['serve'], ['cert', 'list'], ['invite']]) {
    const { code, stdout, stderr } = await countersign(service.place, ...command, '--json')
    t.match(
      { code, stdout, stderr },
      { code: 1, stdout: '', stderr: /^The store's schema has version 99, .+\n$/ },
      String(command[0]),
    )
  }
}

async function fallsSilent(t: Test, database: PostgresServer): Promise<void> {
  const proxy = await startSilentProxy(await freshDatabase(database, 'silent'))
  t.teardown(() => proxy.close())
  const service = await startService(t, { settings: { COUNTERSIGN_STORE: proxy.url } })
  await refusedMeanwhile(
    t,
    service,
    () => proxy.fallSilent(),
    () => proxy.speak(),
  )
}

async function isStopped(t: Test, database: PostgresServer): Promise<void> {
  const service = await startService(t, { settings: { COUNTERSIGN_STORE: database.url } })
  await refusedMeanwhile(
    t,
    service,
    () => database.halt(),
    () => database.restart(),
  )
}

/** While the store is gone nobody is told anything but that, in time; when it is back, all is as it was. */
async function refusedMeanwhile(
  t: Test,
  service: TestService,
  goAway: () => Promise<void> | void,
  comeBack: () => Promise<void> | void,
): Promise<void> {
  const { site, device } = await signedIn(t, service, await openInside(t, service))
  await goAway()
  const questions = [
    () => site.byFingerprint(device.fingerprint),
    () => site.byFingerprint('0'.repeat(64)),
    () => site.ask({ certificate: null }),
    () => site.askAll([{ fingerprint: device.fingerprint }]),
    () => site.send('/v1/site'),
    () => service.administer(`/${device.fingerprint}/revoke`),
  ]
  for (const round of [1, 2])
    for (const answer of await Promise.all(questions.map(timed))) unavailable(t, answer, `round ${round}`)
  t.equal((await service.plain('ops', '/readyz')).status, 503, 'not ready')
  t.equal((await service.plain('ops', '/livez')).status, 200, 'but alive')

  await comeBack()
  const { json } = await eventually(
    () => site.byFingerprint(device.fingerprint),
    ({ status }) => status === 200,
  )
  t.match(json, { verdict: 'valid' }, 'what was refused was not done')
  t.equal(
    (
      await eventually(
        () => service.plain('ops', '/readyz'),
        ({ status }) => status === 200,
      )
    ).status,
    200,
  )
}

async function signedIn(
  t: Test,
  service: TestService,
  inside: Inside,
): Promise<{ site: AskingService; device: Device }> {
  const site = new AskingService(service, service.identity('site'))
  const device = await enroll(service, inside)
  await validate(service, site, device)
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'valid' })
  return { site, device }
}

type Timed = Reply & { readonly took: number }

async function timed(question: () => Promise<Reply>): Promise<Timed> {
  const since = performance.now()
  const reply = await question()
  return Object.assign(reply, { took: performance.now() - since })
}

function unavailable(t: Test, { status, headers, json, took }: Timed, when = ''): void {
  t.match({ status, json }, { status: 503, json: { code: 'store-unavailable' } }, `refused ${when}`)
  t.match(headers, { 'content-type': /^application\/problem\+json/, 'cache-control': 'no-store' })
  t.notOk('verdict' in json)
  t.ok(took < BOUND, `within ${BOUND} ms`, { took })
}

/** A database of its own on a server that others use too. @returns its URL */
async function freshDatabase({ url }: PostgresServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}
