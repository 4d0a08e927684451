import t, { type Test } from 'tap'
import { SUPPORTED, VERIFICATION_INTERVAL } from '../../../src/domain/security-event/security-streams.ts'
import { answerStreams, streamRoutes } from '../../../src/http/api/ssf-streams.ts'
import { act } from '../../store/samples.ts'
import { API, ISSUER, openStreaming, sender } from './streaming.ts'

const STREAMS = '/v1/ssf/streams'
const PUSH = 'urn:ietf:rfc:8935'
const POLL = 'urn:ietf:rfc:8936'
const ADDRESS = 'https://shop.example/events'

t.test('a stream is opened, read, changed, replaced and closed', async (t) => {
  const { send } = await open(t)
  t.same((await send('GET', STREAMS)).json, [])
  const [sessionRevoked] = SUPPORTED
  const opened = await send('POST', STREAMS, { events_requested: [sessionRevoked, 'urn:x'], description: 'ours' })
  const stream = {
    iss: ISSUER,
    aud: 'urn:countersign:site:shop',
    delivery: { method: POLL, endpoint_url: `${API}/v1/ssf/poll` },
    events_supported: SUPPORTED,
    events_requested: [sessionRevoked, 'urn:x'],
    events_delivered: [sessionRevoked],
    min_verification_interval: 60,
    description: 'ours',
  }
  const id = String(opened.json.stream_id)
  t.same(opened, { status: 201, json: { stream_id: id, ...stream } })
  t.same((await send('GET', `${STREAMS}?stream_id=${id}`)).json, opened.json)
  t.same((await send('GET', STREAMS)).json, [opened.json])
  t.match(await send('POST', STREAMS, {}), { status: 409, json: { code: 'stream-exists' } })

  const altered = await send('PATCH', STREAMS, { stream_id: id, description: 'theirs' })
  t.same(altered, { status: 200, json: { ...opened.json, description: 'theirs' } })
  const { events_requested: _requested, description: _description, ...left } = stream
  t.same(await send('PUT', STREAMS, { stream_id: id }), {
    status: 200,
    json: { stream_id: id, ...left, events_delivered: SUPPORTED },
  })
  t.equal((await send('DELETE', `${STREAMS}?stream_id=${id}`)).status, 204)
  t.equal((await send('GET', `${STREAMS}?stream_id=${id}`)).status, 404)
})

t.test('what is ours comes back as it was, or is refused', async (t) => {
  const { send } = await open(t)
  const { json } = await send('POST', STREAMS, {})
  t.match(await send('PATCH', STREAMS, { ...json, description: 'x' }), { status: 200, json: { description: 'x' } })
  for (const change of [
    { aud: 'urn:countersign:site:bank' },
    { iss: 'https://evil.example' },
    { events_delivered: [] },
    { min_verification_interval: 0 },
    { events_supported: null },
  ])
    t.match(await send('PATCH', STREAMS, { stream_id: json.stream_id, ...change }), {
      status: 400,
      json: { code: 'query-invalid' },
    })
})

t.test('another site’s stream is none, whatever is tried', async (t) => {
  const { send } = await open(t)
  const { json } = await send('POST', STREAMS, {})
  const id = String(json.stream_id)
  t.same((await send('GET', STREAMS, undefined, 'bank')).json, [])
  const tried = [
    ['GET', `${STREAMS}?stream_id=${id}`, undefined],
    ['PATCH', STREAMS, { stream_id: id }],
    ['PUT', STREAMS, { stream_id: id }],
    ['DELETE', `${STREAMS}?stream_id=${id}`, undefined],
    ['GET', `/v1/ssf/status?stream_id=${id}`, undefined],
    ['POST', '/v1/ssf/status', { stream_id: id, status: 'disabled' }],
    ['POST', '/v1/ssf/verify', { stream_id: id }],
  ] as const
  for (const [method, path, body] of tried) {
    const { status, json } = await send(method, path, body, 'bank')
    const nobody = await send(
      method,
      path.replace(id, 'ab'.repeat(16)),
      body && { ...body, stream_id: 'ab'.repeat(16) },
      'bank',
    )
    t.match({ status, code: json.code }, { status: 404, code: 'stream-unknown' }, `${method} ${path}`)
    t.same({ ...nobody.json, instance: '' }, { ...json, instance: '' }, 'as one that never was')
  }
  t.match((await send('GET', `/v1/ssf/status?stream_id=${id}`)).json, { status: 'enabled' })
})

