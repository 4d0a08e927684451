import t, { type Test } from 'tap'
import type { Asker } from '../../../src/domain/site/asker.ts'
import type { Site } from '../../../src/domain/site/site.ts'
import { createSiteAccounts, openAccount } from '../../../src/domain/site/site-account.ts'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'
import { DAY, enroll, signInRow } from '../../store/samples.ts'
import { addSite, openHouse } from '../house.ts'

t.test('an account is sealed for its site and its person, and for nobody else', async (t) => {
  const { accounts, house, shop, bank, alice, bob } = await open(t)
  await accounts.bind(shop.asker, alice.at(shop), 'zoë@shop')
  await accounts.bind(bank.asker, alice.at(bank), 'customer 7')
  await accounts.bind(shop.asker, bob.at(shop), 'bob')
  const key = house.keyring['site-account']
  const rows = await house.store.siteAccounts(alice.id)
  t.equal(rows.length, 2)
  const atShop = rows.find(({ siteId }) => siteId === shop.site.id)!.sealed
  t.notOk(Buffer.from(atShop).includes('zo'), 'not readable in the store')
  t.equal(openAccount(key, atShop, shop.site.id, alice.id), 'zoë@shop')
  t.throws(() => openAccount(key, atShop, bank.site.id, alice.id), { code: 'internal' }, 'moved to another site')
  t.throws(() => openAccount(key, atShop, shop.site.id, bob.id), { code: 'internal' }, 'moved to another person')
  t.throws(() => openAccount(house.keyring.secret, atShop, shop.site.id, alice.id), { code: 'internal' })
})

t.test('the same once more writes nothing; another one takes its place; none is none', async (t) => {
  const { accounts, house, shop, alice } = await open(t)
  const rows = async () => (await house.store.auditHead()).count
  await accounts.bind(shop.asker, alice.at(shop), 'one')
  const before = await rows()
  await accounts.bind(shop.asker, alice.at(shop), 'one')
  t.equal(await rows(), before)
  await accounts.bind(shop.asker, alice.at(shop), 'two')
  const [{ sealed, siteId } = { sealed: Buffer.alloc(0), siteId: '' }] = await house.store.siteAccounts(alice.id)
  t.equal(openAccount(house.keyring['site-account'], sealed, siteId, alice.id), 'two')
  await accounts.remove(shop.asker, alice.at(shop))
  t.same(await house.store.siteAccounts(alice.id), [])
  const after = await rows()
  await accounts.remove(shop.asker, alice.at(shop))
  t.equal(await rows(), after)
})

t.test('what cannot be opened any more is replaced', async (t) => {
  const { accounts, house, shop, alice } = await open(t)
  const { id } = shop.site
  const act = { at: 1, actor: 'site:shop' } as const
  await house.store.run('bindAccount', act, id, alice.at(shop), alice.id, Buffer.from('sealed under a lost key'))
  await accounts.bind(shop.asker, alice.at(shop), 'one')
  const [{ sealed } = { sealed: Buffer.alloc(0) }] = await house.store.siteAccounts(alice.id)
  t.equal(openAccount(house.keyring['site-account'], sealed, id, alice.id), 'one')
})

t.test('a site that goes on changing what it calls somebody fills neither the audit nor the feed', async (t) => {
  const { accounts, house, shop, bank, alice, bob } = await open(t)
  const change = async (times: number) => {
    for (let time = 0; time < times; time++) {
      await accounts.bind(shop.asker, alice.at(shop), `name ${time}`)
      await accounts.remove(shop.asker, alice.at(shop))
    }
  }
  const midnight = 86_400_000 - (house.clock.time % 86_400_000)
  await t.rejects(change(50), { code: 'too-many-guesses', wait: midnight })
  const { count } = await house.store.auditHead()
  await t.rejects(change(50), { code: 'too-many-guesses' })
  t.equal((await house.store.auditHead()).count, count)
  await accounts.bind(shop.asker, bob.at(shop), 'bob')
  await accounts.bind(bank.asker, alice.at(bank), 'customer 7')
  house.clock.time += 24 * 60 * 60_000
  await accounts.bind(shop.asker, alice.at(shop), 'tomorrow')
})

