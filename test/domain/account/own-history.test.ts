import t from 'tap'
import { createOwnDevices } from '../../../src/domain/account/own-devices.ts'
import { ownHistory } from '../../../src/domain/account/own-history.ts'
import { enterAccount } from '../account.ts'
import { addSite, enrollDevice, makeTicket, openHouse, totpCode } from '../house.ts'

t.test('what happened, newest first, and of nobody else', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop')
  await enrollDevice(house, 'Stranger')
  const site = await addSite(house)
  const session = await enterAccount(house, device)
  house.clock.time += 30_000
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  await house.revalidation.prove(makeTicket(house, site, device), device.fingerprint, answer)
  await createOwnDevices(house).rename(session, session.deviceId, 'Old laptop')
  await house.store.run('hold', { at: house.clock.now(), actor: 'operator:test' }, device.fingerprint)
  await house.store.run('supersede', { at: house.clock.now(), actor: 'service:countersign' })

  const events = await ownHistory(house.store, session)
  t.match(
    events.map(({ kind, by, device, site }) => [kind, by, device, site]),
    [
      ['certificate-held', 'operator', 'Old laptop', undefined],
      ['device-changed', 'you', 'Old laptop', undefined],
      ['revalidation-passed', 'you', 'Old laptop', 'shop'],
      ['account-opened', 'you', 'Old laptop', undefined],
      ['certificate-issued', 'you', 'Old laptop', undefined],
      ['subscriber-enrolled', 'you', undefined, undefined],
    ],
  )
  t.notMatch(JSON.stringify(events), 'Stranger')
})

t.test('50 at most and some of each kind, and what the service does by itself is said so', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const at = house.clock.now()
  const act = { at, actor: 'service:countersign' } as const
  for (let i = 0; i < 60; i++) await house.store.run('renameDevice', act, session.deviceId, `Laptop ${i}`)
  const events = await ownHistory(house.store, session)
  t.equal(events.filter(({ kind }) => kind === 'device-changed').length, 50)
  t.match(events[0], { by: 'service', at, device: 'Laptop 59' })
})

t.test('whoever does one thing again and again does not push off what else he did', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const { subscriberId: object, actor } = session
  const event = { at: house.clock.now(), actor, object, detail: {} } as const
  await house.store.run('note', { ...event, action: 'pairing-confirmed' })
  for (let i = 0; i < 15; i++) await house.store.run('note', { ...event, action: 'check-renamed' })
  for (let i = 0; i < 60; i++) await house.store.run('note', { ...event, action: 'account-named' })
  const kinds = (await ownHistory(house.store, session)).map(({ kind }) => kind)
  t.equal(kinds.filter((kind) => kind === 'pairing-confirmed').length, 1)
  t.equal(kinds.filter((kind) => kind === 'check-renamed').length, 10)
})
