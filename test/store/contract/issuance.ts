import type { Test } from 'tap'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, complete, DAY, enroll, fresh, issue, NOW, reservation } from '../samples.ts'

export async function issuanceContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)

  await t.test('a reservation becomes a certificate', async (t) => {
    const { id } = await addSite(store)
    const reserved = reservation({ issuer: 'api', profile: 'api', siteId: id, service: 'web' })
    t.equal(await store.run('reserve', act(NOW - 5), reserved), 'reserved')
    t.match(await store.unfinished(NOW), [reserved])
    t.same(await store.unfinished(NOW - 5), [], 'not older than its own time')

    const { fingerprint, der } = await complete(store, reserved)
    t.same(await store.unfinished(NOW), [])
    const record = await store.certificate(fingerprint)
    const { tbs: _, keyHash: __, ...takenOver } = reserved
    t.same(record, {
      ...takenOver,
      fingerprint,
      status: 'active',
      reason: null,
      revokedAt: null,
      validatedAt: null,
      validatedWith: null,
      lastUsedAt: null,
      createdAt: NOW,
      der: record?.der,
    })
    t.same(Buffer.from(record!.der), Buffer.from(der))
    t.equal(await store.certificate(fresh(32)), undefined)
    t.same(await store.certificateBySerial(reserved.serial), record)
    t.equal(await store.certificateBySerial(fresh()), undefined)
  })

  await t.test('completing again is success for the same bytes alone', async (t) => {
    const { reserved, fingerprint, der } = await issue(store)
    const before = await store.auditHead()
    t.equal(await store.run('complete', act(), reserved.serial, fingerprint, der), 'issued')
    t.equal(await store.run('complete', act(), reserved.serial, fresh(32), der), 'gone')
    t.equal(await store.run('complete', act(), fresh(), fresh(32), der), 'gone')
    t.same(await store.auditHead(), before)
  })

  await t.test('an abandoned serial is revoked for ever', async (t) => {
    const reserved = reservation()
    await store.run('reserve', act(), reserved)
    t.equal(await store.run('abandon', act(), reserved.serial), 'abandoned')
    t.equal(await store.run('abandon', act(), reserved.serial), 'abandoned')
    t.equal(await store.run('abandon', act(), fresh()), 'unknown')
    const { fingerprint } = await complete(store, reserved)
    t.equal(await store.certificate(fingerprint), undefined)
    t.same(await store.unfinished(NOW + 1), [])
    const listed = await store.revoked('browser', '', 1_000, NOW)
    t.match(
      listed.filter(({ serial }) => serial === reserved.serial),
      [{ revokedAt: NOW, reason: 'unspecified' }],
    )
    const { reserved: used } = await issue(store)
    t.equal(await store.run('abandon', act(), used.serial), 'unknown', 'a certificate is no reservation')
  })

  await t.test('a site that is removed meanwhile gets no certificate', async (t) => {
    const { id } = await addSite(store)
    const reserved = reservation({ issuer: 'api', profile: 'api', siteId: id, service: 'web' })
    await store.run('reserve', act(), reserved)
    await store.run('removeSite', act(), id)
    t.equal(await store.run('complete', act(), reserved.serial, fresh(32), Buffer.alloc(9)), 'gone')
    const listed = await store.revoked('api', '', 1_000, NOW)
    t.match(
      listed.filter(({ serial }) => serial === reserved.serial),
      [{ reason: 'cessation-of-operation' }],
    )
  })

  await t.test('a compromised key is never certified again', async (t) => {
    const { fingerprint, reserved } = await issue(store)
    const late = reservation({ keyHash: reserved.keyHash })
    t.equal(await store.run('reserve', act(), late), 'reserved')
    await store.run('revoke', act(), fingerprint, 'key-compromise')
    t.equal(await store.run('reserve', act(), reservation({ keyHash: reserved.keyHash })), 'compromised-key')
    t.equal(await store.run('complete', act(), late.serial, fresh(32), Buffer.alloc(9)), 'gone')
    const listed = await store.revoked('browser', '', 1_000, NOW)
    t.match(
      listed.filter(({ serial }) => serial === late.serial),
      [{ reason: 'key-compromise' }],
    )
  })

  await t.test('a serial is used once', async (t) => {
    const { reserved } = await issue(store)
    await store.run('reserve', act(), reservation({ serial: reserved.serial }))
    const twin = store.run('complete', act(), reserved.serial, fresh(32), Buffer.alloc(9))
    await t.rejects(twin, { code: 'internal' })
  })

  await t.test('certificates are listed newest first, by what is asked for', async (t) => {
    const { store } = await freshStore(t, make)
    const { id: siteId } = await addSite(store)
    const one = await enroll(store)
    const two = await issue(store, { issuer: 'api', profile: 'api', siteId, service: 'web' })
    const three = await issue(store, { notAfter: NOW + DAY })
    await store.run('hold', act(), three.fingerprint)
    const listed = async (filter: Parameters<typeof store.certificates>[0]) =>
      (await store.certificates(filter)).map(({ fingerprint }) => fingerprint)
    t.same(await listed({}), [three.fingerprint, two.fingerprint, one.fingerprint])
    t.same(await listed({ profile: 'browser' }), [three.fingerprint, one.fingerprint])
    t.same(await listed({ siteId }), [two.fingerprint])
    t.same(await listed({ subscriberId: one.subscriberId }), [one.fingerprint])
    t.same(await listed({ status: 'held' }), [three.fingerprint])
    t.same(await listed({ profile: 'api', status: 'held' }), [])
    t.same(await listed({ limit: 1 }), [three.fingerprint])
  })
}
