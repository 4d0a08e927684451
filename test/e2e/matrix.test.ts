import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { monthOf } from '../../src/domain/usage/month.ts'
import { PORTAL_ROUTES } from '../../src/http/portal/portal.ts'
import { SIGNON_ROUTES } from '../../src/http/signon/signon.ts'
import { Browsing, invite } from './device.ts'
import { agentOf, exchange, type Identity, type Reply } from './exchange.ts'
import { type Inside, openInside } from './inside.ts'
import { makePerson, type Person, type SignedIn } from './people.ts'
import { MANY_GUESSES } from './scene.ts'
import { startService, type TestService } from './service.ts'
import { AskingService, addSite, certify } from './site-service.ts'

// Two people, two devices each, two sites. Whoever is not the owner tries every address of every listener for people,
// with everything of the owner's that may come to be known, and reaches nothing. A new route is here by itself; a new
// kind of parameter fails until this test is told what a stranger may know of it.

/** What of the victim's may be known: tickets leak with addresses, ids stand on pages, sessions are stolen. */
interface Known {
  readonly victim: Person
  readonly ticket: string
  readonly invitation: string
  readonly checkId: string
  readonly siteId: string
  readonly pairing: string
  /** what a site has said of the victim */
  readonly report: string
}

/** A named part of an address, as a stranger would fill it in. */
const PARAMETERS: Readonly<Record<string, (known: Known) => string>> = {
  ticket: ({ ticket }) => ticket,
  // The token itself is the permission; what can be known of it is its hash, which stands in the audit.
  token: ({ invitation }) => createHash('sha256').update(invitation).digest('base64url'),
  device: ({ victim }) => victim.devices[0].deviceId,
  site: ({ siteId }) => siteId,
  // The name of a check stands in its own address.
  check: () => 'totp',
  /** of a check that somebody has */
  id: ({ checkId }) => checkId,
  pairing: ({ pairing }) => pairing,
  report: ({ report }) => report,
}

interface Stranger {
  readonly name: string
  readonly identity: Identity | undefined
  readonly cookie: string | undefined
  readonly token: string
}

/** Who comes, and with what of their own and of the victim's. */
const STRANGERS: Readonly<Record<string, (victim: Person, own: SignedIn) => Omit<Stranger, 'name'>>> = {
  'somebody else, signed in': (_victim, own) => as(own.identity, own),
  "somebody else with the owner's session": ({ devices: [laptop] }, own) => as(own.identity, laptop),
  "nobody, with the owner's session": ({ devices: [laptop] }) => as(undefined, laptop),
  nobody: (_victim, { token }) => ({ identity: undefined, cookie: undefined, token }),
  "the owner's other device, with this one's session": ({ devices: [laptop, phone] }) => as(phone.identity, laptop),
}

function as(identity: Identity | undefined, { cookie, token }: SignedIn): Omit<Stranger, 'name'> {
  return { identity, cookie, token }
}

t.test('nobody reaches what is not theirs', async (t) => {
  const service = await startService(t, { policy: MANY_GUESSES })
  const inside = await openInside(t, service)
  await addSite(inside, 'club')
  const sites = [
    new AskingService(service, service.identity('site')),
    new AskingService(service, await certify(service, 'club')),
  ]
  const alice = await makePerson(service, inside, 'alice')
  let bob = await makePerson(service, inside, 'bob')

  await t.test('every site knows each person by an id of its own, and both devices by one', async (t) => {
    const asked = sites.flatMap((site) => [alice, bob].map((person) => subjectsAt(site, person)))
    const subjects = await Promise.all(asked)
    for (const [first, second] of subjects) t.equal(first, second, 'two devices, one person')
    t.equal(new Set(subjects.flat()).size, subjects.length, 'two people at two sites, four ids')
  })

  const known = await whatIsKnownOf(alice, inside, sites[0]!)
  for (const [name, stranger] of Object.entries(STRANGERS)) {
    await t.test(name, async (t) => {
      const before = rowsOf(service, alice)
      for (const { listener, method, address } of ROUTES) {
        // What somebody did to their own account a moment ago may have ended it.
        if (!(await isSignedIn(service, bob))) bob = await makePerson(service, inside, 'bob')
        const who: Stranger = { name, ...stranger(alice, bob.devices[0]) }
        const reply = await SENDERS[listener](service, who, {
          method,
          path: fillIn(address, known),
          form: formOf(who, known),
        })
        const body = reply.body.toString()
        const at = `${method} ${address}: ${reply.status}`
        t.same(
          marksOf(alice, who).filter((mark) => body.includes(mark)),
          [],
          `${at}, tells nothing`,
        )
        t.notOk(
          reply.headers['set-cookie']?.some(opensSession) && who.identity !== bob.devices[0].identity,
          `${at}, opens nothing`,
        )
        t.same(rowsOf(service, alice), before, `${at}, changes nothing`)
      }
    })
  }
})

/** Every route of the listeners for people, out of their own tables. */
const ROUTES = [
  ...SIGNON_ROUTES.map(({ method, address }) => ({ listener: 'signon', method, address }) as const),
  ...PORTAL_ROUTES.map(({ method, address }) => ({ listener: 'portal', method, address }) as const),
]

