import type { Test } from 'tap'
import type { Hex } from '../../../src/domain/hex.ts'
import type { CheckName } from '../../../src/domain/proving/check.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, DAY, type Enrolled, enroll, enrollment, fresh, invitation, NOW, walk } from '../samples.ts'

const MOST = 3

function credential(check: CheckName, given: { id?: Hex; lastStep?: number } = {}) {
  return { id: fresh(), check, secret: Buffer.from(fresh(), 'hex'), lastStep: null, ...given }
}

function passkeys({ subscriberId }: Pick<Enrolled, 'subscriberId'>, lastStep = 5) {
  const once = { id: fresh(), expiresAt: NOW + 300_000 }
  return { subscriberId, label: 'Key', credentials: [credential('passkey', { lastStep })], replace: false, once }
}

async function idsOf(store: Store, subscriberId: Hex, check: CheckName): Promise<readonly Hex[]> {
  return (await store.credentials(subscriberId)).filter((one) => one.check === check).map(({ id }) => id)
}

export async function checksContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)
  const shop = await addSite(store)

  await t.test('several of a check, each under its name, no passkey twice, and not without end', async (t) => {
    const enrolled = await enroll(store)
    const first = passkeys(enrolled)
    t.equal(await store.run('addChecks', act(NOW + 1), first, MOST), 'added')
    const [stored] = (await store.credentials(enrolled.subscriberId)).filter(({ check }) => check === 'passkey')
    t.match(stored, { label: 'Key', createdAt: NOW + 1, lastUsedAt: null, lastStep: 5 })
    const other = await enroll(store)
    const again = { ...passkeys(other), credentials: first.credentials }
    t.equal(await store.run('addChecks', act(), again, MOST), 'taken', 'another one’s passkey')
    const replayed = { ...passkeys(enrolled), once: first.once }
    t.equal(await store.run('addChecks', act(), replayed, MOST), 'taken', 'the same answer again')
    for (let i = 1; i < MOST; i++) t.equal(await store.run('addChecks', act(), passkeys(enrolled), MOST), 'added')
    t.equal(await store.run('addChecks', act(), passkeys(enrolled), MOST), 'too-many')
    t.equal((await idsOf(store, enrolled.subscriberId, 'passkey')).length, MOST)
    t.match((await store.auditRowsAbout([enrolled.subscriberId], 1))[0], { action: 'check-added' })
  })

  await t.test('a new set makes the old one void', async (t) => {
    const { subscriberId, recoveryCode } = await enroll(store)
    const set = { subscriberId, label: null, credentials: [credential('recovery-code')], replace: true }
    t.equal(await store.run('addChecks', act(), set, 0), 'added')
    const ids = await idsOf(store, subscriberId, 'recovery-code')
    t.same(ids, [set.credentials[0]!.id])
    t.notOk(ids.includes(recoveryCode))
    t.equal((await idsOf(store, subscriberId, 'totp')).length, 1, 'and nothing else')
  })

  await t.test('what was begun before an erasure adds nothing behind it', async (t) => {
    const enrolled = await enroll(store)
    await store.run('eraseSubscriber', act(), enrolled.subscriberId)
    const { subscriberId } = enrolled
    const set = { subscriberId, label: null, credentials: [credential('recovery-code')], replace: true }
    for (const addition of [passkeys(enrolled), set])
      t.equal(await store.run('addChecks', act(), addition, MOST), 'gone')
    t.same(await store.credentials(subscriberId), [])
  })

  await t.test('names are the owner’s to give', async (t) => {
    const [{ subscriberId, totp }, other] = [await enroll(store), await enroll(store)]
    t.equal(await store.run('renameCheck', act(), subscriberId, totp, 'Phone'), 'renamed')
    t.match(
      (await store.credentials(subscriberId)).find(({ id }) => id === totp),
      { label: 'Phone' },
    )
    t.equal(await store.run('renameCheck', act(), other.subscriberId, totp, 'Mine'), 'unknown')
    t.equal(await store.run('renameCheck', act(), subscriberId, fresh(), 'Mine'), 'unknown')
  })

  await t.test('what is needed stays, also when two are removed at once', async (t) => {
    const enrolled = await enroll(store)
    const { subscriberId, totp, recoveryCode } = enrolled
    const lists: readonly (readonly CheckName[])[] = [['totp', 'passkey'], ['recovery-code']]
    const remove = (id: Hex, whose = subscriberId) => store.run('removeCheck', act(), whose, id, lists)
    t.equal(await remove(totp), 'needed')
    t.equal(await remove(recoveryCode), 'needed')
    const addition = passkeys(enrolled)
    await store.run('addChecks', act(), addition, MOST)
    t.equal(await remove(totp, (await enroll(store)).subscriberId), 'unknown')
    const both = await Promise.all([remove(totp), remove(addition.credentials[0]!.id)])
    t.same([...both].sort(), ['needed', 'removed'])
    t.equal(await store.run('removeCheck', act(), subscriberId, recoveryCode, [['totp', 'passkey']]), 'removed')
  })

  await t.test('what was lacking before is no reason to keep another one', async (t) => {
    const { subscriberId, totp } = await enroll(store)
    t.equal(await store.run('removeCheck', act(), subscriberId, totp, [['password']]), 'removed')
  })

  await t.test('a passkey’s counter and its challenge go forward only', async (t) => {
    const enrolled = await enroll(store)
    const addition = passkeys(enrolled)
    await store.run('addChecks', act(), addition, MOST)
    const credentialId = addition.credentials[0]!.id
    const prove = (step: number, once: { id: Hex; expiresAt: number } | undefined) => {
      const proof = { check: 'passkey', credentialId, step, ...(once && { once }) } as const
      return store.run('walk', act(NOW + step), { ...walk(enrolled, shop.id, 0), proof })
    }
    const challenge = () => ({ id: fresh(), expiresAt: NOW + 300_000 })
    t.equal(await prove(5, challenge()), 'proof-used', 'it stands still')
    t.equal(await prove(4, challenge()), 'proof-used', 'it went back')
    t.equal(await prove(0, challenge()), 'proof-used', 'it counts no more')
    t.equal(await prove(6, undefined), 'proof-used', 'no challenge')
    const asked = challenge()
    t.equal(await prove(6, asked), 'passed')
    t.equal(await prove(7, asked), 'proof-used', 'the same challenge')
    t.equal(await prove(9, challenge()), 'passed')
    const held = (await store.credentials(enrolled.subscriberId)).find(({ id }) => id === credentialId)
    t.match(held, { lastStep: 9, lastUsedAt: NOW + 9, usedAt: null })
  })

  await t.test('one that never counts is told apart by its challenges alone', async (t) => {
    const enrolled = await enroll(store)
    const addition = passkeys(enrolled, 0)
    await store.run('addChecks', act(), addition, MOST)
    const once = { id: fresh(), expiresAt: NOW + 300_000 }
    const proof = { check: 'passkey', credentialId: addition.credentials[0]!.id, step: 0, once } as const
    const walks = Array.from({ length: 50 }, () => store.run('walk', act(), { ...walk(enrolled, shop.id, 0), proof }))
    const outcomes = await Promise.all(walks)
    t.equal(outcomes.filter((outcome) => outcome === 'passed').length, 1)
  })

  await t.test('a password proves again and again', async (t) => {
    const { subscriberId, ...enrolled } = await enroll(store)
    const password = credential('password')
    await store.run('addChecks', act(), { subscriberId, label: null, credentials: [password], replace: true }, 1)
    const proof = { check: 'password', credentialId: password.id, step: null } as const
    for (let i = 0; i < 2; i++)
      t.equal(await store.run('walk', act(), { ...walk({ subscriberId, ...enrolled }, shop.id, 0), proof }), 'passed')
  })

  await t.test('wrong answers are counted, and when the last one was', async (t) => {
    const [one, other] = [fresh(), fresh()]
    t.same(await store.misses(one, NOW), { count: 0, lastAt: 0 })
    await store.run('miss', [one, other], NOW, NOW + 3)
    await store.run('miss', [one], NOW, NOW + 9)
    t.same(await store.misses(one, NOW), { count: 2, lastAt: NOW + 9 })
    t.same(await store.misses(other, NOW), { count: 1, lastAt: NOW + 3 })
    t.same(await store.misses(one, NOW + DAY), { count: 0, lastAt: 0 })
  })

  await t.test('walks of one device to one site', async (t) => {
    const enrolled = await enroll(store)
    const elsewhere = await addSite(store)
    await store.run('walk', act(NOW), walk(enrolled, shop.id, 1))
    await store.run('walk', act(NOW + 10), walk(enrolled, shop.id, 2))
    await store.run('walk', act(NOW + 20), walk(enrolled, elsewhere.id, 3))
    t.equal(await store.walksSince(enrolled.fingerprint, shop.id, NOW - 1), 2)
    t.equal(await store.walksSince(enrolled.fingerprint, shop.id, NOW), 1)
    t.equal(await store.walksSince(fresh(32), shop.id, 0), 0)
  })

  await t.test('an invitation for somebody who is here adds a device to him, and to nobody else', async (t) => {
    const [known, other] = [await enroll(store), await enroll(store)]
    const { tokenHash } = await invited(store, known.subscriberId)
    const foreign = enrollment(tokenHash, { subscriberId: other.subscriberId })
    t.equal(await store.run('accept', act(), { ...foreign, subscriberId: other.subscriberId }), 'invitation-unusable')
    const asked = { ...enrollment(tokenHash), subscriberId: known.subscriberId }
    const reservation = { ...asked.reservation, subscriberId: known.subscriberId }
    const taken = { ...asked, reservation, credentials: [{ ...asked.credentials[0], id: other.totp }] }
    t.equal(await store.run('accept', act(), taken), 'check-taken')
    t.equal(await store.run('accept', act(), { ...asked, reservation }), 'reserved')
    t.match(await store.device(asked.device.id), { subscriberId: known.subscriberId })
    t.match(await store.subscriber(known.subscriberId), { createdAt: NOW })
    t.same(await idsOf(store, known.subscriberId, 'recovery-code'), [asked.credentials[1].id], 'the old codes are void')
    t.equal((await idsOf(store, known.subscriberId, 'totp')).length, 2)
    t.match((await store.auditRowsAbout([known.subscriberId], 1))[0], { action: 'subscriber-rejoined' })
  })
}

async function invited(store: Store, subscriberId: Hex) {
  const made = invitation({ subscriberId })
  await store.run('invite', act(), made)
  return made
}
