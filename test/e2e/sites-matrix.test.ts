import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { monthOf, monthText } from '../../src/domain/month.ts'
import { createSiteRegistry } from '../../src/domain/site-registry.ts'
import { pairwiseSubject } from '../../src/domain/subject.ts'
import { describeApi } from '../../src/http/api/api.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { Browsing, type Device, enroll, recoveryForm } from './device.ts'
import type { Exchange, Reply } from './exchange.ts'
import { type Inside, openInside } from './inside.ts'
import { MANY_GUESSES } from './scene.ts'
import { startService, type TestService } from './service.ts'
import { AskingService, addSite, certify } from './site-service.ts'
import { listen } from './told.ts'

// Two sites of two services each, and two people: both have been at the one, one of them at the other, too. Each
// service of the other site tries every address of `api`, with all that may come to be known of the first site's, and
// learns and changes nothing. A new route is here by itself; it fails until this test is told how to ask it.

/** What belongs to one site. */
interface Owned {
  readonly site: string
  readonly siteId: string
  readonly services: readonly [AskingService, AskingService]
  /** of the people whom it has signed in */
  readonly subjects: readonly string[]
  /** the id of its stream of security events */
  readonly stream: string
  /** the ids of what waits there */
  readonly tokens: readonly string[]
}

interface World {
  readonly service: TestService
  readonly inside: Inside
  readonly people: readonly Device[]
  readonly alpha: Owned
  readonly beta: Owned
}

/** A request, without the connection that it goes over. */
interface Attempt extends Omit<Exchange, 'agent'> {
  readonly path: string
}

interface Teaching {
  /** what of a site's may be named in it: the id of a person as that site knows him, its stream, or nothing */
  readonly names: keyof typeof STRANGE
  /** @param thing what is named */
  ask(thing: string, world: World): Attempt
  /** how its owner makes what others then try to reach; default: not at all */
  readonly arranges?: boolean
}

/** Something of the same kind that is nobody's. */
const STRANGE = {
  subject: () => randomBytes(32).toString('base64url'),
  stream: () => randomBytes(16).toString('hex'),
  nothing: () => '',
} as const

const MONTH = () => monthText(monthOf(Date.now()))

/** What is signed in a text: the middle of each token. */
function payloadsIn(text: string): readonly string[] {
  return [...text.matchAll(/eyJ[\w-]+\.([\w-]+)\./g)].map(([, part]) => Buffer.from(part!, 'base64url').toString())
}

/** What the first site calls its people, and says of them: nobody else's business. */
const [ACCOUNT, REPORT] = ['known-to-alpha-as', 'said-by-alpha-alone']

/** What its owner puts there first is what others then try to reach. */
function ofSubject(method: 'GET' | 'PUT' | 'DELETE', what: string, body?: object): Teaching {
  return {
    names: 'subject',
    arranges: method === 'PUT',
    ask: (subject) => ({ method, path: `/v1/subjects/${subject}/${what}`, ...(body && { body }) }),
  }
}

function ofStream(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', what: string, rest: object = {}): Teaching {
  const search = method === 'GET' || method === 'DELETE'
  return {
    names: 'stream',
    ask: (stream_id) =>
      search
        ? { method, path: `/v1/ssf/${what}?stream_id=${stream_id}` }
        : { method, path: `/v1/ssf/${what}`, body: { stream_id, ...rest } },
  }
}

/** How each route is asked. A route that is not here makes the test fail. */
const ROUTES: Readonly<Record<string, Teaching>> = {
  'GET /v1/site': { names: 'nothing', ask: () => ({ path: '/v1/site' }) },
  'POST /v1/site/certificate': {
    names: 'nothing',
    ask: () => ({
      path: '/v1/site/certificate',
      headers: { 'content-type': 'application/pkcs10' },
      body: makeOwnRequest().request,
    }),
  },
  'GET /v1/usage': { names: 'nothing', ask: () => ({ path: `/v1/usage?month=${MONTH()}` }) },
  'GET /v1/verdicts/{fingerprint}': {
    names: 'nothing',
    ask: (_, { people }) => ({ path: `/v1/verdicts/${people[0]!.fingerprint}?trust=1` }),
  },
  'POST /v1/verdicts': {
    names: 'nothing',
    ask: (_, { people }) => ({ path: '/v1/verdicts', body: { certificate: people[0]!.pem } }),
  },
  'POST /v1/verdicts/batch': {
    names: 'nothing',
    ask: (_, { people }) => ({
      path: '/v1/verdicts/batch',
      body: { queries: people.map(({ fingerprint }) => ({ fingerprint })) },
    }),
  },
  'GET /v1/forward-auth': {
    names: 'nothing',
    ask: (_, { people }) => ({
      path: '/v1/forward-auth',
      headers: { 'client-cert': `:${Buffer.from(people[0]!.der).toString('base64')}:` },
    }),
  },
  'PUT /v1/subjects/{subject}/account': ofSubject('PUT', 'account', { account: `${ACCOUNT} zoë` }),
  'DELETE /v1/subjects/{subject}/account': ofSubject('DELETE', 'account'),
  'PUT /v1/subjects/{subject}/trust': ofSubject('PUT', 'trust', { kind: 'known-person', days: 30 }),
  'GET /v1/subjects/{subject}/trust': ofSubject('GET', 'trust'),
  'DELETE /v1/subjects/{subject}/trust': ofSubject('DELETE', 'trust'),
  'PUT /v1/subjects/{subject}/intrusion': ofSubject('PUT', 'intrusion', { severity: 'abuse', message: REPORT }),
  'GET /v1/subjects/{subject}/intrusion': ofSubject('GET', 'intrusion'),
  'DELETE /v1/subjects/{subject}/intrusion': ofSubject('DELETE', 'intrusion'),
  'POST /v1/ssf/streams': { names: 'nothing', ask: () => ({ path: '/v1/ssf/streams', body: {} }) },
  'GET /v1/ssf/streams': ofStream('GET', 'streams'),
  'POST /v1/ssf/verify': ofStream('POST', 'verify'),
  'PATCH /v1/ssf/streams': ofStream('PATCH', 'streams', { description: 'mine now' }),
  'PUT /v1/ssf/streams': ofStream('PUT', 'streams', { description: 'mine now' }),
  'GET /v1/ssf/status': ofStream('GET', 'status'),
  'POST /v1/ssf/status': ofStream('POST', 'status', { status: 'paused' }),
  'DELETE /v1/ssf/streams': ofStream('DELETE', 'streams'),
  'POST /v1/ssf/poll': {
    names: 'nothing',
    ask: (_, { alpha }) => ({ path: '/v1/ssf/poll', body: { returnImmediately: true, ack: alpha.tokens } }),
  },
}

