import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import { Receiver, take } from '../events/receiver.ts'
import { eventually } from './eventually.ts'
import { agentOf, exchange } from './exchange.ts'
import { makeValid } from './many-certificates.ts'
import { openScene, type Scene } from './scene.ts'
import { AskingService, addSite, certify } from './site-service.ts'

const STREAMS = '/v1/ssf/streams'
const CAEP = 'https://schemas.openid.net/secevent/caep/event-type'
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type'
const PUSH = 'urn:ietf:rfc:8935'
const POLL = 'urn:ietf:rfc:8936'

t.test('a site is told by signed tokens', async (t) => {
  const scene = await openScene(t)
  const [mine = ''] = await makeValid(scene.service, 1)
  const { json } = await scene.site.byFingerprint(mine)
  const told = { ...scene, mine, subject: String(json.subject), receiver: await openReceiver(t, scene) }
  await t.test('where events go the operator decides', (t) => addresses(t, told))
  await t.test('pushed: verified under the published keys', (t) => pushed(t, told))
  await t.test('a receiver that was away gets all, in order', (t) => away(t, told))
  await t.test('killed while it pushes, it pushes again', (t) => killed(t, told))
  await t.test('polled: until it is confirmed; what is refused waits for the operator', (t) => polled(t, told))
  await t.test('another site sees nothing of it', (t) => another(t, told))
})

interface Told extends Scene {
  /** the certificate of somebody whom the site knows */
  readonly mine: string
  readonly subject: string
  readonly receiver: Receiver
}

async function addresses(t: Test, { service, site, receiver }: Told): Promise<void> {
  const ca = join(service.home, 'receiver.pem')
  for (const url of [
    receiver.url(),
    receiver.url('127.0.0.1'),
    receiver.url('[::ffff:127.0.0.1]'),
    'http://shop.example/',
  ])
    t.equal((await service.command('site', 'push', 'sample', url, '--ca', ca)).code, 1, url)
  const asked = { delivery: { method: PUSH, endpoint_url: receiver.url() } }
  t.match(await site.send(STREAMS, { body: asked }), { status: 400, json: { code: 'push-address-refused' } })
  const { code, data } = await service.command('site', 'push', 'sample', receiver.url(), '--ca', ca, '--allow-private')
  t.match({ code, data }, { code: 0, data: { address: { url: receiver.url(), allow_private: true }, stream: null } })
  const elsewhere = { delivery: { method: PUSH, endpoint_url: receiver.url('127.0.0.1') } }
  t.match(await site.send(STREAMS, { body: elsewhere }), { status: 400, json: { code: 'push-address-refused' } })
  t.match(await site.send(STREAMS, { body: asked }), { status: 201, json: asked })
  t.match((await service.command('site', 'push', 'sample')).data, { stream: { delivery: 'push', status: 'enabled' } })
}

async function pushed(t: Test, { service, site, receiver, mine, subject }: Told): Promise<void> {
  const { verify, configuration } = await verifier(service)
  const { status, json } = await site.send(STREAMS)
  const [stream] = json as unknown as { stream_id: string }[]
  t.equal(status, 200)
  t.equal(configuration.configuration_endpoint, service.address('api') + STREAMS)
  const wish = { stream_id: stream?.stream_id, state: 'is it you?' }
  t.equal((await site.send('/v1/ssf/verify', { body: wish })).status, 204)
  await eventually(
    () => receiver.pushed.length,
    (count) => count === 1,
  )
  await service.administer(`/${mine}/hold`)
  await eventually(
    () => receiver.pushed.length,
    (count) => count === 3,
  )
  const [verification, ...events] = await Promise.all(receiver.pushed.map(({ token }) => verify(token)))
  t.match(verification, {
    sub_id: { format: 'opaque', id: stream?.stream_id },
    events: { [`${SSF}/verification`]: { state: 'is it you?' } },
  })
  for (const event of events) t.match(event.sub_id, { format: 'iss_sub', iss: service.address('portal'), sub: subject })
  t.same(events.map(typeOf).sort(), [`${CAEP}/credential-change`, `${CAEP}/session-revoked`])
  t.match(receiver.pushed, Array(3).fill({ headers: { 'content-type': 'application/secevent+jwt' } }))
}

async function away(t: Test, { service, receiver, mine }: Told): Promise<void> {
  const { verify } = await verifier(service)
  const before = receiver.pushed.length
  receiver.answering = (res) => void res.writeHead(503).end()
  await service.administer(`/${mine}/release`)
  await service.administer(`/${mine}/hold`)
  await eventually(
    () => receiver.pushed.length,
    (count) => count > before,
  )
  receiver.answering = take
  const taken = new Map<string, JWTPayload>()
  await eventually(
    async () => {
      const claims = await Promise.all(receiver.pushed.slice(before).map(({ token }) => verify(token)))
      for (const claim of claims) taken.set(String(claim.jti), claim)
      return taken.size
    },
    (count) => count === 3,
  )
  const told = [...taken.values()].map((claims) => [claims.txn, typeOf(claims)])
  t.match(told[0], [String, `${CAEP}/credential-change`], 'the release first')
  t.not(told[0]?.[0], told[1]?.[0])
  t.equal(told[1]?.[0], told[2]?.[0], 'the hold as two events of one change')
}

/** A process that was killed keeps its turn for a while. */
const TURN_IS_OVER = 30_000

