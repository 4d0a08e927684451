import t, { type Test } from 'tap'
import { DIGESTS } from '../checks/recovery-digests.ts'
import { type Device, enroll, invite, recoveryForm, visit } from '../e2e/device.ts'
import { eventually } from '../e2e/eventually.ts'
import { agentOf, type Exchange, exchange } from '../e2e/exchange.ts'
import { type Inside, openInside } from '../e2e/inside.ts'
import { startService, type TestService } from '../e2e/service.ts'
import { AskingService, base64 } from '../e2e/site-service.ts'
import { hostileBodies } from './corpus.ts'
import { hostileCertificates } from './hostile-certificates.ts'
import { RAW_HTTP, RAW_TCP, STUCK } from './over-socket-bytes.ts'
import { afterGarbageCollection, COLLECTABLE } from './over-socket-memory.ts'
import { Raw } from './over-socket-raw.ts'

t.test('whatever strangers send is answered or ended, and leaves nothing behind', async (t) => {
  const service = await startService(t, { execArgv: COLLECTABLE, settings: { LOG_LEVEL: 'trace' } })
  const inside = await openInside(t, service)
  // these take their time; they are looked at last
  const stuck = STUCK.map((sent) => ({ ...sent, raw: new Raw(service, sent.listener, sent.tls) }))
  for (const { raw, bytes, drip } of stuck) {
    raw.send(bytes)
    if (drip !== undefined) raw.drip(drip)
  }

  const token = await invite(inside)
  const targets = targetsOf(service, token)
  await t.test('bodies', (t) => bodies(t, targets))
  await t.test('bytes that are no HTTP', (t) => rawHttp(t, service))
  await t.test('bytes that are no TLS', (t) => rawTcp(t, service))
  await t.test('memory comes back', (t) => memory(t, service, targets))
  await t.test('those that never finish', async (t) => {
    for (const { name, raw } of stuck) t.ok(await raw.ended(), `${name}: ended`)
  })
  await t.test('the service is as it was', (t) => asItWas(t, service, inside, token))
})

/** An address that takes bodies, and how a body is sent to it. */
interface Target {
  readonly name: string
  send(body: Uint8Array): Promise<number | 'closed'>
}

const JSON_TYPE = { 'content-type': 'application/json' }

function targetsOf(service: TestService, token: string): readonly Target[] {
  const api = agentOf(service.anchor, service.identity('site'))
  const admin = agentOf(service.anchor, service.identity('admin'))
  const portal = agentOf(service.anchor)
  const target = (name: string, address: string, agent: Exchange['agent'], wrap: (body: Uint8Array) => Wrapped) => ({
    name,
    send: (body: Uint8Array) => outcomeOf(address, { agent, method: 'POST', ...wrap(body) }),
  })
  const verdicts = `${service.address('api')}/v1/verdicts`
  const certificates = `${service.address('admin')}/v1/certificates`
  const enrollment = `${service.address('portal')}/enroll/${token}`
  const raw = (body: Uint8Array) => ({ headers: JSON_TYPE, body })
  return [
    target('api, DER', verdicts, api, (body) => ({ headers: { 'content-type': 'application/pkix-cert' }, body })),
    target('api, base64', verdicts, api, (body) => ({ body: { certificate: base64(body) } })),
    target('api, JSON', verdicts, api, raw),
    target('api, batch', `${verdicts}/batch`, api, raw),
    target('portal, request', enrollment, portal, (body) => ({
      body: { label: 'Laptop', request: base64(body), recovery_digests: DIGESTS },
    })),
    target('portal, JSON', enrollment, portal, raw),
    target('admin, request', certificates, admin, (body) => ({
      body: { site: 'sample', service: 'web', request: base64(body) },
    })),
    target('admin, JSON', certificates, admin, raw),
  ]
}

type Wrapped = Pick<Exchange, 'headers' | 'body'>

/** The status; a 200 is given back as 0 unless it says that nobody is known by these bytes. */
async function outcomeOf(address: string, request: Exchange): Promise<number | 'closed'> {
  try {
    const { status, json } = await exchange(address, request)
    return status === 200 && !(json.verdict === 'missing' && json.reason === 'unknown') ? 0 : status
  } catch {
    return 'closed'
  }
}

const CORPUS: readonly { readonly name: string; readonly body: Uint8Array }[] = [
  ...hostileBodies(),
  ...hostileCertificates().map(({ name, der }) => ({ name, body: der })),
]

