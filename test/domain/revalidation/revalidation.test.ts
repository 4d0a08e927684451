import t from 'tap'
import { createRevalidation, type WalkAnswer } from '../../../src/domain/revalidation/revalidation.ts'
import type { Site } from '../../../src/domain/site/site.ts'
import {
  addSite,
  countOf,
  enrollDevice,
  type House,
  makeTicket,
  openHouse,
  type TestDevice,
  totpCode,
} from '../house.ts'

const act = (house: House) => ({ at: house.clock.now(), actor: 'operator:test' }) as const

interface Scene {
  readonly house: House
  readonly site: Site
  readonly device: TestDevice
  readonly ticket: string
  /** the right answer of this moment */
  readonly right: () => WalkAnswer
  /** an answer that no step of the window has */
  readonly wrong: () => WalkAnswer
  readonly prove: (answer?: WalkAnswer, ticket?: string) => Promise<string>
}

async function setScene(t: Parameters<typeof openHouse>[0], wishes = {}, checks: Site['checks'] = []): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const site = await addSite(house, 'shop', checks)
  const device = await enrollDevice(house)
  const ticket = makeTicket(house, site, device)
  const right = (): WalkAnswer => ({ check: 'totp', text: totpCode(house, device) })
  const wrong = (): WalkAnswer => {
    const near = [-1, 0, 1].map((offset) => totpCode(house, device, offset))
    return { check: 'totp', text: ['111111', '222222', '333333', '444444'].find((code) => !near.includes(code))! }
  }
  const prove: Scene['prove'] = (answer = right(), sealed = ticket) =>
    house.revalidation.prove(sealed, device.fingerprint, answer)
  return { house, site, device, ticket, right, wrong, prove }
}

t.test('a walk: shown, proven, sent back', async (t) => {
  const { house, site, device, ticket, prove } = await setScene(t)
  t.strictSame(await house.revalidation.open(ticket, device.fingerprint), {
    site: 'shop',
    logo: undefined,
    languages: ['en', 'de', 'fr', 'es'],
    returnTo: 'https://shop.example/return',
    askedAt: house.clock.now(),
    openedAt: house.clock.now(),
    label: 'Laptop, Nov 2026',
    askEveryTime: false,
    checks: ['totp', 'recovery-code'],
    passkey: undefined,
  })
  const { subscriberId } = (await house.store.certificate(device.fingerprint))!
  t.same(await house.store.meetings(subscriberId!), [], 'to be shown it is no proof')
  t.equal(await prove(), 'https://shop.example/return')
  t.match(await house.store.meetings(subscriberId!), [{ siteId: site.id, firstAt: house.clock.now() }])
  const asking = { siteId: site.id, service: 'web' }
  t.match(await house.store.verdictState(device.fingerprint, asking), {
    validatedAt: house.clock.now(),
    validatedWith: 'totp',
    lastWalkAt: house.clock.now(),
  })
  t.equal(await countOf(house, 'revalidation-passed'), 1)
})

t.test('a recovery code proves once', async (t) => {
  const { house, site, device, prove } = await setScene(t)
  const answer: WalkAnswer = { check: 'recovery-code', text: device.recoveryCodes[0]! }
  t.ok(await prove(answer))
  await t.rejects(prove(answer, makeTicket(house, site, device)), { code: 'check-failed' })
  t.match(await house.store.certificate(device.fingerprint), { validatedWith: 'recovery-code' })
})

t.test('the owner’s wish to be asked is heard with a right answer, and with no other', async (t) => {
  const { house, site, device, right, wrong, prove } = await setScene(t)
  const state = () => house.store.verdictState(device.fingerprint, { siteId: site.id, service: 'web' })
  await t.rejects(prove({ ...wrong(), askEveryTime: true }), { code: 'check-failed' })
  t.match(await state(), { askEveryTime: false })
  await prove({ ...right(), askEveryTime: true })
  t.match(await state(), { askEveryTime: true })

  house.clock.time += 60_000
  await prove(right(), makeTicket(house, site, device))
  t.match(await state(), { askEveryTime: true }, 'who says nothing changes nothing')
  house.clock.time += 60_000
  const last = makeTicket(house, site, device)
  t.match(await house.revalidation.open(last, device.fingerprint), { askEveryTime: true })
  await prove({ ...right(), askEveryTime: false }, last)
  t.match(await state(), { askEveryTime: false })
  t.equal(await countOf(house, 'device-changed'), 2)
})

t.test('looking spends nothing', async (t) => {
  const { house, device, ticket, prove } = await setScene(t)
  for (let i = 0; i < 3; i++) t.ok(await house.revalidation.open(ticket, device.fingerprint))
  t.match(await house.store.certificate(device.fingerprint), { validatedAt: null })
  t.ok(await prove())
})