async function killed(t: Test, { service, receiver, mine }: Told): Promise<void> {
  const { verify } = await verifier(service)
  const before = receiver.pushed.length
  receiver.answering = () => {}
  await service.administer(`/${mine}/release`)
  await eventually(
    () => receiver.pushed.length,
    (count) => count > before,
  )
  await service.kill()
  receiver.answering = take
  await service.start()
  await eventually(
    () => receiver.pushed.length,
    (count) => count > before + 1,
    TURN_IS_OVER,
  )
  const [first, again] = await Promise.all(receiver.pushed.slice(before).map(({ token }) => verify(token)))
  t.equal(again?.jti, first?.jti)
}

async function polled(t: Test, { service, mine, receiver, subject }: Told): Promise<void> {
  const { verify } = await verifier(service)
  const site = new AskingService(service, service.identity('site'))
  const [stream] = (await site.send(STREAMS)).json as unknown as { stream_id: string }[]
  const change = {
    stream_id: stream?.stream_id,
    delivery: { method: POLL },
    events_requested: [`${CAEP}/session-revoked`],
  }
  const changed = await site.send(STREAMS, { method: 'PATCH', body: change })
  const { endpoint_url } = changed.json.delivery as { endpoint_url: string }
  t.equal(endpoint_url, `${service.address('api')}/v1/ssf/poll`)
  const before = receiver.pushed.length
  const poll = async (body: object) =>
    (await site.send('/v1/ssf/poll', { body })).json as { sets: Record<string, string>; moreAvailable: boolean }
  const waiting = poll({})
  await service.administer(`/${mine}/hold`)
  const { sets } = await waiting
  const [[id, token] = ['', '']] = Object.entries(sets)
  t.match(await verify(token), { jti: id, sub_id: { sub: subject } })
  const now = { returnImmediately: true }
  t.same(Object.keys((await poll(now)).sets), [id], 'not confirmed yet')
  t.same((await poll({ ...now, setErrs: { [id]: { err: 'invalid_issuer' } } })).sets, {})
  const { dead_letters } = (await service.command('site', 'push', 'sample', '--dead-letters')).data
  t.match(dead_letters, [{ id, subject, event: 'held', failure: 'refused: invalid_issuer' }])
  t.match((await service.command('site', 'push', 'sample', '--retry')).data, { retried: 1 })
  t.same(Object.keys((await poll({})).sets), [id])
  t.same((await poll({ ...now, ack: [id] })).sets, {})
  t.equal(receiver.pushed.length, before, 'nothing is pushed any more')
  t.equal((await service.command('site', 'push', 'sample', '--remove', '--retry')).code, 1, 'one thing at a time')
  t.equal((await service.command('site', 'push', 'sample', '--remove')).code, 0)
  t.match((await service.command('site', 'push', 'sample')).data, { address: null, stream: { delivery: 'poll' } })
}

async function another(t: Test, { service, inside }: Told): Promise<void> {
  const site = new AskingService(service, service.identity('site'))
  const [stream] = (await site.send(STREAMS)).json as unknown as { stream_id: string }[]
  await addSite(inside, 'bank')
  const bank = new AskingService(service, await certify(service, 'bank'))
  t.same((await bank.send(STREAMS)).json, [])
  t.equal((await bank.send(`${STREAMS}?stream_id=${stream?.stream_id}`)).status, 404)
  t.equal((await bank.send('/v1/ssf/poll', { body: {} })).status, 404)
  const off = { stream_id: stream?.stream_id, status: 'disabled' }
  t.equal((await bank.send('/v1/ssf/status', { body: off })).status, 404)
  t.equal((await bank.send(`${STREAMS}?stream_id=${stream?.stream_id}`, { method: 'DELETE' })).status, 404)
  t.match((await site.send(`/v1/ssf/status?stream_id=${stream?.stream_id}`)).json, { status: 'enabled' })
}

/** A receiver with a certificate that nobody but the operator's own word vouches for. */
async function openReceiver(t: Test, { service }: Scene): Promise<Receiver> {
  const [key, cert] = ['receiver.key', 'receiver.pem'].map((name) => join(service.home, name))
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const names = ['-subj', '/CN=receiver', '-addext', 'subjectAltName=DNS:localhost']
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key!, '-out', cert!])
  if (status !== 0) throw new Error(String(stderr))
  return new Receiver({ cert: readFileSync(cert!, 'utf8'), key: readFileSync(key!, 'utf8') }).listen(t)
}

/** What a receiver does first: it reads where the keys are, and then believes what is signed under them. */
async function verifier(service: Scene['service']) {
  const issuer = service.address('portal')
  const agent = agentOf(service.anchor)
  const get = async (url: string) => (await exchange(url, { agent })).json
  const configuration = await get(`${issuer}/.well-known/ssf-configuration`)
  const keys = createLocalJWKSet((await get(String(configuration.jwks_uri))) as unknown as JSONWebKeySet)
  agent.destroy()
  const audience = 'urn:countersign:site:sample'
  // what was signed before a restart names the address from before
  const verify = async (token: string) => {
    const { payload } = await jwtVerify(token, keys, { audience, typ: 'secevent+jwt' })
    return payload
  }
  return { configuration, verify }
}

function typeOf({ events }: JWTPayload): string | undefined {
  return Object.keys(events as object)[0]
}
