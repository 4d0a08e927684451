import { X509Certificate } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Issuer } from '../../../src/domain/issuer.ts'
import type { Asker } from '../../../src/domain/site/asker.ts'
import { createServiceRenewal, renewalDue } from '../../../src/domain/site/service-renewal.ts'
import { IdentityError } from '../../../src/errors.ts'
import { makeKeyPair, makeRequest } from '../../ca/request.ts'
import { addSite, type House, openHouse } from '../house.ts'

const DAY = 86_400_000
/** The signer has a clock of its own, from which a test's may be a day away. */
const LIFETIME = 30 * 60_000
const OPERATOR = 'operator:test'

t.test('a service renews itself: its own site and service, its own key, whatever the request says', async (t) => {
  const { house, asker, renewal } = await open(t)
  const keys = makeKeyPair()
  const renewed = await renewal.renew(asker, makeRequest(keys))
  const certificate = new X509Certificate(renewed.der)
  t.equal(certificate.subjectAltName, 'URI:urn:countersign:site:shop:service:web')
  t.equal(certificate.ca, false)
  t.match(renewed, { siteId: asker.site.id, service: 'web', profile: 'api', chain: house.issuer.chain('api') })
  t.equal(await house.store.renewedFrom(renewed.fingerprint), asker.fingerprint)
  t.match(await house.store.certificate(renewed.fingerprint), { status: 'active' })
  const act = { at: house.clock.now() + 7 * DAY, actor: OPERATOR } as const
  await house.store.run('supersede', act)
  t.match(await house.store.certificate(asker.fingerprint), { status: 'revoked', reason: 'superseded' })
  t.match(await house.store.certificate(renewed.fingerprint), { status: 'active' })
  t.match(
    (await house.store.auditRowsAbout([asker.fingerprint], 10)).find(({ action }) => action === 'certificate-renewed'),
    { actor: 'site:shop' },
  )
})

t.test('at any time, though the time for it is at two thirds of its life', async (t) => {
  const { house, asker, renewal, due } = await open(t)
  house.clock.time = due - LIFETIME / 2
  await renewal.renew(asker, makeRequest(makeKeyPair()))
  house.clock.time = due
  await renewal.renew(asker, makeRequest(makeKeyPair()))
  t.equal(renewalDue({ notBefore: 0, notAfter: 300 }), 200)
})

t.test('with a fresh key each time, and a good one', async (t) => {
  const { asker, renewal, keys } = await open(t)
  await t.rejects(renewal.renew(asker, makeRequest(keys)), { code: 'key-used' }, 'the present one')
  const next = makeKeyPair()
  await renewal.renew(asker, makeRequest(next))
  await t.rejects(renewal.renew(asker, makeRequest(next)), { code: 'key-used' })
  await t.rejects(renewal.renew(asker, Uint8Array.of(0x30, 0)), { code: /malformed$/ })
})

t.test('a certificate that has ended renews nothing, whatever was thought of it a moment ago', async (t) => {
  const { house, asker, renewal } = await open(t)
  await house.store.run('revoke', { at: house.clock.now(), actor: OPERATOR }, asker.fingerprint, 'superseded')
  await t.rejects(renewal.renew(asker, makeRequest(makeKeyPair())), { code: 'caller-refused' })
  const unknown: Asker = { ...asker, fingerprint: '0'.repeat(64) }
  await t.rejects(renewal.renew(unknown, makeRequest(makeKeyPair())), { code: 'caller-refused' })
})

t.test('what a thief renewed ends with what he has stolen', async (t) => {
  const { house, asker, renewal } = await open(t)
  const own = await renewal.renew(asker, makeRequest(makeKeyPair()))
  const thief = await renewal.renew(asker, makeRequest(makeKeyPair()))
  house.clock.time = renewalDue(thief)
  const again = await renewal.renew({ ...asker, fingerprint: thief.fingerprint }, makeRequest(makeKeyPair()))
  const act = { at: house.clock.now(), actor: OPERATOR } as const
  await house.store.run('revoke', act, asker.fingerprint, 'key-compromise')
  for (const { fingerprint } of [own, thief, again])
    t.match(await house.store.certificate(fingerprint), { status: 'revoked', reason: 'privilege-withdrawn' })
})

t.test('so many and no more; tries are counted by the day, of all certificates of a service together', async (t) => {
  const { house, asker, renewal } = await open(t)
  const { fingerprint } = await renewal.renew(asker, makeRequest(makeKeyPair()))
  for (let times = 1; times < 32; times++) await renewal.renew(asker, makeRequest(makeKeyPair()))
  const never = { code: 'renewal-exhausted', wait: Infinity }
  await t.rejects(renewal.renew(asker, makeRequest(makeKeyPair())), never)
  const heir = { ...asker, fingerprint }
  for (let times = 33; times < 50; times++) await renewal.renew(heir, makeRequest(makeKeyPair()))
  const tomorrow = { code: 'renewal-exhausted', wait: DAY - (house.clock.time % DAY) }
  await t.rejects(renewal.renew(heir, makeRequest(makeKeyPair())), tomorrow)
  const other = await open(t)
  const { store, clock } = other.house
  const gone = async () => Promise.reject(new IdentityError('signer-unavailable', 'gone'))
  const issuer: Issuer = { ...house.issuer, sign: gone }
  const failing = createServiceRenewal({ store, clock, issuer })
  for (let tries = 0; tries < 50; tries++)
    await t.rejects(failing.renew(other.asker, makeRequest(makeKeyPair())), { code: 'signer-unavailable' })
  await t.rejects(other.renewal.renew(other.asker, makeRequest(makeKeyPair())), { code: 'renewal-exhausted' })
})

/** A house with a site's service whose certificate is two thirds through its life. */
async function open(t: Test) {
  const house: House = await openHouse(t, { apiLifetime: LIFETIME })
  const site = await addSite(house)
  const keys = makeKeyPair()
  const binding = { subscriberId: null, deviceId: null, siteId: site.id, service: 'web' }
  const order = { profile: 'api', request: makeRequest(keys), label: 'shop web', site: 'shop', binding } as const
  const issued = await house.issuance.issue({ actor: OPERATOR, order })
  const due = renewalDue(issued)
  house.clock.time = due
  const asker = { site, service: 'web', fingerprint: issued.fingerprint, key: `${site.id}/web` } as Asker
  return { house, asker, renewal: createServiceRenewal(house), keys, due }
}