t.test('a ticket is spent once: two tabs, and 50 at a time', async (t) => {
  const { house, site, device, ticket, prove } = await setScene(t, { guessesPerMinute: 1_000 })
  await prove()
  await t.rejects(house.revalidation.open(ticket, device.fingerprint), { code: 'ticket-spent' })
  await t.rejects(prove({ check: 'recovery-code', text: device.recoveryCodes[0]! }), { code: 'ticket-spent' })
  t.equal(house.revalidation.destination(ticket, device.fingerprint), 'https://shop.example/return')

  const fresh = makeTicket(house, site, device)
  const tries = Array.from({ length: 50 }, (_, i) =>
    prove({ check: 'recovery-code', text: device.recoveryCodes[i % 10]! }, fresh),
  )
  const outcomes = await Promise.allSettled(tries)
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  const usable = (
    await house.store.credentials((await house.store.certificate(device.fingerprint))!.subscriberId!)
  ).filter(({ usedAt }) => usedAt === null)
  t.equal(usable.length, 10, 'nine codes and the app: the losers used nothing up')
})

t.test('one code at two tickets at once: one wins', async (t) => {
  const { house, site, device, right, prove } = await setScene(t)
  const tickets = [makeTicket(house, site, device), makeTicket(house, site, device)]
  const outcomes = await Promise.allSettled(tickets.map((ticket) => prove(right(), ticket)))
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  t.strictSame(
    refused.map(({ reason }) => reason.code),
    ['check-failed'],
  )
  t.equal(await countOf(house, 'revalidation-failed'), 1)
})

t.test('tickets end to the millisecond, and are nobody else’s', async (t) => {
  const { house, device, ticket } = await setScene(t)
  const other = await enrollDevice(house, 'Phone')
  const { revalidation, clock } = house
  const answer: WalkAnswer = { check: 'totp', text: totpCode(house, device) }
  for (const [presented, code] of [
    [other.fingerprint, 'ticket-foreign'],
    [undefined, 'certificate-missing'],
  ] as const) {
    await t.rejects(revalidation.open(ticket, presented), { code })
    await t.rejects(revalidation.prove(ticket, presented, answer), { code })
    await t.rejects(revalidation.deny(ticket, presented), { code })
    t.equal(revalidation.destination(ticket, presented), undefined)
  }
  t.equal(await countOf(house, 'revalidation-failed'), 0)
  clock.time += house.policy.ticketLifetime
  t.ok(await revalidation.open(ticket, device.fingerprint))
  clock.time += 1
  for (const sealed of [ticket, `${ticket.slice(0, -2)}AA`, '', 'x'.repeat(5_000)]) {
    await t.rejects(revalidation.open(sealed, device.fingerprint), { code: 'ticket-unusable' })
    t.equal(revalidation.destination(sealed, device.fingerprint), undefined)
  }
})

t.test(
  'wrong answers are bounded for a minute and a device, in the store, and right ones do not get past',
  async (t) => {
    const { house, site, device, ticket, right, wrong, prove } = await setScene(t)
    house.clock.time -= house.clock.time % 60_000
    for (let i = 0; i < 5; i++) await t.rejects(prove(wrong()), { code: 'check-failed' })
    t.equal(await countOf(house, 'revalidation-failed'), 5)
    await t.rejects(prove(wrong()), { code: 'too-many-guesses' })
    await t.rejects(prove(right()), { code: 'too-many-guesses' })
    await t.rejects(prove(right(), makeTicket(house, site, device)), { code: 'too-many-guesses' })
    t.equal(await countOf(house, 'revalidation-failed'), 5, 'what was not looked at fills no table')
    t.ok(await house.revalidation.open(ticket, device.fingerprint))
    house.clock.time += 59_999
    await t.rejects(prove(right()), { code: 'too-many-guesses' })
    house.clock.time += 1
    t.ok(await prove(right()))
  },
)

t.test('wrong answers are counted by the day; right ones are not, and the next day is a new one', async (t) => {
  const { house, site, device, right, wrong, prove } = await setScene(t, { guessesPerMinute: 1_000, guessesPerDay: 3 })
  const DAY = 86_400_000
  house.clock.time += DAY - (house.clock.time % DAY)
  for (let i = 0; i < 5; i++) {
    await prove(right(), makeTicket(house, site, device))
    house.clock.time += 30_000
  }
  for (let i = 0; i < 3; i++) await t.rejects(prove(wrong(), makeTicket(house, site, device)), { code: 'check-failed' })
  await t.rejects(prove(right(), makeTicket(house, site, device)), { code: 'too-many-guesses' })
  house.clock.time += DAY
  t.ok(await prove(right(), makeTicket(house, site, device)))
})