async function bodies(t: Test, targets: readonly Target[]): Promise<void> {
  await Promise.all(
    targets.map(async ({ name: where, send }) => {
      const wrong: unknown[] = []
      for (const { name, body } of CORPUS) {
        const outcome = await send(body)
        // what is larger than is taken may be cut off before it is sent to its end
        const closed = outcome === 'closed' && body.length > LARGE
        const unknown = outcome === 200 && where.startsWith('api')
        if (!closed && !unknown && !isRefusal(outcome)) wrong.push({ name, outcome })
      }
      t.same(wrong, [], `${where}: each is refused`)
    }),
  )
}

const LARGE = 40_000

function isRefusal(outcome: number | 'closed'): boolean {
  return outcome !== 'closed' && outcome >= 400 && outcome < 500
}

const TLS_LISTENERS = ['api', 'portal', 'admin'] as const
const HTTP_LISTENERS = [...TLS_LISTENERS, 'ops', 'pki'] as const

async function rawHttp(t: Test, service: TestService): Promise<void> {
  await Promise.all(
    HTTP_LISTENERS.map(async (listener) => {
      const { host } = new URL(service.address(listener))
      const outcomes = RAW_HTTP.map(async ({ name, bytes }) => ({
        name,
        outcome: await say(service, listener, bytes(host)),
      }))
      const wrong = (await Promise.all(outcomes)).filter(({ outcome }) => outcome !== 'closed' && !isRefusal(outcome))
      t.same(wrong, [], `${listener}: each is refused or ended`)
    }),
  )
}

async function say(service: TestService, listener: (typeof HTTP_LISTENERS)[number], bytes: string | Uint8Array) {
  const raw = new Raw(service, listener, true)
  raw.send(bytes)
  const outcome = await raw.outcome()
  raw.end()
  return outcome
}

async function rawTcp(t: Test, service: TestService): Promise<void> {
  for (const listener of [...TLS_LISTENERS, 'signon'] as const) {
    for (const { name, bytes } of RAW_TCP) {
      const raw = new Raw(service, listener, false)
      raw.send(bytes)
      t.ok(await raw.ended(), `${listener}: ${name}`)
    }
  }
  for (const { name, bytes } of RAW_HTTP) {
    const raw = new Raw(service, 'signon', true)
    raw.send(bytes(new URL(service.address('signon')).host))
    raw.end()
    t.ok(await raw.ended(), `signon, after the handshake: ${name}`)
  }
}

/** So often everything is sent once more. */
const ROUNDS = 2
/** A leak of one body or request in each round would be more. */
const SLACK = 4 * 1024 * 1024

async function memory(t: Test, service: TestService, targets: readonly Target[]): Promise<void> {
  const before = await afterGarbageCollection(service)
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(
      targets.map(async ({ send }) => {
        for (const { body } of CORPUS) await send(body)
      }),
    )
  const after = await eventually(
    () => afterGarbageCollection(service),
    (now) => now < before + SLACK,
  )
  t.ok(after < before + SLACK, `${before} bytes before, ${after} bytes after`)
}

async function asItWas(t: Test, service: TestService, inside: Inside, token: string): Promise<void> {
  const device = await enroll(service, inside)
  const site = new AskingService(service, service.identity('site'))
  const redirect = await site.redirectFor(device.fingerprint)
  t.equal((await visit(service, device, redirect, recoveryForm(device))).status, 303)
  t.match((await site.ask({ certificate: device.pem })).json, { verdict: 'valid' }, 'it signs people in')
  const agent = agentOf(service.anchor)
  t.equal(
    (await exchange(`${service.address('portal')}/enroll/${token}`, { agent })).status,
    200,
    'the invitation is still good',
  )
  t.ok(service.lives)
  const { log } = service
  t.ok(log.includes('"route":"/enroll/:token"'), 'requests are logged')
  t.same(log.match(/"level":[56]0.*/g), null, 'nothing was our own fault')
  for (const [what, secret] of Object.entries(secretsOf(device, redirect, token)))
    t.notOk(log.includes(secret), `no ${what} in the log`)
}

/** What must not be told by the log. */
function secretsOf(device: Device, redirect: string, token: string): Readonly<Record<string, string>> {
  const lineOf = (pem: string) => pem.split('\n')[2]!
  return {
    ticket: redirect.slice(redirect.lastIndexOf('/') + 1),
    invitation: token,
    'recovery code': device.recoveryCodes[0]!,
    'TOTP secret': device.totpSecret,
    certificate: lineOf(device.pem),
    key: lineOf(device.key),
    PEM: '-----BEGIN',
    body: 'Let me in, please.',
    'hostile body': '__proto__',
    header: 'aaaaaaaa',
    'hostile address': 'evil.example',
  }
}
