import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { CertificateRecord } from '../../../src/domain/certificate/certificate.ts'
import { LANGUAGES } from '../../../src/domain/language.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import type { SecurityStreams } from '../../../src/domain/security-event/security-streams.ts'
import { createSiteAccounts } from '../../../src/domain/site/site-account.ts'
import { SITE_EVENTS } from '../../../src/domain/site/site-event.ts'
import type { SiteStatements } from '../../../src/domain/trust/site-statements.ts'
import { IdentityError } from '../../../src/errors.ts'
import { createApi, describeApi } from '../../../src/http/api/api.ts'
import { CALLER_STATE, KEYRING, LAPTOP, SHOP, service } from '../../domain/asking.ts'
import { DAY, NOW } from '../../domain/verdict-state.ts'
import { agentOf, exchange } from '../../e2e/exchange.ts'
import { openCast, shakeHands } from '../handshake.ts'

const { authority, server: identity, peers, lookAlikes } = await openCast(t)
const AUTHORITY = 'id.example:8443'
const READING = { issuer: 'https://id.example:8444', audience: 'urn:countersign:site:shop', keys: [] }

t.test('who the asking service is, and what is registered for it', async (t) => {
  const { get } = await open(t)
  const { status, json, headers } = await get('/v1/site')
  t.equal(status, 200)
  t.equal(headers['cache-control'], 'no-store')
  t.same(json, {
    site: 'shop',
    service: 'web',
    return_to: SHOP.returnTo,
    checks: [],
    rights: [],
    min_max_age: 30,
    policy: {
      max_age: null,
      idle: DEFAULT_POLICY.idle / 1_000,
      languages: [...LANGUAGES],
      name: 'shop',
      logo: null,
      events: [...SITE_EVENTS],
      verdicts_per_second: 0,
    },
    check: 'https://id.example:8445/check',
    browser_issuer: authority.issuers.browser.pem,
    certificate: {
      fingerprint: peers.api.fingerprint,
      not_after: new Date(NOW + 100 * DAY).toISOString(),
      renew_at: new Date(NOW + (200 * DAY) / 3).toISOString(),
    },
    signed_verdicts: READING,
  })
})

t.test('it is judged there as at a verdict', async (t) => {
  const { get, slow } = await open(t)
  t.equal((await get('/v1/site')).status, 200)
  slow.change(peers.api.fingerprint, { status: 'held' })
  t.match(await get('/v1/site'), { status: 403, json: { code: 'caller-refused' } })
})

t.test('no address is a way around the bound on a service’s questions', async (t) => {
  const { get, slow } = await open(t)
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...SHOP, policies: { site: { verdictsPerSecond: 1 }, services: {} } })
  t.same([(await get('/v1/site')).status, (await get('/v1/ssf/streams')).status], [200, 200])
  const subject = `/v1/subjects/${'A'.repeat(43)}`
  const addresses = ['/v1/site', '/v1/usage?month=2026-11', '/v1/ssf/streams', `${subject}/trust`, '/v1/events']
  const refused = await Promise.all(addresses.map(async (address) => get(address)))
  for (const { json, headers } of refused)
    t.match(
      [json, headers],
      [{ code: 'rate-limited' }, { 'retry-after': '1', 'ratelimit-policy': '"verdicts";q=1;w=1' }],
    )
})

t.test('proxies and listeners for events are judged there, too, and what is our own fault is told', async (t) => {
  const { get, slow, logged } = await open(t)
  t.match(await get('/v1/forward-auth'), { status: 403, json: { code: 'right-missing' } })
  t.same((await get('/v1/ssf/streams')).json, [])
  slow.change(peers.api.fingerprint, { status: 'held' })
  for (const path of ['/v1/events', '/v1/ssf/streams', '/v1/forward-auth'])
    t.match(await get(path), { status: 403, json: { code: 'caller-refused' } }, path)
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  t.match(await get(`/v1/verdicts/${LAPTOP}`), { status: 503 })
  t.match(logged, [/"code":"store-unavailable"/])
})

