import t from 'tap'
import { createAccount } from '../../../src/domain/account/account.ts'
import { enrollDevice, openHouse, totpCode } from '../house.ts'

t.test('all parts of an account know the same person', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const account = createAccount(house)
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  const cookie = await account.sessions.open(device.fingerprint, 'change', answer, undefined)
  const session = await account.sessions.enter(cookie, device.fingerprint)
  t.match(await account.devices.list(session), [{ inHand: true }])
  t.match(await account.sites.list(session), [])
  t.match(await account.checks.list(session.subscriberId), [{ check: 'totp' }, { check: 'recovery-code', left: 10 }])
  t.match(await account.history(session), [{ kind: 'account-opened' }])
  t.match(await account.data.take(session), { account: { id: session.subscriberId } })
  t.equal(await account.pairing.look(session), undefined)
  t.ok(await account.renewal.begin(session))
})
