import t, { type Test } from 'tap'
import { createEventIds } from '../../src/domain/site/event-id.ts'
import { describeApi } from '../../src/http/api/api.ts'
import { ACCOUNT, type Attempt, MONTH, REPORT, ROUTES, STRANGE, STREAMS, type Teaching } from './api-routes.ts'
import type { Exchange, Reply } from './exchange.ts'
import { listen } from './told.ts'
import { type Owned, openWorld, rowsOf, type World } from './two-sites.ts'

// Two sites of two services each, and two people: both have been at the one, one of them at the other, too. Each
// service of the other site tries every address of `api`, with all that may come to be known of the first site's, and
// learns and changes nothing. A new route is here by itself; it fails until this test is told how to ask it.

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

/** What is signed in a text: the middle of each token. */
function payloadsIn(text: string): readonly string[] {
  return [...text.matchAll(/eyJ[\w-]+\.([\w-]+)\./g)].map(([, part]) => Buffer.from(part!, 'base64url').toString())
}

/** All that a site was ever told. */
async function hear(t: Test, { service, inside }: World, { siteId, services: [, app] }: Owned): Promise<string> {
  const { position } = await inside.store.changes(0, 'events')
  const ids = createEventIds(inside.keyring['event-id'], siteId)
  const stream = await listen(t, service, app.identity, ids.seal(0))
  await stream.reaches(position, ids)
  stream.close()
  return JSON.stringify(stream.events)
}