t.test(
  'what a site has used up of its day does not tell it who comes back after it was told to forget him',
  async (t) => {
    const { accounts, house, shop, alice } = await open(t)
    const change = async (subject: string, times: number) => {
      for (let time = 0; time < times; time++) await accounts.bind(shop.asker, subject, `name ${time}`)
    }
    await t.rejects(change(alice.at(shop), 50), { code: 'too-many-guesses' })
    await house.store.run('forgetSubject', { at: house.clock.now(), actor: 'operator:test' }, alice.id, shop.site.id)
    const subject = pairwiseSubject(house.keyring.subject, shop.site.id, alice.id, 1)
    await house.store.run('signIn', signInRow(shop.site.id, alice.id, { subject, generation: 1 }))
    await t.resolves(change(subject, 20), 'as of anybody new')
  },
)

t.test('a site changes 5,000 accounts a day; the first one of each person and day is free', async (t) => {
  const { accounts, house, shop, bank, alice, bob } = await open(t)
  const period = house.clock.now() - (house.clock.now() % DAY)
  const spend = async (times: number) => {
    for (let time = 0; time < times; time++)
      await house.store.run('guess', `account:${shop.site.id}`, period, Number.MAX_SAFE_INTEGER)
  }
  await accounts.bind(shop.asker, alice.at(shop), 'first')
  await spend(4_999)
  await accounts.bind(shop.asker, alice.at(shop), 'second')
  const { count } = await house.store.auditHead()
  await t.rejects(accounts.bind(shop.asker, alice.at(shop), 'third'), { code: 'too-many-guesses' })
  t.equal((await house.store.auditHead()).count, count)
  await accounts.bind(shop.asker, bob.at(shop), 'bob')
  await accounts.remove(shop.asker, bob.at(shop))
  await t.rejects(accounts.bind(shop.asker, bob.at(shop), 'bobby'), { code: 'too-many-guesses' }, 'not as a first one')
  await accounts.bind(bank.asker, alice.at(bank), 'customer 7')
  house.clock.time += DAY
  await accounts.bind(shop.asker, alice.at(shop), 'tomorrow')
})

t.test('another site’s subject, and nobody’s, are refused alike', async (t) => {
  const { accounts, house, shop, bank, alice } = await open(t)
  for (const subject of [alice.at(bank), 'A'.repeat(43), '', 'x', `${alice.at(shop)}A`]) {
    await t.rejects(accounts.bind(shop.asker, subject, 'mine'), { code: 'subject-unknown' }, subject)
    await t.rejects(accounts.remove(shop.asker, subject), { code: 'subject-unknown' }, subject)
  }
  t.same(await house.store.siteAccounts(alice.id), [])
})

t.test('a text of 1 to 256 bytes that ends no line', async (t) => {
  const { accounts, shop, alice } = await open(t)
  for (const account of ['a', 'ä'.repeat(128), '🙂'.repeat(64), ' a b ', '"{}%', '=1+1'])
    await accounts.bind(shop.asker, alice.at(shop), account)
  for (const account of ['', 'ä'.repeat(129), '🙂'.repeat(65), 'a\nb', 'a\0', '\x7f', '\x85', '\ud800'])
    await t.rejects(accounts.bind(shop.asker, alice.at(shop), account), { code: 'account-invalid' })
})

/** Two people whom two sites have signed in. */
async function open(t: Test) {
  const house = await openHouse(t)
  const askerOf = (site: Site) => ({ site, asker: { site, service: 'web', fingerprint: 'ca'.repeat(32) } as Asker })
  const [shop, bank] = [askerOf(await addSite(house)), askerOf(await addSite(house, 'bank'))]
  const person = async () => {
    const { subscriberId: id } = await enroll(house.store)
    const at = ({ site }: { site: Site }) => pairwiseSubject(house.keyring.subject, site.id, id)
    for (const one of [shop, bank]) await house.store.run('signIn', signInRow(one.site.id, id, { subject: at(one) }))
    return { id, at }
  }
  const [alice, bob] = [await person(), await person()]
  return { house, accounts: createSiteAccounts(house), shop, bank, alice, bob }
}
