import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { withAuthority } from '../../scripts/authority.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import type { Json } from './cli.ts'
import { type Device, enroll, validate } from './device.ts'
import type { Reply } from './exchange.ts'
import { configOf, type Inside, openInside } from './inside.ts'
import { startService, type TestService } from './service.ts'
import { AskingService, addSite, base64, certify, type Question } from './site-service.ts'
import { Wire, type WireReply } from './wire.ts'
import { wrongQuestions } from './wrong-questions.ts'

t.test('verdicts over real TLS', async (t) => {
  const service = await startService(t)
  const inside = await openInside(t, service)
  const site = new AskingService(service, service.identity('site'))
  const device = await enroll(service, inside)
  await validate(service, site, device)
  await t.test('every form of asking gets the same answer', (t) => forms(t, site, device))
  await t.test('every answer', (t) => answers(t, service, inside, site))
  await t.test('a batch', (t) => batch(t, site, device))
  await t.test('return addresses and ages', (t) => wishes(t, service, site, device))
  await t.test('refusals', (t) => refusals(t, site, device))
  await t.test('sizes', (t) => sizes(t, service, site))
  await t.test('subjects', (t) => subjects(t, service, inside, site, device))
  await t.test('who is asking', (t) => who(t, service, site))
})

const DER = { 'content-type': 'application/pkix-cert' }
const UNKNOWN = '0'.repeat(64)

