import t from 'tap'
import { createAnotherDevice } from '../../../src/domain/account/another-device.ts'
import { countOwn, countVisit, isVisitTold } from '../../../src/domain/account/own-change.ts'
import { createOwnChecks } from '../../../src/domain/account/own-checks.ts'
import { createOwnData } from '../../../src/domain/account/own-data.ts'
import { createOwnDevices } from '../../../src/domain/account/own-devices.ts'
import { createRenewal } from '../../../src/domain/account/renewal.ts'
import { accountsOf, enterAccount, openAccount } from '../account.ts'
import { enrollDevice, openHouse, totpCode } from '../house.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const TOO_OFTEN = { code: 'too-many-guesses' }

t.test('nobody fills the audit, and tells all sites, by changing his account all day', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const session = await enterAccount(house, device)
  const [devices, checks] = [createOwnDevices(house), createOwnChecks(house)]
  const [check] = await checks.list(session.subscriberId)
  const rowsBefore = (await house.store.auditRows(0, 1_000)).length
  for (let times = 0; times < 100; times++) await countOwn('change', house.store, session, house.clock.now())
  for (const [name, change] of [
    ['the name of a device', () => devices.rename(session, session.deviceId, 'x')],
    ['being asked no more', () => devices.askEveryTime(session, session.deviceId, false)],
    ['found again', () => devices.find(session, session.deviceId)],
    ['the name of the account', () => createOwnData(house).rename(session, 'x')],
    ['the name of a check', () => checks.rename(session, check!.id, 'x')],
    ['another device', () => createAnotherDevice(house).offer(session)],
  ] as const)
    await t.rejects(change(), TOO_OFTEN, name)
  t.equal((await house.store.auditRows(0, 1_000)).length, rowsBefore)
  await devices.lose(session, session.deviceId)
  t.match(await house.store.certificate(device.fingerprint), { status: 'held' }, 'what is safer is always taken')
})

t.test('one device uses up nothing for another, nor today for tomorrow', async (t) => {
  const house = await openHouse(t)
  const [one, other] = [
    await enterAccount(house, await enrollDevice(house)),
    await enterAccount(house, await enrollDevice(house)),
  ]
  const change = (session = one) => countOwn('change', house.store, session, house.clock.now())
  for (let times = 0; times < 100; times++) await change()
  await t.rejects(change(), TOO_OFTEN)
  await change(other)
  house.clock.time += DAY
  await change()
})

t.test('a device is renewed a few times a day, not without end', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const renewal = createRenewal(house)
  for (let times = 0; times < 10; times++) await renewal.begin(session)
  await t.rejects(renewal.begin(session), TOO_OFTEN)
})

t.test('a thief who opens the account all day keeps its owner out by nothing, and fills no audit', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const session = await enterAccount(house, device)
  const visits = async () =>
    (await house.store.auditRows(0, 1_000)).filter(({ action }) => action === 'account-opened').length
  t.equal(await visits(), 1)
  for (let times = 1; times < 200; times++) await countVisit(house.store, session, house.clock.now())
  const owner = await accountsOf(house).enter(await openAccount(house, device), device.fingerprint)
  t.equal(await visits(), 1)
  await createOwnDevices(house).revoke(owner, owner.deviceId)
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked' })
})

t.test('a visit that was refused makes no room for one that is not told', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const session = await enterAccount(house, device)
  for (let times = 1; times < 198; times++) await countVisit(house.store, session, house.clock.now())
  house.clock.time += MINUTE
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  const twice = [1, 2].map(() => accountsOf(house).open(device.fingerprint, 'change', answer, undefined))
  const outcomes = (await Promise.allSettled(twice)).map(({ status }) => status)
  t.same(outcomes.toSorted(), ['fulfilled', 'rejected'])
  t.ok(await isVisitTold(house.store, session, house.clock.now()))
})

t.test('what a thief has used up leaves the checks to their owner, who takes the thief’s away', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const checks = createOwnChecks(house)
  const [check] = await checks.list(session.subscriberId)
  for (let times = 0; times < 100; times++) await countOwn('change', house.store, session, house.clock.now())
  await checks.renewRecoveryCodes(session, digests())
  for (let times = 1; times < 100; times++) await countOwn('check', house.store, session, house.clock.now())
  await t.rejects(checks.renewRecoveryCodes(session, digests()), TOO_OFTEN)
  await t.rejects(checks.remove(session, check!.id), { code: 'check-needed' }, 'asked, and not counted')
})

function digests(): string[] {
  return Array.from({ length: 10 }, (_, index) => String(index).repeat(64))
}
