import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, freshStores, type MakeDatabase } from '../engine.ts'
import { act, DAY, type Enrolled, enroll, enrollment, fresh, invite, NOW } from '../samples.ts'

/** A session of this certificate, as it begins. */
function sessionOf({ fingerprint, subscriberId }: Enrolled) {
  return {
    idHash: fresh(32),
    fingerprint,
    subscriberId,
    provenAt: NOW,
    provenWith: 'totp',
    seenAt: NOW,
    forgetAt: NOW + DAY,
  } as const
}

/** The proof by a time step. */
function stepOf({ totp }: Enrolled, step: number) {
  return { check: 'totp', credentialId: totp, step } as const
}

function pairingOf({ fingerprint, subscriberId }: Enrolled, given: { expiresAt?: number } = {}) {
  return {
    id: fresh(),
    selector: fresh().slice(0, 8),
    subscriberId,
    fingerprint,
    state: 'offered',
    claimantHash: null,
    createdAt: NOW,
    expiresAt: NOW + 600_000,
    ...given,
  } as const
}

function invitationOf(tokenHash: Hex, { subscriberId }: Enrolled) {
  return {
    tokenHash,
    label: null,
    createdAt: NOW,
    expiresAt: NOW + DAY,
    usedAt: null,
    subscriberId,
    deviceId: null,
    newChecks: false,
  }
}

