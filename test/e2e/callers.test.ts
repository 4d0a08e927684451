import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { withAuthority } from '../../scripts/authority.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { Browsing, enroll, recoveryForm, visit } from './device.ts'
import { eventually } from './eventually.ts'
import type { Identity } from './exchange.ts'
import { configOf, type Inside, openInside } from './inside.ts'
import { startService, type TestService } from './service.ts'
import { AskingService, addSite, type Certified, certify } from './site-service.ts'
import { foreign, forged, lookAlike } from './strangers.ts'
import { Wire, type WireReply } from './wire.ts'

t.test('who may ask, at every request', async (t) => {
  const service = await startService(t)
  const inside = await openInside(t, service)
  await t.test('withdrawn while the connection lives', (t) => withdrawnAlive(t, service, inside))
  await t.test('strangers at api', (t) => strangersAtApi(t, service))
  await t.test('strangers at admin', (t) => strangersAtAdmin(t, service, inside))
  await t.test("somebody else's certificate further down the chain", (t) => furtherDown(t, service, inside))
  await t.test('each listener answers for its own authority alone', (t) => authorities(t, service))
})

const UNKNOWN = '0'.repeat(64)
/** Every way to ask. */
const QUESTIONS = ['/v1/site', `/v1/verdicts/${UNKNOWN}`]

async function withdrawnAlive(t: Test, service: TestService, inside: Inside): Promise<void> {
  const ways: Readonly<Record<string, (caller: Certified) => Promise<unknown>>> = {
    revoked: ({ fingerprint }) => service.administer(`/${fingerprint}/revoke`, { reason: 'key-compromise' }),
    held: ({ fingerprint }) => service.administer(`/${fingerprint}/hold`),
    'revoked by another process': ({ fingerprint }) => service.command('cert', 'revoke', fingerprint),
    expired: (caller) => expireSoon(service, caller),
  }
  for (const [way, withdraw] of Object.entries(ways)) {
    for (const question of QUESTIONS) {
      const caller = await certify(service, 'sample')
      await t.test(`${way}: ${question.slice(0, 12)}`, (t) => refusedFromNowOn(t, service, caller, question, withdraw))
    }
  }
  await t.test('its site is removed', async (t) => {
    await addSite(inside, 'leaving')
    const sites = createSiteRegistry({ store: inside.store, clock: { now: () => Date.now() } })
    const remove = () => sites.remove('operator:cli', 'leaving')
    await refusedFromNowOn(t, service, await certify(service, 'leaving'), QUESTIONS[0]!, remove)
  })
}

const CONNECTIONS = 20

/** Many connections that were answered before are refused at the next request, pipelined ones too, and ended. */
async function refusedFromNowOn(
  t: Test,
  service: TestService,
  caller: Certified,
  question: string,
  withdraw: (caller: Certified) => Promise<unknown>,
): Promise<void> {
  const wires = Array.from({ length: CONNECTIONS }, () => new Wire(service.address('api'), service.anchor, caller))
  const before = await Promise.all(wires.map((wire) => wire.get(question)))
  t.ok(
    before.every(({ status }) => status === 200),
    'answered before',
  )

  await withdraw(caller)
  const [pipelining, ...others] = wires
  pipelining!.socket.write(pipelining!.request(question).repeat(3))
  const first = await pipelining!.reply()
  const after = await Promise.all(others.map((wire) => wire.get(question)))
  t.ok([first, ...after].every(isRefusal), 'refused with a problem')
  await eventually(
    () => wires.filter(({ socket }) => !socket.destroyed).length,
    (open) => open === 0,
  )
  t.pass('and every connection was ended')
  t.ok(await pipelining!.reply().then(isRefusal, () => true), 'what was pipelined behind got nothing else')
}

function isRefusal({ status, head, body }: WireReply): boolean {
  return status === 403 && /^connection: close$/im.test(head) && JSON.parse(body).code === 'caller-refused'
}

/** Moves the end of a certificate that nobody has asked with yet, and waits until it has come. */
async function expireSoon({ home }: TestService, { fingerprint }: Certified): Promise<void> {
  const database = new Database(join(home, 'countersign.db'), { timeout: 5_000 })
  // as a certificate would be that was issued for so long
  const statement = database.prepare('UPDATE certificates SET not_after = ?, expires_at = ? WHERE fingerprint = ?')
  const end = Date.now()
  statement.run(end, end, Buffer.from(fingerprint, 'hex'))
  // what the service holds in memory is told anew
  database.prepare("INSERT INTO changes SELECT position + 1, 'certificate', ?, ? FROM ledger").run(fingerprint, end)
  database.prepare('UPDATE ledger SET position = position + 1').run()
  database.close()
  await eventually(
    () => Date.now(),
    (now) => now > end,
  )
}

const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

async function strangersAtApi(t: Test, service: TestService): Promise<void> {
  const good = service.identity('site')
  const day = 86_400_000
  const strangers: Readonly<Record<string, Identity | undefined>> = {
    'nobody at all': undefined,
    "a person's browser": service.identity('browser'),
    'the operator': service.identity('admin'),
    'a listener': await issueServer(service),
    'a foreign CA': foreign(good),
    'a look-alike CA': lookAlike(good),
    expired: forged(service, 'api', good, { notAfter: Date.now() - 1_000 }),
    'not yet valid': forged(service, 'api', good, { notBefore: Date.now() + day, notAfter: Date.now() + 2 * day }),
  }
  for (const version of TLS_VERSIONS) {
    const options = { minVersion: version, maxVersion: version }
    const wire = (identity: Identity | undefined) => new Wire(service.address('api'), service.anchor, identity, options)
    const known = wire(good)
    t.equal((await known.get('/v1/site')).status, 200, `${version}: the sample service is answered`)
    known.end()
    for (const [name, identity] of Object.entries(strangers))
      for (const question of QUESTIONS)
        await t.rejects(wire(identity).get(question), `${version}: no answer for ${name}`)
    const thief = await wire(forged(service, 'api', good)).get('/v1/site')
    t.ok(isRefusal(thief), `${version}: signed by our own key, and not in the table: refused`)
  }
}

