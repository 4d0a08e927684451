import t from 'tap'
import { createAppleProfiles } from '../../../src/domain/enrollment/apple-profile.ts'
import { octetString, sequence } from '../../../src/x509/der-writer.ts'
import { enrollDevice, type House, openHouse } from '../house.ts'

const FILE = sequence(octetString(new Uint8Array(2_000)))
const UNUSABLE = { code: 'apple-profile-unusable' }

async function setScene(house: House) {
  const profiles = createAppleProfiles(house)
  const device = await enrollDevice(house, 'Phone')
  return { profiles, device, permit: profiles.permit(device.fingerprint) }
}

t.test('the file comes out as it went in, under the device’s label, few times', async (t) => {
  const house = await openHouse(t)
  const { profiles, device, permit } = await setScene(house)
  const handle = await profiles.offer(permit, FILE)
  t.ok(handle.length < 4_096, 'an address takes it')
  for (let fetch = 0; fetch < 3; fetch++) {
    const { fingerprint, label, file } = await profiles.take(handle)
    t.match({ fingerprint, label }, { fingerprint: device.fingerprint, label: 'Phone' })
    t.same(new Uint8Array(file), FILE)
  }
  await t.rejects(profiles.take(handle), UNUSABLE)
  t.ok(await profiles.take(await profiles.offer(permit, FILE)), 'asked for once more, it is there once more')
})

t.test('nothing of it is kept', async (t) => {
  const house = await openHouse(t)
  const { profiles, permit } = await setScene(house)
  const before = JSON.stringify(await house.store.auditRows(0, 100))
  await profiles.take(await profiles.offer(permit, FILE))
  t.equal(JSON.stringify(await house.store.auditRows(0, 100)), before)
})

t.test('a permit ends, and so does a handle; neither serves as the other', async (t) => {
  const house = await openHouse(t)
  const { profiles, permit } = await setScene(house)
  const handle = await profiles.offer(permit, FILE)
  await t.rejects(profiles.take(permit), UNUSABLE)
  await t.rejects(profiles.offer(handle, FILE), UNUSABLE)
  for (const strange of ['', 'x', `${permit}A`, permit.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))])
    await t.rejects(profiles.offer(strange, FILE), UNUSABLE)
  for (const more of ['A', '=', '.', ' ', 'AA'])
    await t.rejects(profiles.take(handle + more), UNUSABLE, 'one text for each')
  house.clock.time += 10 * 60_000
  t.ok(await profiles.take(handle))
  house.clock.time += 1
  await t.rejects(profiles.take(handle), UNUSABLE)
  t.ok(await profiles.offer(permit, FILE))
  house.clock.time += 110 * 60_000
  await t.rejects(profiles.offer(permit, FILE), UNUSABLE)
})

t.test('a certificate that is not good brings in nothing any more', async (t) => {
  const house = await openHouse(t)
  const { profiles, device, permit } = await setScene(house)
  const handle = await profiles.offer(permit, FILE)
  await house.store.run('hold', { at: house.clock.now(), actor: 'operator:test' }, device.fingerprint)
  await t.rejects(profiles.take(handle), UNUSABLE)
  await t.rejects(profiles.offer(permit, FILE), UNUSABLE)
  await t.rejects(profiles.offer(profiles.permit('00'.repeat(32)), FILE), UNUSABLE)
})

t.test('only a whole file, and no large one', async (t) => {
  const house = await openHouse(t)
  const { profiles, permit } = await setScene(house)
  for (const file of [new Uint8Array(), FILE.subarray(1), FILE.subarray(0, -1), Buffer.concat([FILE, Buffer.of(0)])])
    await t.rejects(profiles.offer(permit, file), { code: 'body-malformed' })
  await t.rejects(profiles.offer(permit, sequence(octetString(new Uint8Array(7_000)))), { code: 'body-too-large' })
})
