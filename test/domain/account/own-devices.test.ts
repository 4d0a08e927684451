import t from 'tap'
import type { AccountSession } from '../../../src/domain/account/account-session.ts'
import { createOwnDevices, isRenewalDue } from '../../../src/domain/account/own-devices.ts'
import { makeKeyPair, makeRequest } from '../../ca/request.ts'
import { enterAccount } from '../account.ts'
import { enrollDevice, type House, openHouse, type TestDevice } from '../house.ts'

const DAY = 86_400_000
const operator = (house: House) => ({ at: house.clock.now(), actor: 'operator:test' }) as const

t.test('what an owner sees of the device in hand', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop')
  const session = await enterAccount(house, device)
  const devices = createOwnDevices(house)
  const used = Math.floor(house.clock.now() / 3_600_000) * 3_600_000 + 1_234_567
  await house.store.run('uses', [{ fingerprint: device.fingerprint, at: used }])
  t.match(await devices.list(session), [
    {
      id: session.deviceId,
      label: 'Laptop',
      lastUsedAt: used - 1_234_567,
      state: 'active',
      askEveryTime: false,
      inHand: true,
      renewalDue: false,
      olderUntil: null,
    },
  ])
  await devices.rename(session, session.deviceId, '  Old   laptop ')
  await devices.askEveryTime(session, session.deviceId, true)
  t.match(await devices.inHand(session), { label: 'Old laptop', askEveryTime: true })
  await t.rejects(devices.rename(session, session.deviceId, '\u202e'), { code: 'label-invalid' })
})

t.test('lost and found, on another device of the same person', async (t) => {
  const house = await openHouse(t)
  const { session, phone, phoneId } = await twoDevices(house)
  const devices = createOwnDevices(house)
  t.equal((await devices.list(session))[0]?.id, session.deviceId, 'the one in hand comes first')
  const stateOf = async () => (await devices.list(session)).find(({ id }) => id === phoneId)?.state
  await devices.lose(session, phoneId)
  await devices.lose(session, phoneId)
  t.equal(await stateOf(), 'lost')
  t.match(await house.store.certificate(phone), { status: 'held' })
  await devices.find(session, phoneId)
  await devices.find(session, phoneId)
  t.equal(await stateOf(), 'active')
  await house.store.run('hold', operator(house), phone)
  t.equal(await stateOf(), 'held')
  await t.rejects(devices.find(session, phoneId), { code: 'hold-foreign' })
  await devices.revoke(session, phoneId)
  await devices.revoke(session, phoneId)
  t.equal(await stateOf(), 'revoked')
  t.match(await house.store.certificate(phone), { status: 'revoked', reason: 'cessation-of-operation' })
  await t.rejects(devices.lose(session, phoneId), { code: 'certificate-revoked' })
  await t.rejects(devices.find(session, phoneId), { code: 'certificate-revoked' })
})

t.test('somebody else’s device is not there', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const stranger = await enterAccount(house, await enrollDevice(house))
  const devices = createOwnDevices(house)
  for (const id of [stranger.deviceId, '0'.repeat(32), '', "' OR 1=1"]) {
    for (const attempt of [
      () => devices.rename(session, id, 'mine'),
      () => devices.revoke(session, id),
      () => devices.lose(session, id),
      () => devices.find(session, id),
      () => devices.askEveryTime(session, id, true),
    ])
      await t.rejects(attempt(), { code: 'device-unknown' })
  }
  t.equal((await devices.list(session)).length, 1)
  t.match(await house.store.certificate(stranger.fingerprint), { status: 'active' })
})

t.test('renewed: both are one device, and the older one ends with it', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const devices = createOwnDevices(house)
  const renewed = await issueFor(house, session, session.deviceId)
  t.match(await devices.list(session), [{ state: 'active', olderUntil: house.clock.now() + 7 * DAY }])
  await devices.revoke(session, session.deviceId)
  t.match(await house.store.certificate(renewed), { status: 'revoked' })
  t.match(await house.store.certificate(session.fingerprint), { status: 'revoked' })
  t.match(await devices.list(session), [{ state: 'revoked', olderUntil: null }])
})

for (const end of ['lose', 'revoke'] as const) {
  t.test(`a certificate that is finished while its device ends (${end}) ends too`, async (t) => {
    const house = await openHouse(t)
    const session = await enterAccount(house, await enrollDevice(house))
    let renewed: string | undefined
    const run: House['store']['run'] = async (name, ...args) => {
      renewed ??= await issueFor(house, session, session.deviceId)
      return house.store.run(name, ...args)
    }
    const store = { ...house.store, run }
    await createOwnDevices({ store, clock: house.clock })[end](session, session.deviceId)
    for (const fingerprint of [session.fingerprint, renewed!])
      t.match(await house.store.certificate(fingerprint), { status: end === 'lose' ? 'held' : 'revoked' })
  })
}

t.test('when a renewal is due, and what is past its time', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const { notBefore, expiresAt } = (await house.store.certificate(device.fingerprint))!
  const life = { notBefore, expiresAt }
  const due = notBefore + ((expiresAt - notBefore) * 2) / 3
  t.notOk(isRenewalDue(life, due - 1))
  t.ok(isRenewalDue(life, Math.ceil(due)))
  house.clock.time = Math.ceil(due)
  t.match(await createOwnDevices(house).list(await enterAccount(house, device)), [
    { renewalDue: true, state: 'active' },
  ])
  house.clock.time = expiresAt + 1
  t.match(await createOwnDevices(house).list(await enterAccount(house, device)), [
    { renewalDue: true, state: 'expired' },
  ])
})

t.test('a session of a device that is no longer listed has none in hand', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  await t.rejects(createOwnDevices(house).inHand({ ...session, deviceId: '0'.repeat(32) }), { code: 'device-unknown' })
})

/** An owner in his account, and another device of his. */
async function twoDevices(house: House): Promise<{ session: AccountSession; phone: string; phoneId: string }> {
  const session = await enterAccount(house, await enrollDevice(house))
  const other: TestDevice = await enrollDevice(house, 'Phone')
  const phoneId = (await house.store.certificate(other.fingerprint))!.deviceId!
  return { session, phone: await issueFor(house, session, phoneId), phoneId }
}

async function issueFor(house: House, { subscriberId }: AccountSession, deviceId: string): Promise<string> {
  const binding = { subscriberId, deviceId, siteId: null, service: null }
  const order = { profile: 'browser', request: makeRequest(makeKeyPair()), label: 'Phone', binding } as const
  return (await house.issuance.issue({ actor: 'operator:test', order })).fingerprint
}
