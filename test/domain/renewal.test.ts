import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { createOwnDevices } from '../../src/domain/own-devices.ts'
import { createRenewal } from '../../src/domain/renewal.ts'
import { makeKeyPair, makeRequest } from '../ca/request.ts'
import { enterAccount } from './account.ts'
import { enrollDevice, openHouse } from './house.ts'

const DAY = 86_400_000

t.test('the same device under its name of today; the older one goes on for a week', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop')
  const session = await enterAccount(house, device)
  await createOwnDevices(house).rename(session, session.deviceId, 'Old laptop')
  const renewed = await createRenewal(house).renew(session, makeRequest(makeKeyPair()))
  const leaf = new X509Certificate(renewed.certificate)
  t.equal(leaf.subject, 'CN=Old laptop')
  t.ok(leaf.verify(new X509Certificate(renewed.chain).publicKey))
  const { subscriberId, deviceId } = session
  t.match(await house.store.certificate(renewed.fingerprint), { subscriberId, deviceId, status: 'active' })

  const act = { at: house.clock.now() + 7 * DAY - 1, actor: 'service:countersign' } as const
  await house.store.run('supersede', act)
  t.match(await house.store.certificate(device.fingerprint), { status: 'active' })
  await house.store.run('supersede', { ...act, at: act.at + 1 })
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked', reason: 'superseded' })
  t.match(await house.store.certificate(renewed.fingerprint), { status: 'active' })
})

t.test('what is no request renews nothing', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const session = await enterAccount(house, device)
  await t.rejects(createRenewal(house).renew(session, Buffer.from('nothing')), { code: 'der-malformed' })
  t.match(await house.store.deviceCertificates(session.subscriberId), { length: 1 })
})