async function isSignedIn(service: TestService, { devices: [{ identity, cookie }] }: Person): Promise<boolean> {
  const browsing = new Browsing(service, identity)
  const { status } = await browsing.get('/account', { cookie, accept: 'text/html' }).finally(() => browsing.close())
  return status === 200
}

async function subjectsAt(site: AskingService, { devices }: Person): Promise<readonly string[]> {
  const replies = await Promise.all(devices.map(({ fingerprint }) => site.byFingerprint(fingerprint)))
  return replies.map(({ json }) => String(json.subject))
}

async function whatIsKnownOf(victim: Person, inside: Inside, site: AskingService): Promise<Known> {
  const redirect = await site.redirectFor(victim.devices[0].fingerprint)
  const [credential] = await inside.store.credentials(victim.subscriberId)
  const sample = await inside.store.site({ name: 'sample' })
  return {
    victim,
    ticket: new URL(redirect).pathname.split('/').at(-1)!,
    invitation: await invite(inside),
    checkId: credential!.id,
    siteId: sample!.id,
    pairing: 'ab'.repeat(16),
    report: await reportBy(site, sample!.id, victim, inside),
  }
}

/** What its owner alone may answer. */
async function reportBy(site: AskingService, siteId: string, victim: Person, { store }: Inside): Promise<string> {
  const { devices, subscriberId } = victim
  const { json } = await site.byFingerprint(devices[0].fingerprint)
  const subject = String(json.subject)
  const act = { at: Date.now(), actor: 'site:sample' } as const
  const report = { id: 'cd'.repeat(16), severity: 'abuse', message: 'Sends spam.', expiresAt: act.at + DAY } as const
  const speaker = { siteId, service: 'web', fingerprint: 'ef'.repeat(32) }
  const signIn = { siteId, service: 'web', subscriberId, generation: 0, subject, month: monthOf(act.at), at: act.at }
  await store.run('signIn', signIn)
  const outcome = await store.run('reportIntrusion', act, speaker, subject, report)
  if (outcome !== 'reported') throw new Error(outcome)
  return report.id
}

const DAY = 86_400_000

function fillIn(address: string, known: Known): string {
  return address.replace(/:(\w+)/g, (_, name: string) => {
    const value = PARAMETERS[name]?.(known)
    if (value === undefined) throw new Error(`say in PARAMETERS what a stranger may know of :${name}`)
    return value
  })
}

/** Every field that any form of ours has, filled with what would be the victim's. */
function formOf({ token }: Stranger, known: Known): Readonly<Record<string, string>> {
  return {
    token,
    check: 'totp',
    answer: '123456',
    label: 'mine-now',
    name: 'mine-now',
    device: known.victim.devices[0].deviceId,
    site: known.siteId,
    id: known.checkId,
    code: '123456',
    number: '42',
    confirm: 'yes',
    appeal: 'mine-now',
  }
}

interface Attempt {
  readonly method: string
  readonly path: string
  readonly form: Readonly<Record<string, string>>
}

type Send = (service: TestService, stranger: Stranger, attempt: Attempt) => Promise<Reply>

const SENDERS: Readonly<Record<'signon' | 'portal', Send>> = {
  signon(service, { identity, cookie }, { method, path, form }) {
    const browsing = new Browsing(service, identity)
    const headers = { accept: 'text/html', ...(cookie && { cookie }) }
    const reply = method === 'GET' ? browsing.get(path, headers) : browsing.post(path, form, headers)
    return reply.finally(() => browsing.close())
  },
  portal(service, { cookie }, { method, path, form }) {
    const agent = agentOf(service.anchor, undefined, { keepAlive: false })
    const headers = { accept: 'text/html', ...(cookie && { cookie }) }
    return exchange(service.address('portal') + path, { agent, headers, ...(method !== 'GET' && { body: form }) })
  },
}

/** What would give the victim away. The owner's other device may be told of itself. */
function marksOf({ devices, subscriberId }: Person, { identity }: Stranger): readonly string[] {
  const others = devices.filter((device) => device.identity !== identity)
  return [
    subscriberId,
    ...others.flatMap(({ label, fingerprint, token, cookie }) => [label, fingerprint, token, cookie]),
  ]
}

function opensSession(cookie: string): boolean {
  return cookie.startsWith('__Host-countersign-session=') && !/^[^;]+=;/.test(cookie)
}

/** Every row of the store that is about a person, whatever its table; but a session that somebody else shows ends. */
function rowsOf({ home }: TestService, { subscriberId, devices }: Person): unknown {
  const database = new Database(join(home, 'countersign.db'), { readonly: true })
  try {
    const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
    return tables.flatMap((table) => {
      const columns = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
      const key = KEYS.find((name) => columns.includes(name)) ?? (table === 'subscribers' ? 'id' : undefined)
      if (key === undefined || table === 'sessions') return []
      const values = {
        subscriber_id: [subscriberId],
        id: [subscriberId],
        fingerprint: devices.map((one) => one.fingerprint),
      }
      const rows = values[key].map((hex) =>
        database.prepare<[Buffer]>(`SELECT * FROM "${table}" WHERE ${key} = ?`).all(Buffer.from(hex, 'hex')),
      )
      return [[table, rows]]
    })
  } finally {
    database.close()
  }
}

const KEYS = ['subscriber_id', 'fingerprint'] as const
