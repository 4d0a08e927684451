import t, { type Test } from 'tap'
import { encodePem } from '../../src/x509/pem.ts'
import type { Json } from './cli.ts'
import { type Device, enroll, validate } from './device.ts'
import { eventually } from './eventually.ts'
import { agentOf, exchange, type Identity, type Reply } from './exchange.ts'
import { openStream } from './held-open.ts'
import {
  APACHE,
  echoSite,
  PROXIES,
  type ProxyKind,
  type ProxyPlace,
  proxyFiles,
  startAskingSite,
  startProxy,
} from './proxy.ts'
import { MANY_GUESSES, openScene } from './scene.ts'
import { AskingService, addSite, certify } from './site-service.ts'
import { foreign, forged, lookAlike } from './strangers.ts'

t.test('a site behind a proxy that knows nothing of certificates', async (t) => {
  const cast = await openCast(t)
  for (const kind of PROXIES) await t.test(kind.name, (t) => behind(t, kind, cast))
  await t.test('a proxy that lost its right, or its certificate', (t) => withdrawn(t, PROXIES[0]!, cast))
  await t.test('apache, and a site that asks itself', (t) => behindApache(t, cast))
  for (const kind of PROXIES) await t.test(`${kind.name}, and the service is down`, (t) => closed(t, kind, cast))
})

interface Cast {
  readonly place: ProxyPlace
  /** a service of the site, beside the proxy's */
  readonly asking: AskingService
  readonly seen: string[][]
  readonly good: Device
  /** the person's id at the site */
  readonly subject: string
  /** a person who has proven himself, and whom the test holds and releases */
  readonly held: Device
  readonly stale: Device
  readonly strangers: Readonly<Record<string, Identity | undefined>>
}

async function openCast(t: Test): Promise<Cast> {
  const { service, inside } = await openScene(t, MANY_GUESSES)
  await addSite(inside, 'shop', ['https://shop.example/'])
  const asking = new AskingService(service, await certify(service, 'shop'))
  t.teardown(() => asking.agent.destroy())
  const [good, held, stale] = [
    await enroll(service, inside),
    await enroll(service, inside),
    await enroll(service, inside),
  ]
  for (const device of [good, held]) await validate(service, asking, device)
  const { json } = await asking.byFingerprint(good.fingerprint)
  const { address, seen } = await echoSite(t)
  const past = Date.now() - 86_400_000
  const strangers = {
    nobody: undefined,
    "somebody else's certificate": foreign(good),
    'a look-alike': lookAlike(good),
    'a certificate past its end': forged(service, 'browser', good, { notBefore: past - 1_000, notAfter: past }),
    'a certificate that the table does not know': forged(service, 'browser', good),
  }
  const place = { folder: await proxyFiles(t, service), site: address, service }
  return { place, asking, seen, good, subject: String(json.subject), held, stale, strangers }
}

async function behind(t: Test, kind: ProxyKind, cast: Cast): Promise<void> {
  const { place, asking, good, subject, held, stale, strangers, seen } = cast
  const { service } = place
  const ask = await openProxy(t, kind, place)
  const signon = service.address('signon')

  const answer = await ask(good)
  t.equal(answer.status, 200, 'good')
  t.same(told(answer), [subject], 'the site is told who it is')
  await asking.send(`/v1/subjects/${subject}/account`, { method: 'PUT', body: { account: 'zoë' } })
  t.same(told(await ask(good)).toSorted(), ['zo%C3%AB', subject].toSorted(), 'and what it calls him')
  await asking.send(`/v1/subjects/${subject}/account`, { method: 'DELETE' })
  t.equal((await ask(held)).status, 200)
  await service.administer(`/${held.fingerprint}/hold`)
  t.equal((await ask(held)).status, 403, 'revoked, and known at the next request of the same connection')
  await service.administer(`/${held.fingerprint}/release`)

  const away = await ask(stale, {}, '/page?a=b')
  t.equal(away.status, 303, 'stale')
  t.ok(away.headers.location?.startsWith(`${signon}/revalidate/`))
  t.equal((await ask(stale, { 'sec-fetch-dest': 'document' })).status, 303)
  t.equal((await ask(stale, { 'sec-fetch-dest': 'empty' })).status, 401, "a script's request is told")

  seen.length = 0
  for (const [who, identity] of Object.entries(strangers)) {
    const { status, headers } = await ask(identity)
    t.equal(status, 303, who)
    t.match(headers.location, `${signon}/check`, who)
  }
  const page = await ask(undefined, {}, '/deep?a=b')
  const back = new URL(String(page.headers.location)).searchParams.get('return_to')
  t.equal(back, 'https://shop.example/deep?a=b', 'the visited page is where the walk leads back to')
  await forgeries(t, ask, cast)
}

type Ask = (identity: Identity | undefined, headers?: Readonly<Record<string, string>>, path?: string) => Promise<Reply>

/** Whatever a browser itself sends by these names does nothing, and goes no further. */
async function forgeries(t: Test, ask: Ask, { good, subject, seen }: Cast): Promise<void> {
  for (const [name, value] of forgedHeaders(good)) {
    for (const spelling of [name, name.toUpperCase(), name.replaceAll('-', '_'), name.replace('-', '_')]) {
      seen.length = 0
      const nobody = await ask(undefined, { [spelling]: value })
      t.ok(nobody.status === 303 || nobody.status === 400, `${spelling} of nobody: ${nobody.status}`)
      t.equal(seen.length, 0, 'nothing reaches the site')
      const somebody = await ask(good, { [spelling]: value })
      t.same(told(somebody), [subject], `${spelling}: the site is told what was proven, and that alone`)
    }
  }
}