t.test('pushing goes to the operator’s address, polling to ours', async (t) => {
  const { send, store, sites } = await open(t)
  const push = (endpoint_url: string) => ({ delivery: { method: PUSH, endpoint_url } })
  t.match(await send('POST', STREAMS, push(ADDRESS)), { status: 400, json: { code: 'push-address-refused' } })
  const address = { siteId: sites.shop.id, url: ADDRESS, allowPrivate: false, anchors: null, sealed: Buffer.of(1) }
  await store.run('setPushAddress', act(), address)
  t.match(await send('POST', STREAMS, push('https://169.254.169.254/')), { status: 400 })
  const elsewhere = { delivery: { method: POLL, endpoint_url: ADDRESS } }
  t.match(await send('POST', STREAMS, elsewhere), { status: 400, json: { code: 'query-invalid' } })
  const { status, json } = await send('POST', STREAMS, push(ADDRESS))
  t.match({ status, json }, { status: 201, json: push(ADDRESS) })
  const ours = { delivery: { method: POLL, endpoint_url: `${API}/v1/ssf/poll` } }
  t.match(await send('PATCH', STREAMS, { stream_id: json.stream_id, ...ours }), { status: 200, json: ours })
})

t.test('a stream is paused, and says why', async (t) => {
  const { send } = await open(t)
  const { json } = await send('POST', STREAMS, {})
  const id = String(json.stream_id)
  t.same((await send('GET', `/v1/ssf/status?stream_id=${id}`)).json, { stream_id: id, status: 'enabled' })
  const paused = { stream_id: id, status: 'paused', reason: 'a move' }
  t.same(await send('POST', '/v1/ssf/status', paused), { status: 200, json: paused })
  t.same((await send('GET', `/v1/ssf/status?stream_id=${id}`)).json, paused)
})

t.test('a verification is sent, once in a while', async (t) => {
  const { send, store, sites, clock } = await open(t)
  const { json } = await send('POST', STREAMS, {})
  const wish = { stream_id: json.stream_id, state: 'abc' }
  t.equal((await send('POST', '/v1/ssf/verify', wish)).status, 204)
  t.match(await send('POST', '/v1/ssf/verify', wish), { status: 429, json: { code: 'verification-too-soon' } })
  t.match(await store.securityEvents(sites.shop.id, 9), [{ type: 'verification', state: 'abc' }])
  clock.time += VERIFICATION_INTERVAL
  t.equal((await send('POST', '/v1/ssf/verify', { stream_id: json.stream_id })).status, 204)
})

t.test('what has another shape is refused, and so is a caller who is', async (t) => {
  const { send, refused } = await open(t)
  for (const body of [
    { delivery: { method: 'urn:ietf:rfc:9999' } },
    { delivery: { method: POLL, authorization_header: 'x' } },
    { events_requested: 'all' },
    { description: 'x'.repeat(1_025) },
    { site: 'bank' },
  ])
    t.match(await send('POST', STREAMS, body), { status: 400, json: { code: 'query-invalid' } })
  t.equal((await send('DELETE', STREAMS)).status, 400)
  const { json } = await send('POST', STREAMS, {})
  for (const [path, body] of [
    ['/v1/ssf/verify', { state: 'a\0b' }],
    ['/v1/ssf/status', { status: 'paused', reason: 'a\0b' }],
  ] as const)
    t.match(await send('POST', path, { stream_id: json.stream_id, ...body }), { status: 400 }, 'no text of PostgreSQL')
  t.match(await send('PATCH', STREAMS, { stream_id: json.stream_id, description: '\0' }), { status: 400 })
  t.equal((await send('POST', '/v1/ssf/status', { stream_id: 'x', status: 'off' })).status, 400)
  refused.add('shop')
  for (const [method, path, body] of [
    ['POST', STREAMS, {}],
    ['GET', STREAMS, undefined],
    ['POST', '/v1/ssf/verify', { stream_id: 'x' }],
  ] as const)
    t.match(await send(method, path, body), { status: 403, json: { code: 'caller-refused' } })
})

async function open(t: Test) {
  const scene = await openStreaming(t)
  streamRoutes(scene.app, answerStreams(scene, scene.judge))
  return { ...scene, send: sender(scene.app) }
}
