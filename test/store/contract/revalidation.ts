import type { Test } from 'tap'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, enroll, fresh, issue, NOW, signInRow, walk } from '../samples.ts'

export async function revalidationContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)
  const shop = await addSite(store)
  const asking = { siteId: shop.id, service: 'web' }

  await t.test('the state of a verdict before and after a walk', async (t) => {
    const enrolled = await enroll(store)
    const { fingerprint, subscriberId, reserved } = enrolled
    t.equal(await store.verdictState(fresh(32), asking), undefined)
    const before = {
      fingerprint,
      profile: 'browser',
      status: 'active',
      reason: null,
      revokedAt: null,
      notBefore: reserved.notBefore,
      notAfter: reserved.notAfter,
      expiresAt: reserved.expiresAt,
      validatedAt: null,
      validatedWith: null,
      lastUsedAt: null,
      subscriberId,
      siteId: null,
      service: null,
      askEveryTime: false,
      lastWalkAt: null,
      signedInMonth: null,
      generation: 0,
      siteAccount: null,
    }
    t.same(await store.verdictState(fingerprint, asking), before)

    const { position } = await store.changes(0, 'verdicts')
    const walking = walk(enrolled, shop.id, 100)
    t.equal(await store.run('walk', act(NOW + 1), walking), 'passed')
    const after = { ...before, validatedAt: NOW + 1, validatedWith: 'totp', lastWalkAt: NOW + 1 }
    t.same(await store.verdictState(fingerprint, asking), after)
    t.match(await store.verdictState(fingerprint, { ...asking, siteId: fresh() }), { lastWalkAt: null })
    t.equal(await store.ticketSpentAt(walking.ticketId), NOW + 1)
    t.equal(await store.ticketSpentAt(fresh()), undefined)
    t.match(await store.changes(position, 'verdicts'), { changes: [{ kind: 'certificate', key: fingerprint }] })
  })

  await t.test('an API certificate speaks for its site', async (t) => {
    const { fingerprint } = await issue(store, { issuer: 'api', profile: 'api', siteId: shop.id, service: 'web' })
    const expected = { profile: 'api', siteId: shop.id, service: 'web', subscriberId: null, askEveryTime: false }
    t.match(await store.verdictState(fingerprint, asking), expected)
  })

  await t.test('a ticket, a time step and a recovery code count once', async (t) => {
    const enrolled = await enroll(store)
    const first = walk(enrolled, shop.id, 100)
    t.equal(await store.run('walk', act(), first), 'passed')
    t.equal(await store.run('walk', act(), { ...first, proof: { ...first.proof, step: 101 } }), 'ticket-spent')
    t.equal(await store.run('walk', act(), walk(enrolled, shop.id, 100)), 'proof-used')
    t.equal(await store.run('walk', act(), walk(enrolled, shop.id, 99)), 'proof-used')
    t.equal(await store.run('walk', act(), walk(enrolled, shop.id, 101)), 'passed')

    const code = { check: 'recovery-code', credentialId: enrolled.recoveryCode, step: null } as const
    t.equal(await store.run('walk', act(), { ...walk(enrolled, shop.id, 0), proof: code }), 'passed')
    t.match(await store.verdictState(enrolled.fingerprint, asking), { validatedWith: 'recovery-code' })
    t.equal(await store.run('walk', act(), { ...walk(enrolled, shop.id, 0), proof: code }), 'proof-used')
    const held = await store.credentials(enrolled.subscriberId)
    t.equal(held.find(({ check }) => check === 'totp')?.lastStep, 101)
    t.equal(held.find(({ check }) => check === 'recovery-code')?.usedAt, NOW)
  })

  await t.test('only the owner can prove himself, and only by the check that it was', async (t) => {
    const [enrolled, other] = [await enroll(store), await enroll(store)]
    const { proof, ...rest } = walk(enrolled, shop.id, 100)
    const foreign = { ...rest, proof: { ...proof, credentialId: other.totp } }
    t.equal(await store.run('walk', act(), foreign), 'proof-used')
    const unknown = { ...rest, proof: { ...proof, credentialId: fresh() } }
    t.equal(await store.run('walk', act(), unknown), 'proof-used')
    const swapped = { ...rest, proof: { ...proof, check: 'recovery-code' } } as const
    t.equal(await store.run('walk', act(), swapped), 'proof-used')
    t.equal(await store.ticketSpentAt(rest.ticketId), undefined, 'a refusal spends nothing')
    t.match(await store.verdictState(enrolled.fingerprint, asking), { validatedAt: null })
  })

  await t.test('only an active certificate walks, to the last millisecond of its validity', async (t) => {
    const enrolled = await enroll(store, { notAfter: NOW + 50 })
    t.equal(await store.run('walk', act(NOW + 51), walk(enrolled, shop.id, 1)), 'not-active')
    t.equal(await store.run('walk', act(NOW + 50), walk(enrolled, shop.id, 1)), 'passed')
    await store.run('hold', act(), enrolled.fingerprint)
    t.equal(await store.run('walk', act(), walk(enrolled, shop.id, 2)), 'not-active')
    await store.run('revoke', act(), enrolled.fingerprint, 'superseded')
    t.equal(await store.run('walk', act(), walk(enrolled, shop.id, 2)), 'not-active')
    const nobody = { ...walk(enrolled, shop.id, 2), fingerprint: fresh(32) }
    t.equal(await store.run('walk', act(), nobody), 'not-active')
  })

  await t.test('a walk moves the end forward, never back, never past notAfter', async (t) => {
    const enrolled = await enroll(store, { expiresAt: NOW + 10, notAfter: NOW + 30 })
    const endAfter = async (step: number, extendTo: number) => {
      await store.run('walk', act(), walk(enrolled, shop.id, step, { extendTo }))
      return (await store.certificate(enrolled.fingerprint))?.expiresAt
    }
    t.equal(await endAfter(1, NOW + 5), NOW + 10)
    t.equal(await endAfter(2, NOW + 20), NOW + 20)
    t.equal(await endAfter(3, NOW + 40), NOW + 30)
  })

  await t.test('guesses are bounded for each key and window', async (t) => {
    const key = fresh()
    const answers = []
    for (let guess = 0; guess < 4; guess++) answers.push(await store.run('guess', key, NOW, 3))
    t.same(answers, ['allowed', 'allowed', 'allowed', 'exhausted'])
    t.equal(await store.guesses(key, NOW), 3)
    t.equal(await store.guesses(key, NOW + 60_000), 0)
    t.equal(await store.run('guess', key, NOW + 60_000, 3), 'allowed')
    t.equal(await store.run('guess', fresh(), NOW, 3), 'allowed')
    t.equal(await store.run('guess', fresh(), NOW, 0), 'exhausted')
  })

  await t.test("the owner's wish is told to all nodes", async (t) => {
    const { subscriberId, deviceId, fingerprint } = await enroll(store)
    const { position } = await store.changes(0, 'verdicts')
    t.equal(await store.run('setAskEveryTime', act(), deviceId, true), 'changed')
    t.match(await store.verdictState(fingerprint, asking), { askEveryTime: true })
    t.match(await store.device(deviceId), { askEveryTime: true })
    t.match(await store.changes(position, 'verdicts'), { position: position + 1, changes: [{ key: fingerprint }] })
    t.equal(await store.run('setAskEveryTime', act(), deviceId, true), 'changed')
    t.equal((await store.changes(position, 'verdicts')).position, position + 1, 'the same wish again is no change')
    const renewed = await issue(store, { subscriberId, deviceId })
    t.match(await store.verdictState(renewed.fingerprint, asking), { askEveryTime: true }, "a new one's too")
    t.equal(await store.run('setAskEveryTime', act(), deviceId, false), 'changed')
    t.match(await store.verdictState(renewed.fingerprint, asking), { askEveryTime: false })
    t.match(await store.verdictState(fingerprint, asking), { askEveryTime: false })
    t.equal(await store.run('setAskEveryTime', act(), fresh(), true), 'unknown')
  })

  await t.test('sign-ins and last uses are remembered without a word to the feed', async (t) => {
    const { fingerprint, subscriberId } = await enroll(store)
    const before = await store.changes(0, 'verdicts')
    const row = signInRow(asking.siteId, subscriberId)
    t.equal(await store.run('signIn', row), 'recorded')
    t.equal(await store.run('signIn', row), 'recorded')
    await store.run('signIn', { ...row, month: 202_610 })
    t.match(await store.verdictState(fingerprint, asking), { signedInMonth: 202_611 })
    t.match(await store.verdictState(fingerprint, { ...asking, service: 'api' }), { signedInMonth: null })

    const lastUse = async () => (await store.verdictState(fingerprint, asking))?.lastUsedAt
    await store.run('uses', [
      { fingerprint, at: NOW + 5 },
      { fingerprint: fresh(32), at: NOW },
    ])
    t.equal(await lastUse(), NOW + 5)
    await store.run('uses', [{ fingerprint, at: NOW + 4 }])
    t.equal(await lastUse(), NOW + 5)
    t.equal((await store.changes(0, 'verdicts')).position, before.position)
  })

  await t.test('tidying forgets what has no more use, and nothing else', async (t) => {
    const enrolled = await enroll(store)
    const [old, young] = [walk(enrolled, shop.id, 1), { ...walk(enrolled, shop.id, 2), forgetAt: NOW + 3 * DAY }]
    await store.run('walk', act(), old)
    await store.run('walk', act(), young)
    await store.run('guess', 'old', NOW, 1)
    await store.run('guess', 'young', NOW + DAY, 1)
    t.equal(await store.run('tidy', NOW + 2 * DAY + 1), 'tidied')
    t.equal(await store.ticketSpentAt(old.ticketId), undefined)
    t.equal(await store.ticketSpentAt(young.ticketId), NOW)
    t.equal(await store.run('guess', 'old', NOW, 1), 'allowed')
    t.equal(await store.run('guess', 'young', NOW + DAY, 1), 'exhausted')
  })

  await t.test('tidying forgets 10,000 rows of a table at a time, and says whether more may be left', async (t) => {
    const { store, database } = await freshStore(t, make)
    const bytes = database.engine === 'sqlite' ? 'BLOB' : 'BYTEA'
    for (const rows of [
      "INSERT INTO guesses (key, started_at, count) SELECT 'old ' || i, 1, 1 FROM n",
      `INSERT INTO spent_tickets (ticket_id, fingerprint, site_id, spent_at, forget_at)
        SELECT CAST('t' || i AS ${bytes}), CAST('f' AS ${bytes}), CAST('s' AS ${bytes}), 1, 1 FROM n`,
      `INSERT INTO changes (position, kind, key, at) SELECT i, 'site', 'nobody', 1 FROM n`,
    ]) {
      await database.meddle(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) ${rows}`)
      t.equal(await store.run('tidy', NOW), 'unfinished', rows)
      t.equal(await store.run('tidy', NOW), 'tidied')
    }
  })
}