/** These never end by themselves, and are read in a way of their own below. */
const STREAMS = ['GET /v1/events']

t.test('a site reaches nothing of another', async (t) => {
  const world = await openWorld(t)
  const { service, alpha, beta } = world
  const routes = await taughtRoutes(t)

  await t.test('each site knows each person by an id of its own', async (t) => {
    t.equal(new Set([...alpha.subjects, ...beta.subjects]).size, 3)
  })

  await t.test('each site’s usage is its own', async (t) => {
    for (const { services, subjects } of [alpha, beta]) {
      const { json } = await services[1].send(`/v1/usage?month=${MONTH()}`)
      t.match(json, { people: subjects.length, services: [{ service: 'web', people: subjects.length }] })
    }
  })

  await t.test('each site’s security events are of its own people', async (t) => {
    for (const { services, subjects } of [alpha, beta]) {
      const { body } = await services[1].send('/v1/ssf/poll', { body: { returnImmediately: true } })
      const payloads = payloadsIn(body.toString())
      t.ok(payloads.length > 0)
      for (const payload of payloads) t.ok(subjects.some((subject) => payload.includes(subject)))
    }
  })

  for (const { route, names, ask, arranges } of routes)
    for (const thing of arranges ? thingsOf(alpha, names) : [])
      t.match((await alpha.services[0].send(...sent(ask(thing, world)))).status, OK, `${route}: its owner arranges it`)

  for (const [index, stranger] of beta.services.entries()) {
    await t.test(`service ${index + 1} of the other site`, async (t) => {
      for (const { route, names, ask } of routes) {
        const before = rowsOf(service, alpha)
        const own = rowsOf(service, beta)
        const nobody = await stranger.send(...sent(ask(STRANGE[names](), world)))
        for (const thing of thingsOf(alpha, names)) {
          const reply = await stranger.send(...sent(ask(thing, world)))
          t.same(marksIn(reply, alpha), [], `${route}: tells nothing`)
          t.ok(reply.status < 500, `${route}: is no fault of ours`)
          if (names === 'nothing') continue
          t.same(told(reply), told(nobody), `${route}: what is another's is as if it were nobody's`)
          t.same(rowsOf(service, beta), own, `${route}: makes nothing`)
        }
        t.same(rowsOf(service, alpha), before, `${route}: changes nothing`)
      }
    })
  }

  await t.test('what changes for people is told to those who know them, by their own ids', async (t) => {
    await service.administer(`/${world.people[0]!.fingerprint}/hold`)
    await service.administer(`/${world.people[1]!.fingerprint}/hold`)
    const [heard, overheard] = [await hear(t, world, alpha), await hear(t, world, beta)]
    for (const subject of alpha.subjects) t.ok(heard.includes(subject), 'its owner hears of each')
    t.ok(overheard.includes(beta.subjects[0]!), 'the other hears of its own')
    t.same(marksIn(overheard, alpha), [])
    for (const { fingerprint } of world.people) await service.administer(`/${fingerprint}/release`)
  })

  await t.test('all that was refused to the other is the owner’s to do, by any service', async (t) => {
    for (const { route, names, ask } of routes.toSorted((a, b) => rank(a.route) - rank(b.route)))
      for (const thing of names === 'nothing' ? [] : thingsOf(alpha, names))
        t.match((await alpha.services[1].send(...sent(ask(thing, world)))).status, OK, route)
  })
})

const OK = /^2\d\d$/

/** What is removed is removed last. */
function rank(route: string): number {
  return route.startsWith('DELETE') ? 1 : 0
}

