import type { Test } from 'tap'
import type { Reservation } from '../../../src/domain/certificate/certificate.ts'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, complete, DAY, fresh, issue, NOW, reservation } from '../samples.ts'

const MOST = 2

export async function serviceRenewalsContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)
  const { id: siteId } = await addSite(store)
  const own = { issuer: 'api', profile: 'api', siteId, service: 'web', expiresAt: NOW + 100 * DAY } as const
  const first = () => issue(store, own)
  const reserve = (from: Hex, given: Partial<Reservation> = {}, at = NOW) => {
    const reserved = reservation({ ...own, ...given })
    return store.run('reserveRenewal', act(at), from, reserved, MOST).then((outcome) => ({ outcome, reserved }))
  }
  const renew = async (from: Hex) => complete(store, (await reserve(from)).reserved)
  const statusOf = async (...fingerprints: Hex[]) =>
    (await Promise.all(fingerprints.map((one) => store.certificate(one)))).map((one) => one?.status)

  await t.test('the older one goes on for a week beside the newer', async (t) => {
    const { fingerprint } = await first()
    const { fingerprint: next, reserved } = await renew(fingerprint)
    t.equal(await store.renewedFrom(next), fingerprint)
    t.equal(await store.renewedFrom(fingerprint), undefined)
    const rows = await store.auditRowsAbout([fingerprint], 10)
    t.match(
      rows.find(({ action }) => action === 'certificate-renewed'),
      { detail: { serial: reserved.serial, service: 'web' } },
    )
    await store.run('supersede', act(NOW + 7 * DAY - 1))
    t.same(await statusOf(fingerprint, next), ['active', 'active'])
    await store.run('supersede', act(NOW + 7 * DAY))
    t.match(await store.certificate(fingerprint), { status: 'revoked', reason: 'superseded' })
    t.same(await statusOf(next), ['active'], 'which ends nothing but itself')
  })

  await t.test('what cannot renew: another site or service, an ended or unknown one', async (t) => {
    const { fingerprint } = await first()
    const other = await addSite(store)
    const outcomes = [
      await reserve(fingerprint, { siteId: other.id }),
      await reserve(fingerprint, { service: 'mail' }),
      await reserve(fingerprint, { siteId: null, service: null }),
      await reserve(fingerprint, {}, own.expiresAt + 1),
      await reserve(fresh(32)),
      await reserve((await issue(store)).fingerprint, { siteId: null, service: null }),
    ]
    await store.run('hold', act(), fingerprint)
    outcomes.push(await reserve(fingerprint))
    await store.run('release', act(), fingerprint)
    t.same(
      outcomes.map(({ outcome }) => outcome),
      outcomes.map(() => 'not-active'),
    )
    t.equal((await reserve(fingerprint)).outcome, 'reserved')
    await store.run('revoke', act(), fingerprint, 'superseded')
    t.equal((await reserve(fingerprint)).outcome, 'not-active')
  })

  await t.test(
    'a key serves once: not the present one, not an earlier one, not one that is being signed',
    async (t) => {
      const { fingerprint, reserved } = await first()
      const second = await renew(fingerprint)
      t.equal((await reserve(second.fingerprint, { keyHash: second.reserved.keyHash })).outcome, 'key-used')
      t.equal((await reserve(second.fingerprint, { keyHash: reserved.keyHash })).outcome, 'key-used')
      const open = await reserve(second.fingerprint)
      t.equal((await reserve(second.fingerprint, { keyHash: open.reserved.keyHash })).outcome, 'key-used')
      await store.run('revoke', act(), fingerprint, 'key-compromise')
      const { fingerprint: another } = await first()
      t.equal((await reserve(another, { keyHash: reserved.keyHash })).outcome, 'compromised-key')
    },
  )

  await t.test('one certificate is renewed a few times at most; what came to nothing does not count', async (t) => {
    const { fingerprint } = await first()
    const nothing = await reserve(fingerprint)
    await store.run('abandon', act(), nothing.reserved.serial)
    for (let times = 0; times < MOST; times++) await renew(fingerprint)
    t.equal((await reserve(fingerprint)).outcome, 'too-many')
  })

  await t.test('what ends a certificate ends all that was renewed from it, and what is being renewed', async (t) => {
    for (const end of [revoking('key-compromise'), revoking('privilege-withdrawn'), revoking('unspecified')]) {
      const { fingerprint } = await first()
      const second = await renew(fingerprint)
      const [third, sister] = [await renew(second.fingerprint), await renew(fingerprint)]
      const open = await reserve(third.fingerprint)
      const { fingerprint: stranger } = await first()
      await end(store, second.fingerprint)
      t.same(await statusOf(second.fingerprint, third.fingerprint), ['revoked', 'revoked'])
      t.match(await store.certificate(third.fingerprint), { reason: 'privilege-withdrawn' })
      t.same(await statusOf(fingerprint, sister.fingerprint, stranger), ['active', 'active', 'active'], 'not above it')
      const late = await complete(store, open.reserved)
      t.equal(await store.certificate(late.fingerprint), undefined)
      const listed = await store.revoked('api', '', 1_000, NOW)
      t.ok(listed.some(({ serial }) => serial === open.reserved.serial))
    }
  })

  await t.test('what is learned of a superseded one later ends what came of it', async (t) => {
    for (const reason of ['key-compromise', 'cessation-of-operation'] as const) {
      const { fingerprint } = await first()
      const { fingerprint: next } = await renew(fingerprint)
      await store.run('supersede', act(NOW + 8 * DAY))
      t.equal(await store.run('revoke', act(), fingerprint, 'superseded'), 'already')
      t.same(await statusOf(fingerprint, next), ['revoked', 'active'])
      t.equal(await store.run('revoke', act(), fingerprint, reason), 'already')
      t.same(await statusOf(next), ['revoked'])
    }
  })

  await t.test('a hold holds all that was renewed from it; each is released on its own', async (t) => {
    const { fingerprint } = await first()
    const { fingerprint: next } = await renew(fingerprint)
    const open = await reserve(fingerprint)
    const { position } = await store.changes(0, 'verdicts')
    t.equal(await store.run('hold', act(), fingerprint), 'held')
    t.same(await statusOf(fingerprint, next), ['held', 'held'])
    const { changes } = await store.changes(position, 'verdicts')
    const told = changes === 'everything' ? [] : changes.map(({ key }) => key)
    t.ok([fingerprint, next].every((key) => told.includes(key)))
    t.equal(await store.certificate((await complete(store, open.reserved)).fingerprint), undefined)
    t.equal(await store.run('release', act(), fingerprint), 'released')
    t.same(await statusOf(fingerprint, next), ['active', 'held'])
  })
}

function revoking(reason: 'key-compromise' | 'privilege-withdrawn' | 'unspecified') {
  return (store: Store, fingerprint: Hex) => store.run('revoke', act(), fingerprint, reason)
}
