import { HOTP, Secret } from 'otpauth'
import t, { type Test } from 'tap'
import { createOwnChecks, type OwnChecks, type Owner } from '../../../src/domain/account/own-checks.ts'
import { drawRecoveryCodes } from '../../../src/web/recovery-codes.ts'
import { Authenticator } from '../../checks/authenticator.ts'
import { DIGESTS } from '../../checks/recovery-digests.ts'
import { countOf, enrollDevice, type House, openHouse, type TestDevice } from '../house.ts'
import { addPasskey, ownerOf } from '../person.ts'

const MINUTE = 60_000
const SESSION = 'session-1'

interface Scene {
  readonly house: House
  readonly device: TestDevice
  readonly owner: Owner
  readonly own: OwnChecks
}

async function setScene(t: Test, wishes: Parameters<typeof openHouse>[1] = {}): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const device = await enrollDevice(house)
  return { house, device, owner: await ownerOf(house, device), own: createOwnChecks(house) }
}

/** What an app with this secret shows. */
function codeOf({ clock }: House, secret: string): string {
  return HOTP.generate({ secret: Secret.fromBase32(secret), counter: Math.floor(clock.now() / 30_000) })
}

t.test('what somebody has: recovery codes are one, and what is needed cannot go', async (t) => {
  const { house, device, owner, own } = await setScene(t)
  t.match(await own.list(owner.subscriberId), [
    { check: 'totp', label: null, left: null, removable: false },
    { check: 'recovery-code', left: 10, removable: false },
  ])
  await addPasskey(house, device)
  const [passkey, totp] = await own.list(owner.subscriberId)
  t.match(passkey, { check: 'passkey', label: 'Key', removable: true, createdAt: house.clock.now(), lastUsedAt: null })
  t.match(totp, { removable: true })
  await own.remove(owner, totp!.id)
  t.match(await own.list(owner.subscriberId), [{ check: 'passkey', removable: false }, { check: 'recovery-code' }])
  await t.rejects(own.remove(owner, passkey!.id), { code: 'check-needed' })
  t.equal(await countOf(house, 'check-removed'), 1)
})

t.test('several passkeys, each once', async (t) => {
  const { house, device, owner, own } = await setScene(t)
  const first = await addPasskey(house, device)
  await addPasskey(house, device)
  await t.rejects(addPasskey(house, device, first), { code: 'check-refused' }, 'it is there already')
  const stranger = await enrollDevice(house, 'Phone')
  await t.rejects(addPasskey(house, stranger, first), { code: 'check-refused' }, 'and another one’s')
  t.equal((await own.list(owner.subscriberId)).filter(({ check }) => check === 'passkey').length, 2)
})

t.test('a passkey is made for its own session and person, once of 50', async (t) => {
  const { house, owner, own } = await setScene(t)
  const options = await own.beginPasskey(owner, SESSION)
  const response = new Authenticator().create(options)
  const made = { label: 'Key', response }
  await t.rejects(own.finishPasskey(owner, 'session-2', made), { code: 'check-refused' })
  const stranger = await ownerOf(house, await enrollDevice(house, 'Phone'))
  await t.rejects(own.finishPasskey(stranger, SESSION, made), { code: 'check-refused' })
  await t.rejects(own.finishPasskey(owner, SESSION, { ...made, label: '\u202e' }), { code: 'label-invalid' })
  const tries = Array.from({ length: 50 }, () => own.finishPasskey(owner, SESSION, made))
  const outcomes = await Promise.allSettled(tries)
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  const [one] = await own.list(owner.subscriberId)
  await own.remove(owner, one!.id)
  await t.rejects(own.finishPasskey(owner, SESSION, made), { code: 'check-refused' }, 'also when it is gone again')
})

