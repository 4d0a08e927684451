import t from 'tap'
import { createOwnTrust } from '../../../src/domain/account/own-trust.ts'
import { enterAccount } from '../account.ts'
import { callerOf, openTown } from '../town.ts'

const DAY = 86_400_000

t.test('its owner reads all of it, with the names of the sites, and hides it from the others', async (t) => {
  const { house, device, shop, bank, subjectAt, statements } = await openTown(t)
  const session = await enterAccount(house, device)
  const trust = createOwnTrust(house)
  t.same(await trust.view(session), { hidden: false, vouches: [], reports: [] })
  await statements.vouch(callerOf(shop), subjectAt(shop), 'paid', undefined)
  await statements.report(callerOf(bank), subjectAt(bank), 'abuse', 'Spam.')
  t.match(await trust.view(session), {
    vouches: [{ site: 'shop', kind: 'paid' }],
    reports: [{ site: 'bank', severity: 'abuse', message: 'Spam.', state: 'standing' }],
  })
  t.match(await statements.figure(callerOf(shop), subjectAt(shop)), { score: -10 })
  await trust.hide(session, true)
  t.equal(await statements.figure(callerOf(shop), subjectAt(shop)), null, 'also what speaks against him')
  t.match(await trust.view(session), { hidden: true, vouches: [{}], reports: [{}] })
  await trust.hide(session, false)
  t.match(await statements.figure(callerOf(shop), subjectAt(shop)), { score: -10 })
})

t.test('an appeal takes a report’s weight until its site says it again, once', async (t) => {
  const { house, device, shop, bank, subjectAt, statements } = await openTown(t)
  const session = await enterAccount(house, device)
  const trust = createOwnTrust(house)
  const report = () => statements.report(callerOf(bank), subjectAt(bank), 'intrusion', 'Break-in.')
  const { id } = await report()
  for (const words of ['', ' ', 'x'.repeat(501)])
    await t.rejects(trust.appeal(session, id, words), { code: 'text-invalid' })
  for (const wrong of ['', 'ff'.repeat(16), `${id}0`])
    await t.rejects(trust.appeal(session, wrong, 'No.'), { code: 'report-unknown' })
  await trust.appeal(session, id, 'That was\nnot me.')
  t.match(await statements.ownReport(callerOf(bank), subjectAt(bank)), {
    state: 'appealed',
    appeal: 'That was not me.',
  })
  const figure = () => statements.figure(callerOf(shop), subjectAt(shop))
  t.match(await figure(), { score: 0, reports: { standing: '0', appealed: '1-2' } })
  await t.rejects(trust.appeal(session, id, 'Once more.'), { code: 'report-settled' })
  await report()
  t.match(await figure(), { score: -10, reports: { standing: '1-2', appealed: '0' } })
  await t.rejects(trust.appeal(session, id, 'Once more.'), { code: 'report-settled' })
})

t.test('the switch and the appeals are no way to keep sites busy', async (t) => {
  const { house, device } = await openTown(t)
  const session = await enterAccount(house, device)
  const trust = createOwnTrust(house)
  for (let change = 0; change < 20; change++) await trust.hide(session, change % 2 === 0)
  await t.rejects(trust.hide(session, true), { code: 'too-many-guesses' })
  house.clock.time += DAY
  await t.resolves(trust.hide(session, true))
})
