import type { Test } from 'tap'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, enroll, enrollment, fresh, invitation, invite, issue, NOW, reservation } from '../samples.ts'

export async function enrollmentContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)

  await t.test('an invitation makes a subscriber, once', async (t) => {
    const tokenHash = await invite(store)
    const made = invitation({ tokenHash })
    t.same(await store.invitation(tokenHash), made)
    const asked = enrollment(tokenHash)
    t.equal(await store.run('accept', act(NOW + 1), asked), 'reserved')
    t.same(await store.invitation(tokenHash), { ...made, label: null, usedAt: NOW + 1 }, 'what is used names nothing')

    const { subscriberId, device } = asked
    t.same(await store.subscriber(subscriberId), { id: subscriberId, name: null, createdAt: NOW + 1 })
    t.same(await store.device(device.id), {
      ...device,
      subscriberId,
      platform: null,
      askEveryTime: false,
      createdAt: NOW + 1,
    })
    const credentials = await store.credentials(subscriberId)
    const expected = asked.credentials.map((one) => ({
      ...one,
      subscriberId,
      usedAt: null,
      label: null,
      createdAt: NOW + 1,
      lastUsedAt: null,
    }))
    t.same(
      credentials.map((one) => ({ ...one, secret: Buffer.from(one.secret) })),
      expected.sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
    t.match(await store.unfinished(NOW + 2), [{ serial: asked.reservation.serial, subscriberId }])

    const second = enrollment(tokenHash)
    t.equal(await store.run('accept', act(NOW + 2), second), 'invitation-unusable')
    t.equal(await store.subscriber(second.subscriberId), undefined)
  })

  await t.test('an invitation ends to the millisecond; an unknown one is none', async (t) => {
    const tokenHash = await invite(store, NOW + 10)
    t.equal(await store.run('accept', act(NOW + 10), enrollment(tokenHash)), 'invitation-unusable')
    t.equal(await store.run('accept', act(NOW + 9), enrollment(tokenHash)), 'reserved')
    t.equal(await store.run('accept', act(), enrollment(fresh(32))), 'invitation-unusable')
    t.equal(await store.invitation(fresh(32)), undefined)
  })

  await t.test('a compromised key leaves the invitation as it is', async (t) => {
    const { fingerprint, reserved } = await issue(store)
    await store.run('revoke', act(), fingerprint, 'key-compromise')
    const tokenHash = await invite(store)
    const asked = enrollment(tokenHash, { keyHash: reserved.keyHash })
    t.equal(await store.run('accept', act(), asked), 'compromised-key')
    t.match(await store.invitation(tokenHash), { usedAt: null })
    t.equal(await store.subscriber(asked.subscriberId), undefined)
  })

  await t.test('all or nothing, and alone: broken data harms no neighbor in the same commit', async (t) => {
    const [tokenHash, other] = [await invite(store), await invite(store)]
    const { subscriberId } = await enroll(store)
    const asked = enrollment(tokenHash)
    // the subscriber's id is taken: found only after the invitation was marked as used
    const broken = { ...asked, subscriberId, reservation: reservation({ subscriberId, deviceId: asked.device.id }) }
    const [refused, accepted, noted] = await Promise.allSettled([
      store.run('accept', act(), broken),
      store.run('accept', act(), enrollment(other)),
      store.run('guess', 'neighbor', NOW, 1),
    ])
    t.match(refused, { status: 'rejected', reason: { code: 'internal' } })
    t.match(accepted, { value: 'reserved' })
    t.match(noted, { value: 'allowed' })
    t.match(await store.invitation(tokenHash), { usedAt: null })
    t.equal(await store.device(asked.device.id), undefined)
    t.equal(await store.run('guess', 'neighbor', NOW, 1), 'exhausted', 'counted once, though it was tried twice')
  })
}
