import { createServer } from 'node:https'
import t, { type Test } from 'tap'
import { sealSecret } from '../../../src/domain/sealed.ts'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { answerForwardAuth } from '../../../src/http/api/forward-auth.ts'
import { tlsOptions } from '../../../src/http/tls.ts'
import { CALLER_STATE, KEYRING, LAPTOP, SHOP, service } from '../../domain/asking.ts'
import { NOW } from '../../domain/verdict-state.ts'
import { agentOf, exchange } from '../../e2e/exchange.ts'
import { listenOn, openCast } from '../handshake.ts'

const { authority, server: own, peers } = await openCast(t)
const { der, fingerprint: BROWSER } = peers.browser
const SHOWN = { 'client-cert': `:${Buffer.from(der).toString('base64')}:` }
const SIGNON = 'https://id.example:8445'
const [FIRST] = SHOP.returnTo

t.test('valid: 200, with the person', async (t) => {
  const { ask, counted } = await open(t)
  const { status, headers, body } = await ask(SHOWN)
  t.equal(status, 200)
  t.match(headers, { 'countersign-verdict': 'valid', 'cache-control': 'no-store', 'content-length': '0' })
  t.match(headers['countersign-subject'], /^\S{20,}$/)
  t.notOk(headers['countersign-redirect'] ?? headers['countersign-reason'] ?? headers.location)
  t.equal(body.length, 0)
  t.equal(counted.length, 1, 'one question, however many ways back it had')
})

t.test('valid: what the site has called the person, in ASCII', async (t) => {
  const { ask, slow } = await open(t)
  t.notOk('countersign-account' in (await ask(SHOWN)).headers)
  const { subscriberId } = slow.states.get(BROWSER)!
  const account = 'zoë, 1 \u00d7 %\u{1f642}'
  const owner = `site-account ${SHOP.id} ${subscriberId}`
  slow.change(BROWSER, { siteAccount: sealSecret(KEYRING['site-account'], Buffer.from(account), owner) })
  const { headers } = await ask(SHOWN)
  t.equal(headers['countersign-account'], encodeURIComponent(account))
  slow.change(BROWSER, { status: 'held' })
  t.notOk('countersign-account' in (await ask(SHOWN)).headers)
})

t.test('needs-revalidation: 401 and where to go; 303 where the proxy hands the answer on', async (t) => {
  const { ask, slow } = await open(t)
  slow.change(BROWSER, { validatedAt: null, validatedWith: null })
  for (const [search, expected] of [
    ['', 401],
    ['?answer=303', 303],
  ] as const) {
    const { status, headers, body } = await ask(SHOWN, search)
    t.equal(status, expected)
    t.match(headers, { 'countersign-verdict': 'needs-revalidation', 'countersign-reason': 'never-validated' })
    t.ok(headers['countersign-redirect']?.toString().startsWith(`${SIGNON}/revalidate/`))
    t.equal(headers.location, headers['countersign-redirect'])
    t.notOk(headers['countersign-subject'], 'nobody is signed in')
    t.equal(body.length, 0)
  }
})

t.test('missing: the page that tells which certificate a browser shows', async (t) => {
  const { ask, slow, suspected } = await open(t)
  const none = await ask({})
  t.equal(none.status, 401)
  t.match(none.headers, { 'countersign-verdict': 'missing', 'countersign-reason': 'no-certificate' })
  t.equal(none.headers['countersign-redirect'], `${SIGNON}/check?${new URLSearchParams({ return_to: FIRST! })}`)
  slow.states.delete(BROWSER)
  const unknown = await ask(SHOWN)
  t.match([unknown.status, unknown.headers['countersign-reason']], [401, 'unknown'])
  t.same(
    suspected.map((seen) => Buffer.from(seen)),
    [Buffer.from(der)],
    'our own signature on it would be an alarm',
  )
})

t.test('revoked: 403, and nowhere to go', async (t) => {
  const { ask, slow } = await open(t)
  t.equal((await ask(SHOWN)).status, 200)
  slow.change(BROWSER, { status: 'revoked', reason: 'key-compromise', revokedAt: NOW })
  const { status, headers } = await ask(SHOWN, '?answer=303')
  t.equal(status, 403)
  t.match(headers, { 'countersign-verdict': 'revoked', 'countersign-reason': 'key-compromise' })
  t.notOk(headers['countersign-redirect'] ?? headers.location ?? headers['countersign-subject'])
})

t.test('back to the visited page where it is registered, else to the first', async (t) => {
  const { ask } = await open(t)
  const backTo = async (headers: Readonly<Record<string, string>>, search = '') => {
    const { headers: answer } = await ask(headers, search)
    return new URL(String(answer['countersign-redirect'])).searchParams.get('return_to')
  }
  const deep = `${SHOP.returnTo[1]}/a?b=c`
  const forwarded = (host: string) => ({
    'x-forwarded-proto': 'https',
    'x-forwarded-host': host,
    'x-forwarded-uri': '/other/x',
  })
  t.equal(await backTo({ 'x-original-url': deep }), deep)
  t.equal(await backTo(forwarded('shop.example')), 'https://shop.example/other/x')
  t.equal(await backTo(forwarded('evil.example')), FIRST)
  t.equal(await backTo({ ...forwarded('shop.example'), 'x-forwarded-proto': 'http' }), FIRST)
  t.equal(await backTo({ 'x-original-url': 'https://evil.example/' }), FIRST)
  t.equal(await backTo({ 'x-original-url': `${deep}, https://evil.example/` }), FIRST)
  t.equal(await backTo({ 'x-original-url': '' }), FIRST)
  t.equal(await backTo({ 'x-original-url': deep }, `?return_to=${encodeURIComponent(FIRST!)}`), FIRST)
  const refused = await ask({}, '?return_to=https://evil.example/')
  t.match([refused.status, refused.json.code], [400, 'return-to-refused'], 'the configuration is wrong')
})