t.test('answers of another check count and are wrong', async (t) => {
  const { device, prove } = await setScene(t)
  await t.rejects(prove({ check: 'totp', text: device.recoveryCodes[0]! }), { code: 'check-failed' })
})

t.test('the site’s checks decide what is offered and what is taken', async (t) => {
  const { house, device, ticket, prove } = await setScene(t, {}, ['recovery-code'])
  t.strictSame((await house.revalidation.open(ticket, device.fingerprint)).checks, ['recovery-code'])
  await t.rejects(prove(), { code: 'check-failed' })
  t.ok(await prove({ check: 'recovery-code', text: device.recoveryCodes[5]! }))
})

t.test('who has none of the site’s checks left is told so', async (t) => {
  const { house, site, device, prove } = await setScene(t, { guessesPerMinute: 100, walksPerMinute: 100 }, [
    'recovery-code',
  ])
  for (const text of device.recoveryCodes) {
    await prove({ check: 'recovery-code', text }, makeTicket(house, site, device))
  }
  const ticket = makeTicket(house, site, device)
  await t.rejects(house.revalidation.open(ticket, device.fingerprint), { code: 'check-wanted' })
  await t.rejects(prove({ check: 'recovery-code', text: '' }, ticket), { code: 'check-wanted' })
})

t.test('"this was not me" holds the certificate', async (t) => {
  const { house, device, ticket, prove } = await setScene(t)
  await house.revalidation.deny(ticket, device.fingerprint)
  t.match(await house.store.certificate(device.fingerprint), { status: 'held' })
  t.equal(await countOf(house, 'certificate-held'), 1)
  t.equal(await countOf(house, 'revalidation-denied'), 1)
  await t.rejects(prove(), { code: 'certificate-held' })
  await t.rejects(house.revalidation.deny(ticket, device.fingerprint), { code: 'certificate-held' })
})

t.test('even with a spent ticket', async (t) => {
  const { house, device, ticket, prove } = await setScene(t)
  await prove()
  await house.revalidation.deny(ticket, device.fingerprint)
  t.match(await house.store.certificate(device.fingerprint), { status: 'held' })
})

t.test('who is revoked between looking and answering proves nothing', async (t) => {
  for (const [command, code] of [
    ['hold', 'certificate-held'],
    ['revoke', 'certificate-revoked'],
  ] as const) {
    const { house, device, right } = await setScene(t)
    const change = () =>
      command === 'hold'
        ? house.store.run('hold', act(house), device.fingerprint)
        : house.store.run('revoke', act(house), device.fingerprint, 'unspecified')
    const store = {
      ...house.store,
      credentials: async (id: string) => {
        const found = await house.store.credentials(id)
        await change()
        return found
      },
    }
    const late = createRevalidation({ ...house, store })
    const ticket = makeTicket(house, (await house.store.sites())[0]!, device)
    await t.rejects(late.prove(ticket, device.fingerprint, right()), { code })
    t.match(await house.store.certificate(device.fingerprint), { validatedAt: null })
  }
})

t.test('revoked before "not me" was pressed: revoked is what it stays', async (t) => {
  const { house, device, ticket } = await setScene(t)
  await house.store.run('revoke', act(house), device.fingerprint, 'key-compromise')
  await t.rejects(house.revalidation.deny(ticket, device.fingerprint), { code: 'certificate-revoked' })
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked' })
})

t.test('revoked while "not me" was pressed: nothing is held, and it says revoked', async (t) => {
  const { house, device, ticket } = await setScene(t)
  const store = {
    ...house.store,
    site: async (key: Parameters<typeof house.store.site>[0]) => {
      await house.store.run('revoke', act(house), device.fingerprint, 'key-compromise')
      return house.store.site(key)
    },
  }
  const late = createRevalidation({ ...house, store })
  await t.rejects(late.deny(ticket, device.fingerprint), { code: 'certificate-revoked' })
  t.equal(await countOf(house, 'revalidation-denied'), 0)
})

t.test('a spent ticket is remembered for longer than it lives, and than it satisfies its owner’s wish', async (t) => {
  const { house, site, device, ticket, prove } = await setScene(t)
  await prove()
  const { ticketLifetime, wishSatisfied } = house.policy
  await house.store.run('tidy', house.clock.now() + Math.max(ticketLifetime, wishSatisfied) + 60_000)
  await t.rejects(house.revalidation.open(ticket, device.fingerprint), { code: 'ticket-spent' })
  const state = await house.store.verdictState(device.fingerprint, { siteId: site.id, service: 'web' })
  t.equal(state?.lastWalkAt, house.clock.now())
})
