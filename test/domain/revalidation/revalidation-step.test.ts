import t from 'tap'
import { enter, requireGood } from '../../../src/domain/revalidation/revalidation-step.ts'
import { addSite, enrollDevice, makeTicket, openHouse } from '../house.ts'

t.test('whose certificate it is, and that it is good at this moment', async (t) => {
  const house = await openHouse(t)
  const { store, clock } = house
  const site = await addSite(house)
  const device = await enrollDevice(house)
  const { fingerprint } = device
  const step = await enter(house, makeTicket(house, site, device), fingerprint)
  t.match(step, { actor: `device:${fingerprint}`, policy: { displayName: 'shop' }, wanted: [], now: clock.now() })
  const { certificate } = step

  t.throws(() => requireGood(undefined, clock.now()), { code: 'ticket-foreign' })
  t.throws(() => requireGood({ ...certificate, profile: 'admin' }, clock.now()), { code: 'ticket-foreign' })
  t.throws(() => requireGood({ ...certificate, deviceId: null }, clock.now()), { code: 'ticket-foreign' })
  t.throws(() => requireGood({ ...certificate, subscriberId: null }, clock.now()), { code: 'ticket-foreign' })
  t.throws(() => requireGood({ ...certificate, status: 'held' }, clock.now()), { code: 'certificate-held' })
  t.throws(() => requireGood({ ...certificate, status: 'revoked' }, clock.now()), { code: 'certificate-revoked' })
  t.ok(requireGood(certificate, certificate.notAfter))
  t.throws(() => requireGood(certificate, certificate.notAfter + 1), { code: 'certificate-expired' })
  await store.run('hold', { at: clock.now(), actor: 'operator:x' }, fingerprint)
  await t.rejects(enter(house, makeTicket(house, site, device), fingerprint), { code: 'certificate-held' })
})

t.test('nobody is sent to an address that its site no longer has', async (t) => {
  const house = await openHouse(t)
  const { store, clock } = house
  const [shop, bank] = [await addSite(house, 'shop'), await addSite(house, 'bank')]
  const device = await enrollDevice(house)
  const elsewhere = [
    bank.returnTo[0]!,
    'https://evil.example/',
    'http://shop.example/return',
    'javascript:alert(1)',
    '',
  ]
  for (const returnTo of elsewhere) {
    const ticket = makeTicket(house, shop, device, { returnTo })
    await t.rejects(enter(house, ticket, device.fingerprint), { code: 'ticket-unusable' }, returnTo)
  }
  const ticket = makeTicket(house, shop, device)
  t.ok(await enter(house, ticket, device.fingerprint))
  await store.run('removeSite', { at: clock.now(), actor: 'operator:x' }, shop.id)
  await t.rejects(enter(house, ticket, device.fingerprint), { code: 'ticket-unusable' })
})

t.test('a store that fails is not an expired ticket', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const ticket = makeTicket(house, await addSite(house), device)
  const store = { certificate: house.store.certificate, site: () => Promise.reject(new TypeError('broken')) }
  await t.rejects(enter({ ...house, store }, ticket, device.fingerprint), TypeError)
})