/** Every route that the listener has, out of the description that it makes of itself. */
async function taughtRoutes(t: Test): Promise<readonly (Teaching & { readonly route: string })[]> {
  const { paths } = (await describeApi('https://id.example')) as { paths: Record<string, object> }
  const there = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  t.same(
    Object.keys(ROUTES).filter((route) => !there.includes(route)),
    [],
    'no teaching outlives its route',
  )
  return there
    .filter((route) => !STREAMS.includes(route))
    .map((route) => {
      const teaching = ROUTES[route]
      if (!teaching) throw new Error(`teach me in ROUTES how ${route} is asked, and what of a site it names`)
      return { route, ...teaching }
    })
}

async function openWorld(t: Test): Promise<World> {
  const service = await startService(t, { policy: MANY_GUESSES })
  const inside = await openInside(t, service)
  const people = [await enroll(service, inside, 'Alice'), await enroll(service, inside, 'Bob')]
  const alpha = await openSite(service, inside, 'alpha-of-two', people)
  const beta = await openSite(service, inside, 'beta', people.slice(0, 1))
  // so that each has something that waits to be fetched
  for (const { fingerprint } of people)
    for (const change of ['hold', 'release']) await service.administer(`/${fingerprint}/${change}`)
  const polled = await alpha.services[0].send('/v1/ssf/poll', { body: { returnImmediately: true } })
  const tokens = Object.keys(polled.json.sets as object)
  if (tokens.length === 0) throw new Error('nothing waits')
  return { service, inside, people, alpha: { ...alpha, tokens }, beta }
}

async function openSite(service: TestService, inside: Inside, site: string, known: readonly Device[]): Promise<Owned> {
  const { id: siteId } = await addSite(inside, site)
  const [web, app] = [await certify(service, site, 'web'), await certify(service, site, 'app')]
  const rights = createSiteRegistry({ store: inside.store, clock: { now: () => Date.now() } })
  await rights.setRights('operator:cli', site, 'app', ['forward-auth'])
  const services = [new AskingService(service, web), new AskingService(service, app)] as const
  const subjects: string[] = []
  for (const person of known) subjects.push(await signIn(service, inside, services[0], siteId, person))
  const { json } = await services[0].send('/v1/ssf/streams', { body: {} })
  return { site, siteId, services, subjects, stream: String(json.stream_id), tokens: [] }
}

/** Proves himself where that is wanted, and is signed in. */
async function signIn(
  service: TestService,
  { store, keyring }: Inside,
  site: AskingService,
  siteId: string,
  person: Device,
): Promise<string> {
  const { json } = await site.byFingerprint(person.fingerprint)
  if (json.verdict === 'needs-revalidation') {
    const browsing = new Browsing(service, person)
    await browsing.post(new URL(String(json.redirect)).pathname, recoveryForm(person)).finally(() => browsing.close())
  }
  const { json: after } = await site.byFingerprint(person.fingerprint)
  const { subscriberId } = (await store.certificate(person.fingerprint))!
  if (after.verdict === 'valid' && after.subject === pairwiseSubject(keyring.subject, siteId, subscriberId!))
    return after.subject
  throw new Error(`not signed in: ${JSON.stringify(after)}`)
}

function thingsOf({ subjects, stream }: Owned, names: Teaching['names']): readonly string[] {
  return { subject: subjects, stream: [stream], nothing: [''] }[names]
}

function sent({ path, ...rest }: Attempt): [string, Omit<Exchange, 'agent'>] {
  return [path, rest]
}

/** All that a caller sees of an answer, but for what is another one each time. */
function told({ status, headers: { date: _date, ...headers }, body }: Reply): unknown {
  return { status, headers, body: body.toString().replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:…') }
}

/** What would give the other site's away, also within what is signed. */
function marksIn(reply: Reply | string, { site, siteId, subjects, stream, tokens }: Owned): readonly string[] {
  const text = typeof reply === 'string' ? reply : JSON.stringify(reply.headers) + reply.body.toString()
  const all = text + payloadsIn(text).join()
  return [site, siteId, ACCOUNT, REPORT, stream, ...subjects, ...tokens].filter((mark) => all.includes(mark))
}

/** Every row of the store that is a site's, whatever its table. */
function rowsOf({ home }: TestService, { siteId }: Owned): unknown {
  const database = new Database(join(home, 'countersign.db'), { readonly: true })
  try {
    const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
    return tables.flatMap((table) => {
      const columns = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
      const key = table === 'sites' ? 'id' : 'site_id'
      if (!columns.includes(key)) return []
      return [
        [
          table,
          database.prepare<[Buffer]>(`SELECT * FROM "${table}" WHERE ${key} = ?`).all(Buffer.from(siteId, 'hex')),
        ],
      ]
    })
  } finally {
    database.close()
  }
}

/** All that a site was ever told. */
async function hear(t: Test, { service, inside }: World, { services: [, app] }: Owned): Promise<string> {
  const { position } = await inside.store.changes(0, 'events')
  const stream = await listen(t, service, app.identity, '0')
  await stream.reaches(position)
  stream.close()
  return JSON.stringify(stream.events)
}
