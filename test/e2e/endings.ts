import { randomBytes } from 'node:crypto'
import { sealTicket } from '../../src/domain/revalidation/ticket.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import { type Device, enroll, type Form, recoveryForm, visit } from './device.ts'
import type { Identity } from './exchange.ts'
import { RETURN_TO, type Scene } from './scene.ts'
import { AskingService, addSite, certify } from './site-service.ts'

/** What is shown and typed, and what it is refused as. */
export interface Ending {
  readonly address: string
  readonly identity: Identity | undefined
  readonly form?: Form
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly code: string
  /** what only an answer is refused for: the page itself is shown */
  readonly shown?: boolean
}

type Endings = Readonly<Record<string, Ending>>

/** Every ending but the good one, for an owner whose first recovery code is right. */
export async function allEndings(scene: Scene, owner: Device, other: Device): Promise<Endings> {
  const stranger = await enroll(scene.service, scene.inside)
  const good = await scene.site.redirectFor(owner.fingerprint)
  return {
    ...(await ofCertificates(scene, good, other, stranger)),
    ...(await ofTickets(scene, good, owner)),
    ...ofAnswers(good, owner, stranger),
  }
}

async function ofCertificates(scene: Scene, good: string, other: Device, stranger: Device): Promise<Endings> {
  const spent = await scene.site.redirectFor(other.fingerprint)
  await visit(scene.service, other, spent, recoveryForm(other))
  return {
    'another certificate': { address: good, identity: other, status: 403, code: 'ticket-foreign' },
    'no certificate': { address: good, identity: undefined, status: 403, code: 'certificate-missing' },
    spent: { address: spent, identity: other, form: recoveryForm(other, 1), status: 410, code: 'ticket-spent' },
    'spent, by another': { address: spent, identity: stranger, status: 403, code: 'ticket-foreign' },
  }
}

async function ofTickets(scene: Scene, good: string, owner: Device): Promise<Endings> {
  const end = good.lastIndexOf('/') + 1
  const sealed = good.slice(end)
  const altered = sealed.slice(0, 40) + (sealed[40] === 'A' ? 'B' : 'A') + sealed.slice(41)
  const addresses = {
    old: await mint(scene, owner, { age: 700_000 }),
    altered,
    'cut off': sealed.slice(0, -4),
    'of another installation': await mint(scene, owner, { key: randomBytes(32) }),
    'of a removed site': await ofRemovedSite(scene, owner),
    'to an address that is not registered': await mint(scene, owner, { returnTo: 'https://evil.example/' }),
    noise: 'AAAA',
  }
  const unusable = { identity: owner, status: 410, code: 'ticket-unusable' }
  const entries = Object.entries(addresses).map(([name, ticket]) => [
    `a ticket, ${name}`,
    { ...unusable, address: good.slice(0, end) + ticket },
  ])
  return Object.fromEntries(entries)
}

function ofAnswers(address: string, identity: Device, stranger: Device): Endings {
  const wrong = { status: 403, code: 'check-failed' }
  const malformed = { status: 400, code: 'body-malformed' }
  const foreign = { status: 403, code: 'cross-site' }
  const answers: Readonly<Record<string, Pick<Ending, 'form' | 'headers' | 'status' | 'code'>>> = {
    'a wrong code': { form: { check: 'totp', answer: '000000' }, ...wrong },
    "somebody else's code": { form: recoveryForm(stranger), ...wrong },
    'another check': { form: { check: 'sms', answer: 'x' }, ...malformed },
    'half a form': { form: { check: 'totp' }, ...malformed },
    "another site's page": { headers: { origin: 'https://evil.example' }, ...foreign },
    'a frame of another site': { headers: { 'sec-fetch-site': 'cross-site' }, ...foreign },
    'a body that is no form': {
      headers: { 'content-type': 'application/json' },
      status: 415,
      code: 'media-type-unsupported',
    },
  }
  const entries = Object.entries(answers).map(([name, answer]) => [name, { address, identity, shown: true, ...answer }])
  return Object.fromEntries(entries)
}

/** A ticket as the service would seal it, but for what is given. */
async function mint(
  { inside: { keyring, store } }: Scene,
  { fingerprint }: Device,
  { key = keyring.ticket, age = 0, returnTo = RETURN_TO }: { key?: Uint8Array; age?: number; returnTo?: string },
): Promise<string> {
  const site = await store.site({ name: 'sample' })
  const askedAt = Date.now() - age
  const about = { siteId: site!.id, service: 'web', fingerprint, returnTo, checks: [] }
  return sealTicket(key, { ...about, askedAt, expiresAt: askedAt + 600_000 })
}

async function ofRemovedSite({ service, inside }: Scene, { fingerprint }: Device): Promise<string> {
  await addSite(inside, 'leaving')
  const address = await new AskingService(service, await certify(service, 'leaving')).redirectFor(fingerprint)
  const sites = createSiteRegistry({ store: inside.store, clock: { now: () => Date.now() } })
  await sites.remove('operator:cli', 'leaving')
  return address.slice(address.lastIndexOf('/') + 1)
}