t.test('checks are heard, in both ways back, and a bounded service pays for one question', async (t) => {
  const { ask, slow } = await open(t)
  const visited = { ...SHOWN, 'x-original-url': 'https://shop.example/app/page' }
  t.equal((await ask(visited, '?checks=totp')).status, 200)
  for (const headers of [SHOWN, visited])
    t.match((await ask(headers, '?checks=passkey')).headers, { 'countersign-reason': 'checks' })
  t.equal((await ask(SHOWN, '?checks=face')).status, 400)
  const site = slow.sites.get(SHOP.id)!
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...site, policies: { site: { verdictsPerSecond: 1 }, services: {} } })
  t.same([(await ask(visited)).status, (await ask(visited)).status, (await ask(visited)).status], [200, 200, 429])
})

t.test('max_age is heard; what is misspelled is not passed over', async (t) => {
  const { ask, slow } = await open(t)
  slow.change(BROWSER, { validatedAt: NOW - 120_000 })
  t.equal((await ask(SHOWN, '?max_age=180')).status, 200)
  t.match((await ask(SHOWN, '?max_age=60')).headers, { 'countersign-reason': 'max-age' })
  for (const search of ['?max_age=1', '?maxage=60', '?answer=200', '?answer=303&answer=303', '?answer']) {
    t.equal((await ask(SHOWN, search)).status, 400, search)
  }
  const two = await ask({ ...SHOWN, 'x-ssl-client-cert': 'x' })
  t.match([two.status, two.json.code, two.headers['countersign-verdict']], [400, 'query-invalid', undefined])
  t.equal((await ask({ 'client-cert': ':AAAA:' })).status, 400)
})

t.test('a proxy that says how it writes is not taken in by a visitor who writes otherwise', async (t) => {
  const { ask } = await open(t)
  const search = '?certificate_in=x-forwarded-tls-client-cert'
  t.equal((await ask({ 'x-forwarded-tls-client-cert': Buffer.from(der).toString('base64') }, search)).status, 200)
  t.match((await ask({}, search)).headers, { 'countersign-reason': 'no-certificate' })
  const forged = await ask(SHOWN, search)
  t.match([forged.status, forged.json.code, forged.headers['countersign-subject']], [400, 'query-invalid', undefined])
  t.equal((await ask(SHOWN, '?certificate_in=Client-Cert&answer=303')).status, 200)
  for (const wrong of ['', 'host', 'toString', 'client-cert&certificate_in=client-cert'])
    t.equal((await ask(SHOWN, `?certificate_in=${wrong}`)).status, 400, wrong)
})

t.test('only a service with the right speaks for a proxy; a refused one ends the connection', async (t) => {
  const { ask, slow } = await open(t, {})
  const { status, json, headers } = await ask(SHOWN)
  t.match([status, json.code], [403, 'right-missing'])
  t.notOk(headers['countersign-verdict'] ?? headers['countersign-subject'])
  slow.change(peers.api.fingerprint, { status: 'held' })
  const refused = await ask(SHOWN)
  t.match([refused.status, refused.json.code, refused.headers.connection], [403, 'caller-refused', 'close'])
})

t.test('a store that is gone is 503', async (t) => {
  const { ask, slow } = await open(t)
  slow.answer(new IdentityError('store-unavailable', 'down'), 'changes')
  t.equal((await ask(SHOWN)).status, 503)
})

async function open(t: Test, rights: typeof SHOP.rights = { web: ['forward-auth'] }) {
  const { verdicts, slow } = service()
  slow.states.set(peers.api.fingerprint, { ...CALLER_STATE, fingerprint: peers.api.fingerprint })
  slow.states.set(BROWSER, { ...slow.states.get(LAPTOP)!, fingerprint: BROWSER })
  slow.sites.set(SHOP.id, { ...SHOP, rights })
  slow.answer('at-once', 'signIn')
  const [counted, suspected]: [Outcome[], Uint8Array[]] = [[], []]
  const options = {
    verdicts,
    signonUrl: SIGNON,
    complain: () => {},
    count: (outcome: Outcome) => counted.push(outcome),
    time: () => {},
    suspect: (certificate: Uint8Array) => suspected.push(certificate),
  }
  const server = createServer(tlsOptions(own, { anchor: authority.twins.api, required: true }), (req, res) =>
    answerForwardAuth(options, req, res),
  )
  t.teardown(() => server.closeAllConnections())
  const port = await listenOn(t, server)
  const agent = agentOf(authority.issuers.root.pem, peers.api, { servername: 'localhost' })
  t.teardown(() => agent.destroy())
  const ask = (headers: Readonly<Record<string, string>>, search = '') =>
    exchange(`https://127.0.0.1:${port}/v1/forward-auth${search}`, { agent, headers })
  return { ask, slow, counted, suspected }
}
