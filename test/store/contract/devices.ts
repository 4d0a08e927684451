import type { Test } from 'tap'
import { freshStore, type MakeDatabase } from '../engine.ts'
import {
  act,
  addSite,
  DAY,
  enroll,
  enrollment,
  fresh,
  invitation,
  invite,
  issue,
  NOW,
  reservation,
  signInRow,
} from '../samples.ts'

export async function devicesContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)
  const held = async (subscriberId: string) => (await store.deviceCertificates(subscriberId))[0]

  await t.test('what an owner is shown of a device', async (t) => {
    const asked = enrollment(await invite(store))
    const { subscriberId, device, reservation } = asked
    await store.run('accept', act(), { ...asked, device: { ...device, platform: 'windows' } })
    t.same(await store.deviceCertificates(subscriberId), [], 'not before it is issued')
    const fingerprint = fresh(32)
    await store.run('complete', act(), reservation.serial, fingerprint, Buffer.alloc(3))
    t.same(await store.deviceCertificates(subscriberId), [
      {
        device: {
          id: device.id,
          subscriberId,
          label: 'Laptop',
          platform: 'windows',
          askEveryTime: false,
          createdAt: NOW,
        },
        fingerprint,
        status: 'active',
        reason: null,
        heldBy: null,
        revokedAt: null,
        notBefore: reservation.notBefore,
        notAfter: reservation.notAfter,
        expiresAt: reservation.expiresAt,
        supersedeAt: null,
        lastUsedAt: null,
      },
    ])
    t.equal(await store.run('renameDevice', act(), device.id, 'Old laptop'), 'changed')
    t.match(await held(subscriberId), { device: { label: 'Old laptop' } })
    t.match(await store.device(device.id), { label: 'Old laptop', platform: 'windows' })
    t.equal((await store.certificate(fingerprint))?.label, reservation.label, 'what is signed stays')
    t.equal(await store.run('renameDevice', act(), fresh(), 'x'), 'unknown')
    const erased = await enroll(store)
    await store.run('eraseSubscriber', act(), erased.subscriberId)
    t.equal(await store.run('renameDevice', act(), erased.deviceId, 'Zoe’s'), 'unknown', 'a name that comes late')
    t.match(await store.device(erased.deviceId), { label: '' })
    const told = await store.auditRowsAbout([device.id], 5)
    t.match(told, [{ action: 'device-changed', detail: { renamed: true } }])
    t.same(await store.auditRowsAbout([], 5), [])
  })

  const OWNER = { at: NOW, actor: 'device:x' } as const
  const HOLDS = [
    ['the owner', OWNER, OWNER, 'released'],
    ['the owner, and the operator lifts it', OWNER, act(), 'released'],
    ['the operator', act(), OWNER, 'not-yours'],
    ['the operator, who lifts it', act(), act(), 'released'],
  ] as const
  for (const [who, holding, releasing, outcome] of HOLDS) {
    await t.test(`a hold by ${who}`, async (t) => {
      const { subscriberId, fingerprint } = await enroll(store)
      await store.run('hold', holding, fingerprint)
      t.match(await held(subscriberId), { status: 'held', heldBy: holding === OWNER ? 'owner' : 'operator' })
      t.equal(await store.run('release', releasing, fingerprint), outcome)
      const then = outcome === 'released' ? { status: 'active', heldBy: null } : { status: 'held' }
      t.match(await held(subscriberId), then)
    })
  }

  await t.test("an operator takes an owner's hold over, and an owner takes over none", async (t) => {
    const { subscriberId, fingerprint } = await enroll(store)
    await store.run('hold', OWNER, fingerprint)
    t.equal(await store.run('hold', act(), fingerprint), 'already')
    t.match(await held(subscriberId), { heldBy: 'operator' })
    t.equal(await store.run('hold', OWNER, fingerprint), 'already')
    t.match(await held(subscriberId), { heldBy: 'operator' })
    const told = (await store.auditRowsAbout([fingerprint], 9)).filter(({ action }) => action === 'certificate-held')
    t.same(
      told.map(({ actor }) => actor),
      [act().actor, OWNER.actor],
      'who may lift it is an act of its own',
    )
    t.equal(await store.run('release', OWNER, fingerprint), 'not-yours')
  })

  for (const end of ['hold', 'revoke'] as const) {
    await t.test(`a device that ends (${end}) while its next certificate is signed gets none`, async (t) => {
      const { subscriberId, deviceId, fingerprint } = await enroll(store)
      const next = reservation({ subscriberId, deviceId })
      await store.run('reserve', act(), next)
      if (end === 'hold') await store.run('hold', act(), fingerprint)
      else await store.run('revoke', act(), fingerprint, 'cessation-of-operation')
      t.equal(await store.run('complete', act(), next.serial, fresh(32), Buffer.alloc(3)), 'gone')
      t.equal((await store.deviceCertificates(subscriberId)).length, 1)
    })
  }

  await t.test('an invitation to renew: the same device goes on, under its name of today', async (t) => {
    const { subscriberId, deviceId, fingerprint } = await enroll(store)
    const other = await enroll(store)
    const renewal = async (given: { deviceId?: string; owner?: string } = {}) => {
      const tokenHash = fresh(32)
      const whose = { subscriberId, deviceId, newChecks: false }
      const times = { createdAt: NOW, expiresAt: NOW + DAY, usedAt: null }
      await store.run('invite', act(), { tokenHash, label: null, ...whose, ...times })
      t.match(await store.invitation(tokenHash), whose)
      const [device, owner] = [given.deviceId ?? deviceId, given.owner ?? subscriberId]
      const asked = enrollment(tokenHash, { subscriberId: owner, deviceId: device })
      return { ...asked, subscriberId: owner, device: { id: device, label: 'Next' }, credentials: [] }
    }
    t.equal(await store.run('accept', act(), await renewal({ deviceId: fresh() })), 'invitation-unusable')
    t.equal(await store.run('accept', act(), await renewal({ deviceId: other.deviceId })), 'invitation-unusable')
    t.equal(await store.run('accept', act(), await renewal({ owner: other.subscriberId })), 'invitation-unusable')
    const used = await renewal()
    t.equal(await store.run('accept', act(), used), 'reserved')
    t.equal(await store.run('accept', act(), used), 'invitation-unusable')
    t.match(await store.device(deviceId), { label: 'Next', createdAt: NOW })
    t.match(await store.auditRowsAbout([subscriberId], 1), [{ action: 'device-renewed' }])
    await store.run('hold', act(), fingerprint)
    t.equal(await store.run('accept', act(), await renewal()), 'invitation-unusable', 'not while it is held')
  })

  await t.test('a renewed device has two certificates for a week, and then one', async (t) => {
    const { subscriberId, deviceId, fingerprint } = await enroll(store)
    const phone = await issue(store, { subscriberId, deviceId: (await enroll(store)).deviceId })
    const renewed = await issue(store, { subscriberId, deviceId })
    const certificates = await store.deviceCertificates(subscriberId)
    const endOf = (wanted: string) => certificates.find((one) => one.fingerprint === wanted)?.supersedeAt
    t.equal(endOf(fingerprint), NOW + 7 * DAY)
    t.equal(endOf(renewed.fingerprint), null)
    t.equal(endOf(phone.fingerprint), null, 'another device')

    t.equal(await store.run('supersede', act(NOW + 7 * DAY - 1)), 0)
    t.equal((await store.certificate(fingerprint))?.status, 'active')
    const { position } = await store.changes(0, 'verdicts')
    t.equal(await store.run('supersede', act(NOW + 7 * DAY)), 1)
    t.match(await store.certificate(fingerprint), { status: 'revoked', reason: 'superseded' })
    t.match(await store.changes(position, 'verdicts'), { changes: [{ kind: 'certificate', key: fingerprint }] })
    t.equal(await store.run('supersede', act(NOW + 8 * DAY)), 0)
    t.equal((await store.certificate(renewed.fingerprint))?.status, 'active')
  })

  for (const [end, newer, isInvited] of [
    ['unspecified', { status: 'revoked', reason: 'privilege-withdrawn' }, false],
    ['key-compromise', { status: 'revoked', reason: 'privilege-withdrawn' }, false],
    ['hold', { status: 'held', heldBy: 'operator' }, false],
    ['superseded', { status: 'active' }, true],
  ] as const)
    await t.test(`what came of a device's certificate ends with it: ${end}`, async (t) => {
      const { subscriberId, deviceId, fingerprint } = await enroll(store)
      const renewed = await issue(store, { subscriberId, deviceId })
      const last = await issue(store, { subscriberId, deviceId })
      const phone = await issue(store, { subscriberId, deviceId: (await enroll(store)).deviceId })
      const open = invitation({ subscriberId, deviceId, newChecks: false })
      await store.run('invite', act(), open)
      const { position } = await store.changes(0, 'verdicts')
      if (end === 'hold') await store.run('hold', act(), fingerprint)
      else await store.run('revoke', act(), fingerprint, end)
      const certificates = await store.deviceCertificates(subscriberId)
      const standing = (wanted: string) => certificates.find((one) => one.fingerprint === wanted)
      for (const later of [renewed, last]) t.match(standing(later.fingerprint), newer)
      t.match(standing(phone.fingerprint), { status: 'active' }, 'another device')
      t.equal((await store.invitation(open.tokenHash)) !== undefined, isInvited)
      const { changes } = await store.changes(position, 'verdicts')
      const told = changes === 'everything' ? [] : changes.map(({ key }) => key)
      const ended = isInvited ? [fingerprint] : [fingerprint, renewed.fingerprint, last.fingerprint]
      t.same(told.toSorted(), ended.toSorted())
    })

  await t.test('what is learned of a superseded certificate later ends what came of it', async (t) => {
    const { subscriberId, deviceId, fingerprint } = await enroll(store)
    const renewed = await issue(store, { subscriberId, deviceId })
    await store.run('revoke', act(), fingerprint, 'superseded')
    t.equal(await store.run('revoke', act(), fingerprint, 'superseded'), 'already')
    t.match(await store.certificate(renewed.fingerprint), { status: 'active' })
    t.equal(await store.run('revoke', act(), fingerprint, 'privilege-withdrawn'), 'already')
    t.match(await store.certificate(fingerprint), { reason: 'superseded' }, 'the first word stands')
    t.match(await store.certificate(renewed.fingerprint), { status: 'revoked', reason: 'privilege-withdrawn' })
  })

  await t.test('the older certificate of a device stands when the newer one ends', async (t) => {
    const { subscriberId, deviceId, fingerprint } = await enroll(store)
    const renewed = await issue(store, { subscriberId, deviceId })
    await store.run('revoke', act(), renewed.fingerprint, 'unspecified')
    t.equal((await store.certificate(fingerprint))?.status, 'active')
  })

  await t.test('a device that stands is not hidden behind many that do not', async (t) => {
    const { subscriberId, deviceId, fingerprint } = await enroll(store)
    const other = { subscriberId, deviceId: (await enroll(store)).deviceId }
    const many = await Promise.all(Array.from({ length: 501 }, () => issue(store, other)))
    await Promise.all(many.map((one) => store.run('revoke', act(), one.fingerprint, 'superseded')))
    const listed = await store.deviceCertificates(subscriberId)
    t.equal(listed.length, 500)
    t.match(listed.at(-1), { fingerprint, device: { id: deviceId }, status: 'active' })
    t.match(listed[0], { status: 'revoked' }, 'the newest first')
  })

  await t.test('a sign-in that was decided before somebody was erased leaves no trace behind it', async (t) => {
    const [shop, bank] = [await addSite(store), await addSite(store)]
    const { subscriberId } = await enroll(store)
    await store.run('signIn', signInRow(shop.id, subscriberId))
    await store.run('eraseSubscriber', act(), subscriberId)
    for (const { id } of [shop, bank]) await store.run('signIn', signInRow(id, subscriberId))
    await store.run('signIn', signInRow(shop.id, subscriberId, { service: 'api', month: 202_612 }))
    t.same(await store.relations(subscriberId), [])
    t.match(await store.usage(202_611, shop.id), [{ people: 1, services: [{ people: 1 }] }], 'what was stays counted')
    t.match(await store.usage(202_611, bank.id), [{ people: 0 }])
    t.match(await store.usage(202_612, shop.id), [{ people: 0 }])
  })

  await t.test('forgetting ends the relation to one site, and the next one is another', async (t) => {
    const [shop, bank] = [await addSite(store), await addSite(store)]
    const { subscriberId, fingerprint } = await enroll(store)
    const asking = { siteId: shop.id, service: 'web' }
    const row = signInRow(shop.id, subscriberId)
    await store.run('signIn', { ...row, month: 202_610, at: NOW - 30 * DAY })
    await store.run('signIn', row)
    await store.run('signIn', signInRow(bank.id, subscriberId, { service: 'api' }))
    const shopRelation = { siteId: shop.id, site: shop.name, since: NOW - 30 * DAY, lastMonth: 202_611, generation: 0 }
    const known = await store.relations(subscriberId)
    t.equal(known.length, 2)
    t.same(
      known.find(({ siteId }) => siteId === shop.id),
      shopRelation,
    )

    const { position } = await store.changes(0, 'verdicts')
    t.equal(await store.run('forgetSubject', act(), subscriberId, shop.id), 'forgotten')
    const { changes } = await store.changes(position, 'verdicts')
    t.ok(changes !== 'everything' && changes.some(({ key }) => key === fingerprint), 'told to all nodes')
    t.match(await store.verdictState(fingerprint, asking), { generation: 1, signedInMonth: null })
    const atBank = { siteId: bank.id, service: 'api' }
    t.match(await store.verdictState(fingerprint, atBank), { generation: 0, signedInMonth: 202_611 })
    t.match(await store.relations(subscriberId), [{ siteId: bank.id }])
    t.equal(await store.run('forgetSubject', act(), subscriberId, shop.id), 'unknown')
    t.match(await store.verdictState(fingerprint, asking), { generation: 1 }, 'a refusal changes nothing')

    await store.run('signIn', signInRow(shop.id, subscriberId, { generation: 1, at: NOW + 5 }))
    t.match(await store.verdictState(fingerprint, asking), { generation: 1, signedInMonth: 202_611 })
    const anew = (await store.relations(subscriberId)).find(({ siteId }) => siteId === shop.id)
    t.same(anew, { ...shopRelation, since: NOW + 5, generation: 1 })
    t.equal(await store.run('forgetSubject', act(), subscriberId, shop.id), 'forgotten')
    t.match(await store.verdictState(fingerprint, asking), { generation: 2 })
    t.equal(await store.run('forgetSubject', act(), fresh(), shop.id), 'unknown')
  })
}