export async function accountsContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)

  await t.test('a session begins with a proof that counts once, and replaces another one', async (t) => {
    const enrolled = await enroll(store)
    const [first, second] = [sessionOf(enrolled), sessionOf(enrolled)]
    t.equal(await store.run('openSession', act(), first, stepOf(enrolled, 1), null, true), 'opened')
    t.same(await store.session(first.idHash), first)
    t.equal(await store.run('openSession', act(), second, stepOf(enrolled, 1), first.idHash, true), 'proof-used')
    t.same(await store.session(first.idHash), first, 'a refusal ends nothing')
    t.equal(await store.run('openSession', act(), second, stepOf(enrolled, 2), first.idHash, true), 'opened')
    t.equal(await store.session(first.idHash), undefined)
    t.same(await store.session(second.idHash), second)
    t.match(await actionsAbout(store, enrolled.fingerprint), ['account-opened', 'account-opened'])
  })

  await t.test('nobody opens an account by a certificate that is not his, or not active', async (t) => {
    const [enrolled, other] = [await enroll(store), await enroll(store)]
    const foreign = { ...sessionOf(enrolled), subscriberId: other.subscriberId }
    t.equal(await store.run('openSession', act(), foreign, stepOf(other, 1), null, true), 'not-active')
    t.equal(await store.run('openSession', act(), sessionOf(enrolled), stepOf(other, 1), null, true), 'proof-used')
    const late = act(enrolled.reserved.notAfter + 1)
    t.equal(await store.run('openSession', late, sessionOf(enrolled), stepOf(enrolled, 1), null, true), 'not-active')
    await store.run('hold', act(), enrolled.fingerprint)
    t.equal(await store.run('openSession', act(), sessionOf(enrolled), stepOf(enrolled, 1), null, true), 'not-active')
  })

  for (const end of ['hold', 'revoke'] as const) {
    await t.test(`a session ends with its certificate (${end}), and does not come back`, async (t) => {
      const enrolled = await enroll(store)
      const [mine, again] = [sessionOf(enrolled), sessionOf(enrolled)]
      await store.run('openSession', act(), mine, stepOf(enrolled, 1), null, true)
      await store.run('openSession', act(), again, stepOf(enrolled, 2), null, true)
      if (end === 'hold') await store.run('hold', act(), enrolled.fingerprint)
      else await store.run('revoke', act(), enrolled.fingerprint, 'superseded')
      await store.run('release', act(), enrolled.fingerprint)
      for (const { idHash } of [mine, again]) t.equal(await store.session(idHash), undefined)
    })
  }

  await t.test('being seen moves forward only; the end is the end', async (t) => {
    const enrolled = await enroll(store)
    const session = sessionOf(enrolled)
    await store.run('openSession', act(), session, stepOf(enrolled, 1), null, true)
    await store.run('seeSession', session.idHash, NOW + 50)
    await store.run('seeSession', session.idHash, NOW + 40)
    t.match(await store.session(session.idHash), { seenAt: NOW + 50, provenAt: NOW })
    await store.run('endSession', session.idHash)
    await store.run('seeSession', session.idHash, NOW + 60)
    t.equal(await store.session(session.idHash), undefined)
  })

  await t.test('a code: offered, claimed once, decided once', async (t) => {
    const enrolled = await enroll(store)
    const [offered, claimant] = [pairingOf(enrolled), fresh(32)]
    t.equal(await store.run('offerPairing', act(), offered), 'offered')
    t.equal(await store.run('offerPairing', act(), { ...offered, id: fresh() }), 'selector-taken')
    t.same(await store.pairing({ selector: offered.selector }), offered)
    t.equal(await store.run('decidePairing', act(), offered.id, null), 'unusable', 'nobody waits yet')
    t.equal(await store.run('claimPairing', act(), offered.id, claimant), 'claimed')
    t.equal(await store.run('claimPairing', act(), offered.id, fresh(32)), 'unusable')
    const claimed = { ...offered, state: 'claimed', claimantHash: claimant }
    t.same(await store.pairing({ claimantHash: claimant }), claimed)
    t.same(await store.pairing({ fingerprint: enrolled.fingerprint }), claimed)
    t.equal(await store.invitation(claimant), undefined)
    const invitation = invitationOf(claimant, enrolled)
    t.equal(await store.run('decidePairing', act(), offered.id, invitation), 'decided')
    t.equal(await store.run('decidePairing', act(), offered.id, invitation), 'unusable')
    t.match(await store.invitation(claimant), { tokenHash: claimant, usedAt: null })
    t.equal(await store.run('endPairing', offered.id), 'ended')
    t.match(await store.pairing({ claimantHash: claimant }), { state: 'confirmed' }, 'what is decided stays')
    t.match(await actionsAbout(store, enrolled.subscriberId), [
      'pairing-confirmed',
      'pairing-claimed',
      'pairing-offered',
      'subscriber-enrolled',
    ])
  })

  await t.test('a refused code, one that is too old, and one whose device is gone', async (t) => {
    const enrolled = await enroll(store)
    const refused = pairingOf(enrolled)
    await store.run('offerPairing', act(), refused)
    await store.run('claimPairing', act(), refused.id, fresh(32))
    t.equal(await store.run('decidePairing', act(refused.expiresAt), refused.id, null), 'unusable')
    t.equal(await store.run('decidePairing', act(), refused.id, null), 'decided')
    t.match(await store.pairing({ selector: refused.selector }), { state: 'refused' })

    const next = pairingOf(enrolled)
    await store.run('offerPairing', act(), next)
    t.equal(await store.pairing({ selector: refused.selector }), undefined, 'a device shows one code at a time')
    t.equal(await store.run('claimPairing', act(next.expiresAt), next.id, fresh(32)), 'unusable')
    await store.run('hold', act(), enrolled.fingerprint)
    t.equal(await store.run('claimPairing', act(), next.id, fresh(32)), 'unusable')
    t.equal(await store.run('endPairing', next.id), 'ended')
    t.equal(await store.pairing({ selector: next.selector }), undefined)
  })

  await t.test('50 that type one code at once, over two nodes: one claims it', async (t) => {
    const [, one, two] = await freshStores(t, make, 2)
    const enrolled = await enroll(one!)
    const offered = pairingOf(enrolled)
    await one!.run('offerPairing', act(), offered)
    const claims = Array.from({ length: 50 }, (_, i) =>
      (i % 2 ? one! : two!).run('claimPairing', act(), offered.id, fresh(32)),
    )
    const claimed = (await Promise.all(claims)).filter((outcome) => outcome === 'claimed')
    t.equal(claimed.length, 1)
  })

  await t.test('what has had its time is tidied away', async (t) => {
    const enrolled = await enroll(store)
    const [session, offered] = [sessionOf(enrolled), pairingOf(enrolled)]
    await store.run('openSession', act(), session, stepOf(enrolled, 1), null, true)
    await store.run('offerPairing', act(), offered)
    await store.run('tidy', NOW)
    t.ok(await store.session(session.idHash))
    t.ok(await store.pairing({ selector: offered.selector }))
    await store.run('tidy', NOW + DAY)
    t.equal(await store.session(session.idHash), undefined)
    t.equal(await store.pairing({ selector: offered.selector }), undefined)
  })

  await t.test('an invitation that nobody used goes with its time, one that was used stays', async (t) => {
    const end = NOW + DAY
    const [used, unused] = [await invite(store, end), await invite(store, end)]
    await store.run('accept', act(), enrollment(used))
    await store.run('tidy', end - 1)
    t.ok(await store.invitation(unused))
    await store.run('tidy', end)
    t.equal(await store.invitation(unused), undefined)
    t.match(await store.invitation(used), { usedAt: Number })
  })

  await t.test('erasing ends everything, and leaves no name', async (t) => {
    const [enrolled, other] = [await enroll(store), await enroll(store)]
    const { subscriberId, deviceId, fingerprint } = enrolled
    await store.run('nameAccount', act(), subscriberId, 'Zoe')
    t.match(await store.subscriber(subscriberId), { name: 'Zoe' })
    const session = sessionOf(enrolled)
    await store.run('openSession', act(), session, stepOf(enrolled, 1), null, true)
    t.equal(await store.run('eraseSubscriber', act(NOW + 1), subscriberId), 'erased')
    t.match(await store.certificate(fingerprint), { status: 'revoked', reason: 'cessation-of-operation', label: '' })
    t.equal((await store.certificate(fingerprint))?.der.length, 0)
    t.match(await store.device(deviceId), { label: '', platform: null })
    t.equal(
      await store.run('nameAccount', act(), subscriberId, 'Zoe'),
      'unknown',
      'from a page that was open meanwhile',
    )
    t.match(await store.subscriber(subscriberId), { name: null })
    t.same(await store.credentials(subscriberId), [])
    t.equal(await store.session(session.idHash), undefined)
    t.match(await store.certificate(other.fingerprint), { status: 'active', label: other.reserved.label })
    t.equal((await store.credentials(other.subscriberId)).length, 2)
    t.equal(await store.run('eraseSubscriber', act(), fresh()), 'unknown')
    t.equal(await store.run('nameAccount', act(), fresh(), 'x'), 'unknown')
  })
}

async function actionsAbout(store: Store, object: Hex): Promise<string[]> {
  return (await store.auditRowsAbout([object], 50)).map(({ action }) => action)
}