async function forms(t: Test, site: AskingService, { fingerprint, pem, der }: Device): Promise<void> {
  const questions: Readonly<Record<string, Promise<Reply>>> = {
    'GET by fingerprint': site.byFingerprint(fingerprint),
    'JSON with the fingerprint': site.ask({ fingerprint }),
    'JSON with PEM': site.ask({ certificate: pem }),
    'JSON with base64': site.ask({ certificate: base64(der) }),
    'bare DER': site.send('/v1/verdicts', { headers: DER, body: der }),
    'with wishes in the address': site.byFingerprint(fingerprint, '?max_age=86400&return_to=https://localhost:3000/x'),
    'bare DER, wishes in the address': site.send('/v1/verdicts?max_age=86400', { headers: DER, body: der }),
    'with wishes in the body': site.ask({ certificate: pem, max_age: 86_400, return_to: 'https://localhost:3000/x' }),
  }
  const { body: expected, json } = await site.byFingerprint(fingerprint)
  t.match(json, { verdict: 'valid', subject: /^[\w-]{43}$/, validated_at: ISO, expires_at: ISO })
  for (const [name, asked] of Object.entries(questions)) {
    const { status, headers, body } = await asked
    t.same({ status, body: body.toString() }, { status: 200, body: expected.toString() }, name)
    t.match(headers, { 'content-type': /^application\/json/, 'cache-control': 'no-store' }, name)
  }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const DAY = 86_400_000

async function answers(t: Test, service: TestService, inside: Inside, site: AskingService): Promise<void> {
  t.same((await site.ask({ certificate: null })).json, { verdict: 'missing', reason: 'no-certificate' })
  t.same((await site.byFingerprint(UNKNOWN)).json, { verdict: 'missing', reason: 'unknown' })
  const others = { cert: service.identity('admin').cert, api: service.identity('site').cert }
  for (const certificate of Object.values(others).map(firstOf))
    t.same((await site.ask({ certificate })).json, { verdict: 'missing', reason: 'unknown' }, 'nobody to sign in')

  const device = await enroll(service, inside)
  const ask = async () => (await site.byFingerprint(device.fingerprint)).json
  const first = await ask()
  t.match(first, { verdict: 'needs-revalidation', reason: 'never-validated', subject: String })
  t.ok(String(first.redirect).startsWith(`${service.address('signon')}/revalidate/`), 'with an address on signon')
  await validate(service, site, device)
  t.match(await ask(), { verdict: 'valid', subject: first.subject })

  await service.administer(`/${device.fingerprint}/hold`)
  t.match(await ask(), { verdict: 'revoked', reason: 'certificate-hold', subject: first.subject, revoked_at: ISO })
  await service.administer(`/${device.fingerprint}/release`)
  t.match(await ask(), { verdict: 'valid' })
  for (const [change, answer] of timeTravels(Date.now())) {
    alter(service, device, change)
    t.match(await ask(), answer)
  }
  await service.administer(`/${device.fingerprint}/revoke`, { reason: 'key-compromise' })
  t.match(await ask(), { verdict: 'revoked', reason: 'key-compromise', subject: first.subject, revoked_at: ISO })
}

/** What time would do to a certificate's row, and what must be answered then. */
function timeTravels(now: number): readonly (readonly [string, Json])[] {
  return [
    [`expires_at = ${now - 1}`, { verdict: 'needs-revalidation', reason: 'expired' }],
    [`not_after = ${now - 1}`, { verdict: 'missing', reason: 'expired' }],
    [
      `not_before = ${now + DAY}, not_after = ${now + 9 * DAY}, expires_at = ${now + 9 * DAY}`,
      { verdict: 'missing', reason: 'not-yet-valid' },
    ],
    [
      `not_before = ${now - 90 * DAY}, validated_at = ${now - 31 * DAY}, last_used_at = ${now - 31 * DAY}`,
      { verdict: 'needs-revalidation', reason: 'idle' },
    ],
  ]
}

function alter({ home }: TestService, { fingerprint }: Device, change: string): void {
  const database = new Database(join(home, 'countersign.db'), { timeout: 5_000 })
  database.exec(`BEGIN IMMEDIATE;
    UPDATE certificates SET ${change} WHERE fingerprint = x'${fingerprint}';
    UPDATE ledger SET position = position + 1;
    INSERT INTO changes SELECT position, 'certificate', '${fingerprint}', 0 FROM ledger;
    COMMIT`)
  database.close()
}

const MOST = 1_000

async function batch(t: Test, site: AskingService, { fingerprint, pem }: Device): Promise<void> {
  const kinds: readonly (readonly [Question, Json])[] = [
    [{ fingerprint }, { verdict: 'valid' }],
    [{ certificate: null }, { verdict: 'missing', reason: 'no-certificate' }],
    [
      { certificate: pem, max_age: 1 },
      { code: 'max-age-too-small', status: 400 },
    ],
    [{ fingerprint: UNKNOWN }, { verdict: 'missing', reason: 'unknown' }],
    [
      { fingerprint, return_to: 'https://elsewhere.example/' },
      { code: 'return-to-refused', status: 400 },
    ],
  ]
  const pick = (index: number) => kinds[(index * 7) % kinds.length]!
  const indices = Array.from({ length: MOST }, (_, index) => index)
  const { status, headers, json } = await site.askAll(indices.map((index) => pick(index)[0]))
  t.match({ status, headers }, { status: 200, headers: { 'cache-control': 'no-store' } })
  t.match(
    json.answers,
    indices.map((index) => pick(index)[1]),
    'answers in the order of the questions',
  )
  t.equal((json.answers as unknown[]).length, MOST)

  const tooMany = await site.askAll(Array.from({ length: MOST + 1 }, () => ({ certificate: null })))
  t.match({ status: tooMany.status, json: tooMany.json }, { status: 400, json: { code: 'query-invalid' } })
  t.equal((await site.askAll([])).status, 400)
}

async function wishes(t: Test, service: TestService, site: AskingService, { fingerprint }: Device): Promise<void> {
  const floor = configOf(service).policy.minMaxAge / 1_000
  t.match((await site.byFingerprint(fingerprint, `?max_age=${floor}`)).json, { verdict: String })
  for (const age of [0, 1, floor - 1]) {
    const { status, json } = await site.byFingerprint(fingerprint, `?max_age=${age}`)
    t.match({ status, json }, { status: 400, json: { code: 'max-age-too-small' } }, `max_age ${age}`)
  }
  const unknown = await site.byFingerprint(UNKNOWN, '?max_age=1')
  t.equal(unknown.status, 400, 'a wrong question gets no verdict, whatever the certificate')
  const refused = await site.byFingerprint(UNKNOWN, '?return_to=https://elsewhere.example/')
  t.match({ status: refused.status, json: refused.json }, { status: 400, json: { code: 'return-to-refused' } })
}

async function refusals(t: Test, site: AskingService, device: Device): Promise<void> {
  for (const { name, path, rest, status, code } of wrongQuestions(device)) {
    const reply = await site.send(path, rest)
    const { json, headers } = reply
    t.match(
      { status: reply.status, json },
      { status, json: { code, status, type: `urn:countersign:problem:${code}` } },
      name,
    )
    t.match(headers, { 'content-type': /^application\/problem\+json/, 'cache-control': 'no-store' }, name)
    t.notOk('verdict' in json, `${name}: no verdict`)
  }
}

const ONE = 64 * 1024
const BATCH = 2 * 1024 * 1024

async function sizes(t: Test, service: TestService, site: AskingService): Promise<void> {
  const limits = [
    ['/v1/verdicts', '{"certificate":null}', ONE],
    ['/v1/verdicts/batch', '{"queries":[{"certificate":null}]}', BATCH],
  ] as const
  for (const [path, question, limit] of limits) {
    const headers = { 'content-type': 'application/json' }
    const body = Buffer.from(question.padEnd(limit))
    t.equal((await site.send(path, { headers, body })).status, 200, `${limit} bytes`)
    const more = limit + 1
    const announced = await refusedAt(service, path, `Content-Length: ${more}`, '')
    const chunk = `${more.toString(16)}\r\n${' '.repeat(more)}`
    const chunked = await refusedAt(service, path, 'Transfer-Encoding: chunked', chunk)
    for (const answer of [announced, chunked])
      t.match(answer, { status: 413, body: /"code":"body-too-large"/ }, `${more} bytes`)
  }
}

/** What is answered to a body that has not come to its end. */
function refusedAt(service: TestService, path: string, length: string, body: string): Promise<WireReply> {
  const wire = new Wire(service.address('api'), service.anchor, service.identity('site'))
  const { host } = new URL(service.address('api'))
  const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${length}\r\n\r\n`
  wire.socket.write(head + body)
  return wire.reply().finally(() => wire.end())
}

/** One person at one site has one subject, whatever device; at another site, another one. */
async function subjects(
  t: Test,
  service: TestService,
  inside: Inside,
  site: AskingService,
  device: Device,
): Promise<void> {
  await addSite(inside, 'other')
  const other = new AskingService(service, await certify(service, 'other'))
  const second = new AskingService(service, await certify(service, 'sample', 'second'))
  const next = await nextCertificate(service, inside, device)
  const stranger = await enroll(service, inside)
  const subjectAt = async (asking: AskingService, fingerprint: string) =>
    (await asking.byFingerprint(fingerprint)).json.subject
  const subject = await subjectAt(site, device.fingerprint)
  t.type(subject, 'string')
  t.equal(await subjectAt(site, next), subject, 'with the next certificate')
  t.equal(await subjectAt(second, device.fingerprint), subject, 'at another service of the site')
  t.not(await subjectAt(other, device.fingerprint), subject, 'at another site')
  t.equal(await subjectAt(other, next), await subjectAt(other, device.fingerprint), 'there too it stays')
  t.not(await subjectAt(site, stranger.fingerprint), subject, 'of another person')
}

/** Another certificate of the same person, on another device. */
function nextCertificate(service: TestService, { store }: Inside, { fingerprint }: Device): Promise<string> {
  return withAuthority(async (home) => {
    const record = await store.certificate(fingerprint)
    const deviceId = addDevice(service, record!.subscriberId!)
    const binding = { subscriberId: record!.subscriberId, deviceId, siteId: null, service: null }
    const { request } = makeOwnRequest()
    const issuance = createIssuance({ ...home, clock: { now: () => Date.now() } })
    const order = { profile: 'browser', label: 'Phone', request, binding } as const
    return (await issuance.issue({ actor: 'operator:cli', order })).fingerprint
  }, configOf(service))
}

function addDevice({ home }: TestService, subscriberId: string): string {
  const id = 'd0'.repeat(16)
  const database = new Database(join(home, 'countersign.db'), { timeout: 5_000 })
  const insert = `INSERT INTO devices (id, subscriber_id, label, ask_every_time, created_at)
    VALUES (x'${id}', x'${subscriberId}', 'Phone', 0, 0)`
  database.exec(insert)
  database.close()
  return id
}

async function who(t: Test, service: TestService, site: AskingService): Promise<void> {
  const { status, headers, json } = await site.send('/v1/site')
  t.equal(status, 200)
  t.match(headers, { 'content-type': /^application\/json/, 'cache-control': 'no-store' })
  t.match(json, {
    site: 'sample',
    service: 'web',
    return_to: ['https://localhost:3000/'],
    checks: [],
    min_max_age: configOf(service).policy.minMaxAge / 1_000,
    certificate: { fingerprint: /^[0-9a-f]{64}$/, not_after: ISO },
  })
}

function firstOf(chain: string): string {
  return `${chain.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n`
}
