import t from 'tap'
import { createOwnSites } from '../../../src/domain/account/own-sites.ts'
import { monthOf } from '../../../src/domain/usage/month.ts'
import { Verdicts } from '../../../src/domain/verdict/verdicts.ts'
import { signInRow } from '../../store/samples.ts'
import { enterAccount } from '../account.ts'
import { addSite, enrollDevice, type House, makeTicket, openHouse, type TestDevice, totpCode } from '../house.ts'

t.test('forgotten there: the site’s next question gets another subject, at once', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const [shop, bank] = [await addSite(house), await addSite(house, 'bank')]
  const session = await enterAccount(house, device)
  house.clock.time += 30_000
  const answer = { check: 'totp', text: totpCode(house, device) } as const
  await house.revalidation.prove(makeTicket(house, shop, device), device.fingerprint, answer)
  const [askShop, askBank] = [await asking(house, shop.id), await asking(house, bank.id)]
  const [before, elsewhere] = [await askShop(device), await askBank(device)]
  t.equal(await askShop(device), before)

  const sites = createOwnSites(house)
  t.match(await sites.list(session), { length: 2 })
  await sites.forget(session, shop.id)
  t.match(await sites.list(session), [{ site: 'bank' }])
  const after = await askShop(device)
  t.not(after, before)
  t.equal(await askShop(device), after)
  t.equal(await askBank(device), elsewhere, 'others know the same person')
  t.match((await sites.list(session)).length, 2, 'who signs in again is known again')
})

t.test('who comes and goes all day does not make a site pay for a crowd', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const { id } = await addSite(house)
  const session = await enterAccount(house, device)
  const [sites, month] = [createOwnSites(house), monthOf(house.clock.now())]
  const { subscriberId } = session
  const come = (generation: number) => house.store.run('signIn', signInRow(id, subscriberId, { generation, month }))
  const comeAndGo = async () => {
    for (let generation = 0; generation < 50; generation++) {
      await come(generation)
      await sites.forget(session, id)
    }
  }
  await t.rejects(comeAndGo(), { code: 'too-many-guesses' })
  const [usage] = await house.store.usage(month, id)
  t.ok(usage && usage.people <= 5, 'one person, a few times over')
  const other = await addSite(house, 'bank')
  await house.store.run('signIn', signInRow(other.id, subscriberId))
  await sites.forget(session, other.id)
})

t.test('what nobody knows cannot be forgotten', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const { id } = await addSite(house)
  for (const wrong of [id, '0'.repeat(32), '', 'zz'.repeat(16)])
    await t.rejects(createOwnSites(house).forget(session, wrong), { code: 'site-unknown' })
})

/** A service of the site that asks for verdicts; it answers with the subject. */
async function asking(house: House, siteId: string): Promise<(device: TestDevice) => Promise<string | null>> {
  const { makeKeyPair, makeRequest } = await import('../../ca/request.ts')
  const binding = { subscriberId: null, deviceId: null, siteId, service: 'web' }
  const order = { profile: 'api', request: makeRequest(makeKeyPair()), label: 'web', site: 'shop', binding } as const
  const caller = (await house.issuance.issue({ actor: 'operator:test', order })).fingerprint
  const verdicts = new Verdicts({ ...house, signonUrl: 'https://id.test', capacity: 100 })
  return ({ fingerprint }) =>
    new Promise((resolve, reject) => {
      verdicts.ask({
        caller,
        queries: [{ fingerprint, returnTo: undefined, maxAge: undefined }],
        settle: (_asker, [outcome]) => (outcome instanceof Error ? reject(outcome) : resolve(outcome!.subject)),
        refuse: reject,
      })
    })
}