async function strangersAtAdmin(t: Test, service: TestService, { store }: Inside): Promise<void> {
  const good = service.identity('admin')
  const wire = (identity: Identity | undefined) => new Wire(service.address('admin'), service.anchor, identity)
  const question = `/v1/certificates/${UNKNOWN}`
  const known = wire(good)
  t.equal((await known.get(question)).status, 404, 'the operator is answered')
  known.end()
  const strangers: Readonly<Record<string, Identity | undefined>> = {
    'nobody at all': undefined,
    "a site's service": service.identity('site'),
    "a person's browser": service.identity('browser'),
    'a listener': await issueServer(service),
    'a foreign CA': foreign(good),
    'a look-alike CA': lookAlike(good),
    expired: forged(service, 'internal', good, { notAfter: Date.now() - 1_000 }),
  }
  for (const [name, identity] of Object.entries(strangers))
    await t.rejects(wire(identity).get(question), `no answer for ${name}`)

  const before = (await store.auditHead()).count
  t.ok(isRefusal(await wire(forged(service, 'internal', good)).get(question)), 'signed by our own key: refused')
  const rows = await store.auditRows(before, 100)
  t.ok(
    rows.some(({ action }) => action === 'administration-refused'),
    'and written down',
  )
  await t.test('revoked while the connection lives', async (t) => {
    const other = await issueAdmin(service)
    const living = wire(other)
    t.equal((await living.get(question)).status, 404)
    await service.administer(`/${other.fingerprint}/revoke`)
    t.ok(isRefusal(await living.get(question)))
    await eventually(
      () => living.socket.destroyed,
      (gone) => gone,
    )
  })
}

async function furtherDown(t: Test, service: TestService, inside: Inside): Promise<void> {
  const [victim, attacker] = [await enroll(service, inside, 'Victim'), await enroll(service, inside, 'Attacker')]
  const site = new AskingService(service, service.identity('site'))
  const redirect = await site.redirectFor(victim.fingerprint)
  const posing = { key: attacker.key, cert: attacker.pem + victim.pem }
  for (const form of [undefined, recoveryForm(victim)]) {
    const { status, json } = await visit(service, posing, redirect, form)
    t.match({ status, json }, { status: 403, json: { code: 'ticket-foreign' } }, 'it is the leaf that counts')
  }
  t.equal((await visit(service, victim, redirect, recoveryForm(victim))).status, 303, 'the owner goes on undisturbed')

  await addSite(inside, 'posing')
  const caller = await certify(service, 'posing')
  const asking = new AskingService(service, { key: caller.key, cert: caller.cert + service.identity('site').cert })
  t.match((await asking.send('/v1/site')).json, { site: 'posing' }, 'a service too is whom its leaf names')
}

async function authorities(t: Test, service: TestService): Promise<void> {
  const other = 'other.example'
  const foreignHost = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${other}\r\n\r\n`
  const callers = { api: service.identity('site'), portal: undefined, admin: service.identity('admin') }
  for (const [name, identity] of Object.entries(callers)) {
    for (const path of ['/', '/v1/site', `/v1/verdicts/${UNKNOWN}`, `/v1/certificates/${UNKNOWN}`]) {
      const wire = new Wire(service.address(name as keyof typeof callers), service.anchor, identity)
      wire.socket.write(foreignHost(path))
      t.equal((await wire.reply()).status, 421, `${name}${path}`)
      wire.end()
    }
  }
  const browsing = new Browsing(service, service.identity('browser'))
  t.equal((await browsing.get('/revalidate/x', { ':authority': other })).status, 421, 'signon')
  t.not((await browsing.get('/revalidate/x')).status, 421)
  browsing.close()
  const ops = new URL(service.address('ops'))
  t.equal((await service.plain('ops', '/livez')).status, 200)
  ops.hostname = 'localhost'
  t.equal((await fetch(new URL('/livez', ops))).status, 421, 'ops')
}

function issueServer(service: TestService): Promise<Certified> {
  return issue(service, { profile: 'tls-server', label: 'localhost', hosts: ['localhost'] })
}

function issueAdmin(service: TestService): Promise<Certified> {
  return issue(service, { profile: 'admin', label: 'Other operator' })
}

function issue(
  service: TestService,
  order: { readonly profile: 'tls-server' | 'admin'; readonly label: string; readonly hosts?: readonly string[] },
): Promise<Certified> {
  const binding = { subscriberId: null, deviceId: null, siteId: null, service: null }
  return withAuthority(async (home) => {
    const { key, request } = makeOwnRequest()
    const issuance = createIssuance({ ...home, clock: { now: () => Date.now() } })
    const issued = await issuance.issue({ actor: 'operator:cli', order: { ...order, binding, request } })
    const cert = encodePem('CERTIFICATE', issued.der) + home.issuer.chain('internal')
    return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) as string, fingerprint: issued.fingerprint }
  }, configOf(service))
}
