import t, { type Test } from 'tap'
import type { Policy } from '../../../src/domain/policy.ts'
import type { WalkAnswer } from '../../../src/domain/revalidation/revalidation.ts'
import { addSite, enrollDevice, makeTicket, openHouse, totpCode } from '../house.ts'

t.test('what the question asked for is in its ticket, and takes nothing else', async (t) => {
  const { house, site, device, right, prove } = await setScene(t, { walksPerMinute: 100 })
  const asked = makeTicket(house, site, device, { checks: ['recovery-code'] })
  t.strictSame((await house.revalidation.open(asked, device.fingerprint)).checks, ['recovery-code'])
  await t.rejects(prove(right(), asked), { code: 'check-failed' })
  t.ok(await prove({ check: 'recovery-code', text: device.recoveryCodes[0]! }, asked))
  const passkey = makeTicket(house, site, device, { checks: ['passkey'] })
  await t.rejects(house.revalidation.open(passkey, device.fingerprint), { code: 'check-wanted' }, 'he can add one')
  await t.rejects(prove(right(), passkey), { code: 'check-wanted' })
  const password = makeTicket(house, site, device, { checks: ['password'] })
  await t.rejects(prove(right(), password), { code: 'check-missing' }, 'which no revalidation takes')
})

t.test('a policy that has become stricter counts for tickets that are under way', async (t) => {
  const { house, site, device, ticket, right, prove } = await setScene(t)
  const asked = makeTicket(house, site, device, { checks: ['totp'] })
  const { id: siteId, policyPosition: basedOn, returnTo } = site
  const policies = { site: {}, services: { web: { checks: ['recovery-code'] as const, displayName: 'The Shop' } } }
  const change = { siteId, basedOn, returnTo, checks: [], policies, logo: undefined, service: 'web', values: '' }
  await house.store.run('setSitePolicies', { at: house.clock.now(), actor: 'operator:x' }, change)
  t.match(await house.revalidation.open(ticket, device.fingerprint), { site: 'The Shop', checks: ['recovery-code'] })
  await t.rejects(prove(right(), ticket), { code: 'check-failed' })
  await t.rejects(prove(right(), asked), { code: 'ticket-unusable' }, 'nothing satisfies both')
  const ofOther = makeTicket(house, site, device, { service: 'mail' })
  t.match(await house.revalidation.open(ofOther, device.fingerprint), {
    site: 'shop',
    checks: ['totp', 'recovery-code'],
  })
})

async function setScene(t: Test, wishes: Partial<Policy> = {}) {
  const house = await openHouse(t, wishes)
  const site = await addSite(house)
  const device = await enrollDevice(house)
  const ticket = makeTicket(house, site, device)
  const right = (): WalkAnswer => ({ check: 'totp', text: totpCode(house, device) })
  const prove = (answer: WalkAnswer, sealed: string) => house.revalidation.prove(sealed, device.fingerprint, answer)
  return { house, site, device, ticket, right, prove }
}
