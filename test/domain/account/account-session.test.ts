import t from 'tap'
import { type AccountSessions, createAccountSessions } from '../../../src/domain/account/account-session.ts'
import { createProving } from '../../../src/domain/proving/proving.ts'
import { accountsOf, enterAccount, openAccount } from '../account.ts'
import { enrollDevice, openHouse, totpCode } from '../house.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

t.test('the door tells what to prove oneself with, and changes nothing', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop')
  const door = await accountsOf(house).ask(device.fingerprint, 'change')
  t.match(door, { label: 'Laptop', checks: ['totp', 'recovery-code'], passkey: undefined })
  await t.rejects(accountsOf(house).ask(undefined, 'change'), { code: 'certificate-missing' })
  await t.rejects(accountsOf(house).ask('0'.repeat(64), 'change'), { code: 'ticket-foreign' })
})

t.test('a right answer opens it, once; the cookie is not in the store', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const accounts = accountsOf(house)
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  const cookie = await accounts.open(device.fingerprint, 'change', answer, undefined)
  t.match(cookie, /^[A-Za-z0-9_-]{43}$/)
  const session = await accounts.enter(cookie, device.fingerprint)
  t.match(session, { fingerprint: device.fingerprint, provenWith: 'totp', provenAt: house.clock.now() })
  t.equal(await house.store.session(Buffer.from(cookie).toString('hex').slice(0, 64)), undefined)
  await t.rejects(accounts.open(device.fingerprint, 'change', answer, undefined), { code: 'check-failed' })
  const wrong = { check: 'totp', text: '000000' } as const
  await t.rejects(accounts.open(device.fingerprint, 'change', wrong, undefined), { code: 'check-failed' })
  await t.rejects(accounts.open(undefined, 'change', wrong, undefined), { code: 'certificate-missing' })
})

t.test('one of 50 at once with one code is let in', async (t) => {
  const house = await openHouse(t, { guessesPerMinute: 1_000, guessesPerDay: 1_000 })
  const device = await enrollDevice(house)
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  const all = Array.from({ length: 50 }, () => accountsOf(house).open(device.fingerprint, 'change', answer, undefined))
  const outcomes = await Promise.allSettled(all)
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const outcome of outcomes) if (outcome.status === 'rejected') t.match(outcome.reason, { code: 'check-failed' })
})

t.test('a new proof replaces the session: what was typed before it is outdated', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const accounts = accountsOf(house)
  const first = await openAccount(house, device)
  const before = await accounts.enter(first, device.fingerprint)
  house.clock.time += 30_000
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  const second = await accounts.open(device.fingerprint, 'change', answer, first)
  await t.rejects(accounts.enter(first, device.fingerprint), { code: 'session-missing' })
  const after = await accounts.enter(second, device.fingerprint)
  accounts.requireToken(after, after.token)
  for (const wrong of [before.token, undefined, '', `${after.token}x`, after.token.toLowerCase()])
    t.throws(() => accounts.requireToken(after, wrong), { code: 'form-outdated' })
})

t.test('another certificate, or none: the session is void for all', async (t) => {
  const house = await openHouse(t)
  const [mine, other] = [await enrollDevice(house), await enrollDevice(house)]
  for (const presented of [other.fingerprint, undefined]) {
    const cookie = await openAccount(house, mine)
    await t.rejects(accountsOf(house).enter(cookie, presented), { code: 'session-missing' })
    await t.rejects(accountsOf(house).enter(cookie, mine.fingerprint), { code: 'session-missing' })
  }
  for (const cookie of [undefined, '', 'A'.repeat(43), '../../etc'])
    await t.rejects(accountsOf(house).enter(cookie, mine.fingerprint), { code: 'session-missing' })
})

