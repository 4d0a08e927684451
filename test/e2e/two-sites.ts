import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import { pairwiseSubject } from '../../src/domain/site/subject.ts'
import { Browsing, type Device, enroll, recoveryForm } from './device.ts'
import { type Inside, openInside } from './inside.ts'
import { MANY_GUESSES } from './scene.ts'
import { startService, type TestService } from './service.ts'
import { AskingService, addSite, certify } from './site-service.ts'

/** What belongs to one site. */
export interface Owned {
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

export interface World {
  readonly service: TestService
  readonly inside: Inside
  readonly people: readonly Device[]
  readonly alpha: Owned
  readonly beta: Owned
}

/** Two people: both have been at the one site, the first of them at the other, too. */
export async function openWorld(t: Test): Promise<World> {
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

/** Every row of the store that is a site's, whatever its table. */
export function rowsOf({ home }: TestService, { siteId }: Owned): unknown {
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