function forgedHeaders({ der }: Device): readonly (readonly [name: string, value: string])[] {
  const base64 = Buffer.from(der).toString('base64')
  const escaped = encodeURIComponent(encodePem('CERTIFICATE', der))
  return [
    ['Client-Cert', `:${base64}:`],
    ['X-SSL-Client-Cert', escaped],
    ['X-Forwarded-Tls-Client-Cert', base64],
    ['X-Forwarded-Client-Cert', `Cert="${escaped}"`],
    ['Countersign-Subject', 'somebody-else'],
    ['Countersign-Account', 'somebody-else'],
    ['Countersign-Verdict', 'valid'],
  ]
}

/** The values of all headers that a site could take for Countersign's word, or for a certificate. */
function told({ json }: Reply): readonly string[] {
  const headers = json as unknown as readonly string[]
  return headers.filter((_, index) => index % 2 === 1 && /^countersign|client.cert$/i.test(headers[index - 1]!))
}

async function withdrawn(t: Test, kind: ProxyKind, { place, good, seen }: Cast): Promise<void> {
  const { service } = place
  const ask = await openProxy(t, kind, place)
  t.equal((await ask(good)).status, 200)
  seen.length = 0
  await service.command('site', 'rights', 'shop', 'proxy')
  t.equal((await ask(good)).status, 403, 'the next question knows')
  await service.command('site', 'rights', 'shop', 'proxy', 'forward-auth')
  t.equal((await ask(good)).status, 200)
  const { certificates } = (await service.command('site', 'show', 'shop')).data as { certificates: readonly Json[] }
  const own = certificates.find((one) => one.service === 'proxy')?.fingerprint
  await service.administer(`/${own}/hold`)
  t.equal((await ask(good)).status, 403)
  t.equal(seen.length, 1, 'meanwhile nothing reached the site')
  await service.administer(`/${own}/release`)
  t.equal((await ask(good)).status, 200)
}

/** Apache ends the handshake itself where the dates or the signature are wrong; all others are as elsewhere. */
const TURNED_AWAY_BY_APACHE = ['a look-alike', 'a certificate past its end']

async function behindApache(t: Test, { place, good, subject, held, stale, strangers }: Cast): Promise<void> {
  const { service, folder } = place
  const signon = service.address('signon')
  const port = await startProxy(t, APACHE, { ...place, site: await startAskingSite(t, service, folder) })
  const ask = askThrough(t, port, place)
  const greeting = `Hello, ${subject}\n`
  t.equal((await ask(good)).body.toString(), greeting)
  const agent = agentOf(service.anchor, held, { servername: 'shop.example' })
  t.teardown(() => agent.destroy())
  const clock = await openStream(t, `https://127.0.0.1:${port}/clock`, agent)
  await service.administer(`/${held.fingerprint}/hold`)
  await eventually(clock.isOpen, (isOpen) => !isOpen)
  t.equal((await ask(held)).status, 403, 'what lasted has ended, and what comes is refused')
  const page = await ask(stale, { 'sec-fetch-dest': 'document' }, '/page?a=b')
  t.ok(page.headers.location?.startsWith(`${signon}/revalidate/`))
  t.equal((await ask(stale, { 'sec-fetch-dest': 'empty' })).status, 401)
  for (const [who, identity] of Object.entries(strangers)) {
    if (TURNED_AWAY_BY_APACHE.includes(who)) await t.rejects(ask(identity), who)
    else t.match(await ask(identity), { status: 401, json: { code: 'missing' } }, who)
  }
  for (const [name, value] of forgedHeaders(good)) {
    for (const spelling of [name, name.replaceAll('-', '_')]) {
      t.equal((await ask(undefined, { [spelling]: value })).status, 401, `${spelling} of nobody`)
      t.equal((await ask(good, { [spelling]: value })).body.toString(), greeting, spelling)
    }
  }
  await service.stop()
  await eventually(
    () => ask(good),
    ({ status }) => status === 503,
  )
}

async function closed(t: Test, kind: ProxyKind, { place, good, seen }: Cast): Promise<void> {
  const ask = await openProxy(t, kind, place)
  seen.length = 0
  for (const identity of [good, undefined]) {
    const { status, headers } = await ask(identity)
    t.ok(status >= 500 && status < 505, `${status}`)
    t.notOk(headers.location)
  }
  t.equal(seen.length, 0, 'nothing reaches the site')
}

async function openProxy(t: Test, kind: ProxyKind, place: ProxyPlace): Promise<Ask> {
  return askThrough(t, await startProxy(t, kind, place), place)
}

function askThrough(t: Test, port: number, place: ProxyPlace): Ask {
  // one connection for each browser, which lives on
  const agents = new Map<Identity | undefined, ReturnType<typeof agentOf>>()
  t.teardown(() => agents.forEach((agent) => void agent.destroy()))
  return async (identity, headers = {}, path = '/') => {
    const options = { servername: 'shop.example', maxSockets: 1 }
    const agent = agents.get(identity) ?? agentOf(place.service.anchor, identity, options)
    agents.set(identity, agent)
    return exchange(`https://127.0.0.1:${port}${path}`, { agent, headers: { host: 'shop.example', ...headers } })
  }
}
