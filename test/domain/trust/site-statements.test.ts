import t from 'tap'
import { callerOf, openTown } from '../town.ts'

const DAY = 86_400_000

t.test('a site vouches, other sites are told how many do, and it takes it back', async (t) => {
  const { house, shop, bank, subjectAt, statements } = await openTown(t)
  const [seller, teller] = [callerOf(shop), callerOf(bank)]
  const now = house.clock.now()
  t.equal(await statements.figure(teller, subjectAt(bank)), null)
  t.same(await statements.vouch(seller, subjectAt(shop), 'known-person', undefined), {
    siteId: shop.id,
    kind: 'known-person',
    since: now,
    expiresAt: now + 180 * DAY,
  })
  t.match(await statements.figure(teller, subjectAt(bank)), {
    score: 10,
    sites: '1-2',
    unproven: '0',
    kinds: { 'known-person': '1-2' },
  })
  t.equal(await statements.figure(seller, subjectAt(shop)), null, 'nothing of its own')
  t.match(await statements.ownVouch(seller, subjectAt(shop)), { kind: 'known-person' })
  t.equal(await statements.ownVouch(teller, subjectAt(bank)), null)
  await statements.withdrawVouch(seller, subjectAt(shop))
  t.equal(await statements.figure(teller, subjectAt(bank)), null)
})

t.test('who only asked is in `unproven` and his report is not heard, until the person walks to him', async (t) => {
  const { bank, club, subjectAt, signIn, meet, statements } = await openTown(t)
  await signIn(club)
  const [guest, teller] = [callerOf(club), callerOf(bank)]
  const figure = () => statements.figure(teller, subjectAt(bank))
  t.equal(await statements.isMet(guest, subjectAt(club)), false)
  await t.rejects(statements.isMet(guest, subjectAt(bank)), { code: 'subject-unknown' })
  await statements.vouch(guest, subjectAt(club), 'known-person', undefined)
  t.match(await figure(), { score: 0, sites: '0', unproven: '1-2', kinds: {}, since: null })
  await statements.report(guest, subjectAt(club), 'abuse', 'Spam.')
  t.match(await figure(), { score: 0, unproven: '1-2', reports: { standing: '0' } })
  await meet(club)
  t.equal(await statements.isMet(guest, subjectAt(club)), true)
  t.match(await figure(), { score: -10, unproven: '0', reports: { standing: '1-2' } })
  await statements.withdrawReport(guest, subjectAt(club))
  t.match(await figure(), { score: 10, sites: '1-2', unproven: '0' })
})

t.test('a vouch ends within a year', async (t) => {
  const { house, shop, subjectAt, statements } = await openTown(t)
  const vouch = (end: Parameters<typeof statements.vouch>[3]) =>
    statements.vouch(callerOf(shop), subjectAt(shop), 'paid', end)
  const now = house.clock.now()
  t.equal((await vouch({ in: 365 * DAY })).expiresAt, now + 365 * DAY)
  t.equal((await vouch({ at: now + 1 })).expiresAt, now + 1)
  for (const end of [{ in: 365 * DAY + 1 }, { in: 0 }, { at: now }, { at: Number.NaN }])
    await t.rejects(vouch(end), { code: 'query-invalid' })
})

t.test('a report, the figure with it, and its end', async (t) => {
  const { house, shop, bank, subjectAt, statements } = await openTown(t)
  const report = (message: string) => statements.report(callerOf(shop), subjectAt(shop), 'intrusion', message)
  t.match(await report(' Logs in\r\nfrom nowhere. '), {
    message: 'Logs in from nowhere.',
    state: 'standing',
    expiresAt: house.clock.now() + 90 * DAY,
  })
  t.match(await statements.figure(callerOf(bank), subjectAt(bank)), { score: -10, reports: { standing: '1-2' } })
  for (const message of ['', 'x'.repeat(501), 'a\u202eb']) await t.rejects(report(message), { code: 'text-invalid' })
  house.clock.time += 90 * DAY
  t.equal(await statements.ownReport(callerOf(shop), subjectAt(shop)), null)
  t.equal(await statements.figure(callerOf(bank), subjectAt(bank)), null)
  await report('Again.')
  await statements.withdrawReport(callerOf(shop), subjectAt(shop))
  t.equal(await statements.ownReport(callerOf(shop), subjectAt(shop)), null)
})

t.test(
  'whoever never signed somebody in, or was told to forget him, has no voice, and all are told the same',
  async (t) => {
    const { house, subscriberId, shop, club, subjectAt, signIn, statements } = await openTown(t)
    await house.store.run('forgetSubject', { at: house.clock.now(), actor: 'operator:test' }, subscriberId, shop.id)
    const said = new Set<string>()
    for (const [site, subject] of [
      [club, subjectAt(club)],
      [club, subjectAt(shop)],
      [shop, subjectAt(shop)],
      [shop, subjectAt(shop, 1)],
      [shop, 'nobody'],
    ] as const) {
      const by = callerOf(site)
      for (const act of [
        () => statements.vouch(by, subject, 'paid', undefined),
        () => statements.withdrawVouch(by, subject),
        () => statements.ownVouch(by, subject),
        () => statements.report(by, subject, 'abuse', 'Spam.'),
        () => statements.withdrawReport(by, subject),
        () => statements.ownReport(by, subject),
      ])
        await act().then(
          () => t.fail('it may not speak'),
          ({ code, message }) => said.add(`${code} ${message}`),
        )
    }
    t.equal(said.size, 1)
    t.match([...said][0], /^subject-unknown /)
    await signIn(shop, 1)
    t.match(await statements.vouch(callerOf(shop), subjectAt(shop, 1), 'paid', undefined), { kind: 'paid' })
  },
)

t.test(
  'one site cannot fill the audit: so much of one person in a day, and what is refused writes nothing',
  async (t) => {
    const { house, shop, bank, subjectAt, statements } = await openTown(t)
    const vouch = (site = shop) => statements.vouch(callerOf(site), subjectAt(site), 'paid', undefined)
    for (let act = 0; act < 20; act++) await vouch()
    const { count } = await house.store.auditHead()
    await t.rejects(vouch(), { code: 'too-many-guesses', wait: DAY - (house.clock.time % DAY) })
    await t.rejects(statements.report(callerOf(shop), subjectAt(shop), 'abuse', 'Spam.'), { code: 'too-many-guesses' })
    t.equal((await house.store.auditHead()).count, count)
    t.match(await vouch(bank), { kind: 'paid' }, 'another site is heard')
    house.clock.time += DAY
    t.match(await vouch(), { kind: 'paid' })
  },
)

t.test(
  'what a site has used up of its day does not tell it who comes back after it was told to forget him',
  async (t) => {
    const { house, subscriberId, shop, subjectAt, signIn, statements } = await openTown(t)
    const vouch = (generation: number) =>
      statements.vouch(callerOf(shop), subjectAt(shop, generation), 'paid', undefined)
    for (let act = 0; act < 20; act++) await vouch(0)
    await t.rejects(vouch(0), { code: 'too-many-guesses' })
    await house.store.run('forgetSubject', { at: house.clock.now(), actor: 'operator:test' }, subscriberId, shop.id)
    await signIn(shop, 1)
    t.match(await vouch(1), { kind: 'paid' }, 'as of anybody new')
  },
)