t.test('an app is added when it shows its first code, which is then used up', async (t) => {
  const { house, owner, own } = await setScene(t)
  const { pending, keepsake } = await own.beginTotp(owner)
  t.match(keepsake.uri, /^otpauth:\/\/totp\//)
  t.equal((await own.list(owner.subscriberId)).length, 2, 'nothing is there yet')
  const code = codeOf(house, keepsake.secret)
  const wrong = code === '000000' ? '111111' : '000000'
  await t.rejects(own.finishTotp(owner, { pending, label: 'Phone', code: wrong }), { code: 'check-failed' })
  await own.finishTotp(owner, { pending, label: 'Phone', code })
  await t.rejects(own.finishTotp(owner, { pending, label: 'Phone', code }), { code: 'check-refused' }, 'once')
  const added = (await house.store.credentials(owner.subscriberId)).find(({ label }) => label === 'Phone')
  t.equal(added?.lastStep, Math.floor(house.clock.now() / 30_000))
  const stranger = await ownerOf(house, await enrollDevice(house))
  const other = await own.beginTotp(owner)
  const shown = { pending: other.pending, label: 'x', code: codeOf(house, other.keepsake.secret) }
  await t.rejects(own.finishTotp(stranger, shown), { code: 'check-refused' }, 'another person')
})

t.test('first codes are guesses too', async (t) => {
  const { owner, own } = await setScene(t)
  const { pending } = await own.beginTotp(owner)
  const guess = () => own.finishTotp(owner, { pending, label: 'x', code: 'nonsense' })
  for (let i = 0; i < 5; i++) await t.rejects(guess(), { code: 'check-failed' })
  await t.rejects(guess(), { code: 'too-many-guesses' })
})

t.test('recovery codes are drawn anew, and the old ones are void', async (t) => {
  const { house, device, owner, own } = await setScene(t)
  const { codes, digests } = await drawRecoveryCodes()
  const proves = async (code: string) => {
    const kept = (await house.store.credentials(owner.subscriberId)).filter(({ check }) => check === 'recovery-code')
    t.equal(kept.length, 10)
    return (await house.checks['recovery-code'].match(kept, code, { now: 0, context: '' })) !== undefined
  }
  await t.rejects(own.renewRecoveryCodes(owner, digests.slice(1)), { code: 'check-refused' })
  t.ok(await proves(device.recoveryCodes[0]!), 'what was refused made nothing void')
  await own.renewRecoveryCodes(owner, digests)
  t.notOk(await proves(device.recoveryCodes[0]!))
  t.ok(await proves(codes[0]!))
  await own.renewRecoveryCodes(owner, digests)
  t.ok(await proves(codes[0]!), 'an answer was lost, and the page asks again')
})

t.test('who is erased in another tab meanwhile has nothing added', async (t) => {
  const { house, owner, own } = await setScene(t)
  await house.store.run('eraseSubscriber', { at: house.clock.now(), actor: 'operator:test' }, owner.subscriberId)
  await t.rejects(own.renewRecoveryCodes(owner, DIGESTS), { code: 'check-refused' })
  t.same(await house.store.credentials(owner.subscriberId), [])
})

t.test('a password where the policy knows one, and only the last', async (t) => {
  const { owner, own } = await setScene(t)
  t.notOk(own.addable.includes('password'))
  await t.rejects(own.setPassword(owner, 'correct horse battery'), { code: 'check-refused' })
  const asked = await setScene(t, { revalidateWith: ['passkey', 'totp', 'password', 'recovery-code'] })
  t.ok(asked.own.addable.includes('password'))
  await t.rejects(asked.own.setPassword(asked.owner, 'password1'), { code: 'password-refused' })
  await asked.own.setPassword(asked.owner, 'correct horse battery')
  await asked.own.setPassword(asked.owner, 'another horse battery')
  const kept = (await asked.house.store.credentials(asked.owner.subscriberId)).filter(
    ({ check }) => check === 'password',
  )
  t.equal(kept.length, 1)
  const moment = { now: 0, context: '' }
  t.ok(await asked.house.checks.password.match(kept, 'another horse battery', moment))
})

t.test('names are one’s own to give', async (t) => {
  const { house, owner, own } = await setScene(t)
  const [totp] = await own.list(owner.subscriberId)
  await own.rename(owner, totp!.id, ' Old   phone ')
  t.match(await own.list(owner.subscriberId), [{ label: 'Old phone' }, {}])
  const stranger = await ownerOf(house, await enrollDevice(house))
  for (const change of [() => own.rename(stranger, totp!.id, 'x'), () => own.remove(stranger, totp!.id)])
    await t.rejects(change(), { code: 'check-unknown' })
  await t.rejects(own.rename(owner, totp!.id, 'a\u0000b'), { code: 'label-invalid' })
})

t.test('every change wants a proof of the last ten minutes', async (t) => {
  const { house, owner, own } = await setScene(t)
  const [totp] = await own.list(owner.subscriberId)
  const { pending } = await own.beginTotp(owner)
  house.clock.time += 10 * MINUTE
  t.ok(await own.beginPasskey(owner, SESSION))
  house.clock.time += 1
  const late: readonly (() => Promise<unknown>)[] = [
    () => own.beginPasskey(owner, SESSION),
    () => own.finishPasskey(owner, SESSION, { label: 'x', response: '' }),
    () => own.beginTotp(owner),
    () => own.finishTotp(owner, { pending, label: 'x', code: '000000' }),
    () => own.setPassword(owner, 'correct horse battery'),
    () => own.renewRecoveryCodes(owner, DIGESTS),
    () => own.rename(owner, totp!.id, 'x'),
    () => own.remove(owner, totp!.id),
  ]
  for (const change of late) await t.rejects(change(), { code: 'proof-stale' })
  t.equal((await own.list(owner.subscriberId)).length, 2)
})