t.test('it ends with its certificate, and is not back when that is', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const cookie = await openAccount(house, device)
  const act = { at: house.clock.now(), actor: 'operator:test' } as const
  await house.store.run('hold', act, device.fingerprint)
  await t.rejects(accountsOf(house).enter(cookie, device.fingerprint), { code: 'session-missing' })
  await t.rejects(accountsOf(house).ask(device.fingerprint, 'change'), { code: 'certificate-held' })
  await house.store.run('release', act, device.fingerprint)
  await t.rejects(accountsOf(house).enter(cookie, device.fingerprint), { code: 'session-missing' })
})

/** Comes back at each of these times after the opening, and tells whether it was let in the last time. */
const STAYS: readonly (readonly [string, times: readonly number[], boolean])[] = [
  ['15 minutes without a request', [15 * MINUTE], true],
  ['more than that', [15 * MINUTE + 1], false],
  ['a request in between', [10 * MINUTE, 24 * MINUTE], true],
  ['idle after a request', [10 * MINUTE, 26 * MINUTE], false],
  ['12 hours of work', Array.from({ length: 72 }, (_, i) => (i + 1) * 10 * MINUTE - 1), true],
  ['more than that', Array.from({ length: 72 }, (_, i) => (i + 1) * 10 * MINUTE), false],
]

for (const [name, times, isIn] of STAYS) {
  t.test(`how long it lasts: ${name}`, async (t) => {
    const house = await openHouse(t)
    const device = await enrollDevice(house)
    const cookie = await openAccount(house, device)
    const opened = house.clock.now()
    const entered = []
    for (const time of times) {
      house.clock.time = opened + time
      entered.push(await isLetIn(accountsOf(house), cookie, device.fingerprint))
    }
    t.equal(entered.at(-1), isIn)
    t.notOk(entered.slice(0, -1).includes(false))
  })
}

t.test('a clock that is far behind proves nothing', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const cookie = await openAccount(house, device)
  house.clock.time -= 2 * HOUR
  t.notOk(await isLetIn(accountsOf(house), cookie, device.fingerprint))
})

t.test('a certificate past its notAfter opens nothing', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  house.clock.time = (await house.store.certificate(device.fingerprint))!.notAfter - MINUTE
  const cookie = await openAccount(house, device)
  house.clock.time += MINUTE
  await t.rejects(accountsOf(house).enter(cookie, device.fingerprint), { code: 'certificate-expired' })
})

t.test('revoked while the answer was looked at: it says so', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const proving = createProving(house)
  const accounts = createAccountSessions({
    ...house,
    proving: {
      ...proving,
      examine: async (...given) => {
        const proof = await proving.examine(...given)
        const act = { at: house.clock.now(), actor: 'operator:test' } as const
        await house.store.run('revoke', act, device.fingerprint, 'superseded')
        return proof
      },
    },
  })
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  await t.rejects(accounts.open(device.fingerprint, 'change', answer, undefined), { code: 'certificate-revoked' })
})

t.test('what guards the account wants a fresh proof, by a check that suffices', async (t) => {
  const house = await openHouse(t, { deviceWith: ['passkey'] })
  const device = await enrollDevice(house)
  const session = await enterAccount(house, device)
  const accounts = accountsOf(house)
  accounts.requireFresh(session, 'change')
  t.throws(() => accounts.requireFresh(session, 'device'), { code: 'proof-stale' })
  house.clock.time = session.provenAt + 10 * MINUTE
  accounts.requireFresh(session, 'change')
  house.clock.time += 1
  t.throws(() => accounts.requireFresh(session, 'change'), { code: 'proof-stale' })
})

t.test('signing out ends it', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const cookie = await openAccount(house, device)
  const accounts = accountsOf(house)
  for (const nothing of [undefined, '', 'A'.repeat(43)]) await accounts.end(nothing)
  t.ok(await accounts.enter(cookie, device.fingerprint))
  await accounts.end(cookie)
  await t.rejects(accounts.enter(cookie, device.fingerprint), { code: 'session-missing' })
})

async function isLetIn(accounts: AccountSessions, cookie: string, fingerprint: string): Promise<boolean> {
  return accounts.enter(cookie, fingerprint).then(
    () => true,
    (error) => {
      if (error.code !== 'session-missing') throw error
      return false
    },
  )
}
