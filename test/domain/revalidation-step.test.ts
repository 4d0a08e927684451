import t from 'tap'
import { enter, requireGood } from '../../src/domain/revalidation-step.ts'
import { sealTicket } from '../../src/domain/ticket.ts'
import { addSite, enrollDevice, makeTicket, openHouse } from './house.ts'

t.test('whose certificate it is, and that it is good at this moment', async (t) => {
  const house = await openHouse(t)
  const { store, clock } = house
  const site = await addSite(house)
  const device = await enrollDevice(house)
  const { fingerprint } = device
  const step = await enter(house, makeTicket(house, site, device), fingerprint)
  t.match(step, { actor: `device:${fingerprint}`, site: { name: 'shop' }, now: clock.now() })
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
  const { store, clock, keyring } = house
  const [shop, bank] = [await addSite(house, 'shop'), await addSite(house, 'bank')]
  const device = await enrollDevice(house)
  const times = { askedAt: clock.now(), expiresAt: clock.now() + 1_000 }
  const asked = { siteId: shop.id, fingerprint: device.fingerprint, ...times }
  const elsewhere = [
    bank.returnTo[0]!,
    'https://evil.example/',
    'http://shop.example/return',
    'javascript:alert(1)',
    '',
  ]
  for (const returnTo of elsewhere) {
    const ticket = sealTicket(keyring.ticket, { ...asked, returnTo })
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
  const site = { ...(await addSite(house, 'other')), returnTo: undefined as unknown as string[] }
  const store = { certificate: house.store.certificate, site: () => site }
  await t.rejects(enter({ ...house, store }, ticket, device.fingerprint), TypeError)
})
