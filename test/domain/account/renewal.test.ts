import { createHash, X509Certificate } from 'node:crypto'
import t from 'tap'
import { createOwnDevices } from '../../../src/domain/account/own-devices.ts'
import { createRenewal } from '../../../src/domain/account/renewal.ts'
import { makeKeyPair, makeRequest } from '../../ca/request.ts'
import { enterAccount } from '../account.ts'
import { addSite, enrollDevice, openHouse } from '../house.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

t.test('the same device with a new certificate; the older one goes on for a week', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop')
  const session = await enterAccount(house, device)
  await createOwnDevices(house).rename(session, session.deviceId, 'Old laptop')
  const { token, expiresAt } = await createRenewal(house).begin(session)
  t.equal(expiresAt, house.clock.now() + 15 * MINUTE)
  t.match(await house.enrollment.look(token), { label: 'Old laptop', checks: [] })
  const application = { token, label: 'Older laptop', request: makeRequest(makeKeyPair()) }
  const renewed = await house.enrollment.accept(application)
  await t.rejects(house.enrollment.accept(application), { code: 'invitation-used' })

  t.equal(new X509Certificate(renewed.certificate).subject, 'CN=Older laptop')
  const fingerprint = createHash('sha256').update(renewed.certificate).digest('hex')
  const { subscriberId, deviceId } = session
  t.match(await house.store.certificate(fingerprint), { subscriberId, deviceId, status: 'active' })
  t.match(
    await createOwnDevices(house).list(session),
    [{ id: deviceId, label: 'Older laptop' }],
    'one device as before',
  )
  t.equal((await house.store.credentials(subscriberId)).length, 11)

  const act = { at: house.clock.now() + 7 * DAY - 1, actor: 'service:countersign' } as const
  await house.store.run('supersede', act)
  t.match(await house.store.certificate(device.fingerprint), { status: 'active' })
  await house.store.run('supersede', { ...act, at: act.at + 1 })
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked', reason: 'superseded' })
  t.match(await house.store.certificate(fingerprint), { status: 'active' })
})

for (const end of ['hold', 'revoke'] as const) {
  t.test(`a device that ends meanwhile (${end}) is not renewed`, async (t) => {
    const house = await openHouse(t)
    const device = await enrollDevice(house)
    const { token } = await createRenewal(house).begin(await enterAccount(house, device))
    const act = { at: house.clock.now(), actor: 'operator:test' } as const
    if (end === 'hold') await house.store.run('hold', act, device.fingerprint)
    else await house.store.run('revoke', act, device.fingerprint, 'superseded')
    const application = { token, label: 'Laptop', request: makeRequest(makeKeyPair()) }
    await t.rejects(house.enrollment.accept(application), { code: /^invitation-/ })
    t.equal((await house.store.certificates({ profile: 'browser' })).length, 1)
  })
}

t.test('after a walk it is offered where it is high time, and only then', async (t) => {
  const house = await openHouse(t, { browserLifetime: 60 * MINUTE, grace: 120 * MINUTE, extension: 10 * MINUTE })
  const device = await enrollDevice(house, 'Laptop')
  const renewal = createRenewal(house)
  t.equal(await renewal.afterWalk(device.fingerprint), undefined, 'there is time')
  t.equal(await renewal.afterWalk('0'.repeat(64)), undefined)
  house.clock.time += 55 * MINUTE
  const { token } = (await renewal.afterWalk(device.fingerprint))!
  t.match(await house.enrollment.look(token), { label: 'Laptop' })
  house.clock.time += 20 * MINUTE
  const expired = (await renewal.afterWalk(device.fingerprint))!
  await house.enrollment.accept({ token: expired.token, label: 'Laptop', request: makeRequest(makeKeyPair()) })
  t.equal(await renewal.afterWalk(device.fingerprint), undefined, 'it has a newer one')
})

t.test('nobody renews the certificate of a service', async (t) => {
  const house = await openHouse(t)
  const site = await addSite(house)
  const binding = { subscriberId: null, deviceId: null, siteId: site.id, service: 'web' }
  const order = { profile: 'api', request: makeRequest(makeKeyPair()), label: 'web', site: 'shop', binding } as const
  const { fingerprint, expiresAt } = await house.issuance.issue({ actor: 'operator:test', order })
  house.clock.time = expiresAt
  t.equal(await createRenewal(house).afterWalk(fingerprint), undefined)
})

t.test('who does not come back at once begins anew, and nothing was renewed', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const { token, expiresAt } = await createRenewal(house).begin(session)
  house.clock.time = expiresAt
  await t.rejects(house.enrollment.look(token), { code: 'invitation-unusable' })
  t.match(await house.store.deviceCertificates(session.subscriberId), { length: 1 })
})