t.test('one endpoint answers before the router; what it leaves is a problem', async (t) => {
  const { get } = await open(t)
  t.match((await get(`/v1/verdicts/${LAPTOP}`)).json, { verdict: 'valid' })
  for (const path of [
    '/',
    '/v1',
    `/v1/verdict%73/${LAPTOP}`,
    `/v1/verdictsX${LAPTOP}`,
    '/metrics',
    '/openapi.json',
    '/v1/certificates',
  ]) {
    t.match(await get(path), { status: 404, json: { code: 'not-found' } }, path)
  }
  t.match(await get('/v1/site', { host: 'evil.example' }), { status: 421 })
  t.match(await get('/v1/site', {}, 'PUT'), { status: 404, json: { code: 'not-found' } }, 'another method')
  t.match((await get(`/v1/verdicts/${LAPTOP}`, {}, 'HEAD')).status, 405, 'a method that the router would take')
})

t.test('no answer to anybody but certificates of issuer api', async (t) => {
  const { port } = await open(t)
  const trust = { ca: authority.issuers.root.pem }
  for (const [who, shown] of [
    ['nobody', {}],
    ['a browser', peers.browser],
    ['an operator', peers.admin],
    ['a look-alike', lookAlikes.api],
  ] as const) {
    t.not((await shakeHands(t, port, { ...trust, ...shown })).outcome, 'open', who)
  }
})

t.test('the description names the addresses that are served', async (t) => {
  const { paths, servers } = (await describeApi('https://id.example:8443')) as { paths: object; servers: unknown }
  t.same(Object.keys(paths).sort(), [
    '/v1/events',
    '/v1/forward-auth',
    '/v1/site',
    '/v1/site/certificate',
    '/v1/ssf/poll',
    '/v1/ssf/status',
    '/v1/ssf/streams',
    '/v1/ssf/verify',
    '/v1/subjects/{subject}/account',
    '/v1/subjects/{subject}/intrusion',
    '/v1/subjects/{subject}/trust',
    '/v1/usage',
    '/v1/verdicts',
    '/v1/verdicts/batch',
    '/v1/verdicts/{fingerprint}',
  ])
  t.same(servers, [{ url: 'https://id.example:8443' }])
})

async function open(t: Test) {
  const { verdicts, slow } = service()
  const logged: string[] = []
  const { fingerprint } = peers.api
  slow.states.set(fingerprint, { ...CALLER_STATE, fingerprint })
  slow.answer('at-once', 'signIn')
  const record = { fingerprint, notBefore: NOW, notAfter: NOW + 100 * DAY } as CertificateRecord
  const app = await createApi({
    url: `https://${AUTHORITY}`,
    identity,
    peers: { anchor: authority.twins.api, required: true },
    signonUrl: 'https://id.example:8445',
    signer: { sign: async () => 'a.signed.verdict' },
    reading: () => READING,
    renewal: { renew: () => Promise.reject(new TypeError('renewal has a test of its own')) },
    verdicts,
    events: { follow: () => () => {}, close: () => {} },
    streams: { ofSite: async () => undefined } as unknown as SecurityStreams,
    tokens: { idOf: () => '', sign: async () => '' },
    issuer: 'https://id.example:8444',
    usage: { of: () => Promise.reject(new TypeError('usage has a test of its own')) },
    accounts: createSiteAccounts({ store: slow.store, clock: { now: () => NOW }, keyring: KEYRING }),
    statements: {} as SiteStatements,
    keyring: KEYRING,
    issuers: authority.issuers,
    store: { certificate: () => record },
    policy: DEFAULT_POLICY,
    log: pino({ level: 'error' }, { write: (line) => void logged.push(line) }),
    count: () => {},
    time: () => {},
    suspect: () => {},
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const agent = agentOf(authority.issuers.root.pem, peers.api, { servername: 'localhost' })
  t.teardown(() => agent.destroy())
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    exchange(`https://127.0.0.1:${port}${path}`, { agent, method, headers: { host: AUTHORITY, ...headers } })
  return { slow, port, get, logged }
}
