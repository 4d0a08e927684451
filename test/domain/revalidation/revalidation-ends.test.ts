import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { CheckName } from '../../../src/domain/proving/check.ts'
import type { WalkAnswer } from '../../../src/domain/revalidation/revalidation.ts'
import type { Demand } from '../../../src/domain/site/demand.ts'
import type { Site } from '../../../src/domain/site/site.ts'
import { decide, type Verdict } from '../../../src/domain/verdict/verdict.ts'
import { addSite, enrollDevice, type House, makeTicket, openHouse, type TestDevice, totpCode } from '../house.ts'
import { addPasskey } from '../person.ts'

const DAY = 86_400_000

/** What a certificate and its owner have been through when a site asks. */
interface History {
  readonly askEveryTime: boolean
  /** the last proof; none: never validated */
  readonly proven: CheckName | null
  /** ms since then */
  readonly elapsed: number
  readonly siteChecks: readonly CheckName[]
  /** ms; at least the policy's least */
  readonly maxAge: number | undefined
  /** which of the possible checks the owner takes */
  readonly choice: number
  /** ms from the proof to the site's second question */
  readonly later: number
}

/** What somebody who has enrolled by default can prove himself with. */
const OWN = ['totp', 'recovery-code'] as const satisfies readonly CheckName[]

const REASONS = ['expired', 'owner-request', 'checks', 'max-age', 'never-validated', 'idle'] as const

t.test('after a finished walk the next verdict is valid, whatever the reason', async (t) => {
  const house = await openHouse(t, { guessesPerMinute: 1_000 })
  const start = house.clock.time
  const seen = new Set<string>()
  let name = 0
  const histories = fc.record<History>({
    askEveryTime: fc.boolean(),
    proven: fc.constantFrom(null, ...OWN),
    elapsed: fc.oneof(fc.constantFrom(0, 60_000, 31 * DAY, 366 * DAY, 454 * DAY), fc.nat(454 * DAY)),
    siteChecks: fc.constantFrom([], ['totp'], ['recovery-code'], [...OWN]) as fc.Arbitrary<readonly CheckName[]>,
    maxAge: fc.option(fc.integer({ min: house.policy.minMaxAge, max: 400 * DAY }), { nil: undefined }),
    choice: fc.nat(1),
    later: fc.nat(house.policy.minMaxAge),
  })
  const holds = async (history: History): Promise<void> => {
    house.clock.time = start
    const site = await addSite(house, `site-${name++}`, history.siteChecks)
    const device = await enrollDevice(house)
    await live(house, device, site, history)
    const demand: Demand = { maxAge: history.maxAge, checks: history.siteChecks }
    const first = await ask(house, device, site, demand)
    if (first.verdict !== 'needs-revalidation') return
    seen.add(first.reason)
    const allowed = history.siteChecks.length > 0 ? history.siteChecks : OWN
    await walk(house, device, site, allowed[history.choice % allowed.length]!, 9)
    t.equal((await ask(house, device, site, demand)).verdict, 'valid', `at once: ${first.reason}`)
    house.clock.time += history.later
    t.equal((await ask(house, device, site, demand)).verdict, 'valid', `later: ${first.reason}`)
  }
  const quiet: History = {
    askEveryTime: false,
    proven: 'totp',
    elapsed: 60_000,
    siteChecks: [],
    maxAge: undefined,
    choice: 0,
    later: 30_000,
  }
  const one = (history: Partial<History>): [History] => [{ ...quiet, ...history }]
  await fc.assert(fc.asyncProperty(histories, holds), {
    numRuns: 60,
    examples: [
      one({ elapsed: 366 * DAY }),
      one({ elapsed: 20 * 60_000, askEveryTime: true }),
      one({ proven: 'recovery-code', siteChecks: ['totp'] }),
      one({ maxAge: house.policy.minMaxAge }),
      one({ proven: null }),
      one({ elapsed: 31 * DAY }),
      one({ proven: null, askEveryTime: true, elapsed: 454 * DAY, siteChecks: ['totp'], maxAge: 30_000 }),
    ],
  })
  t.strictSame([...seen].sort(), [...REASONS].sort(), 'every reason was met')
})

async function live(house: House, device: TestDevice, site: Site, history: History): Promise<void> {
  const { askEveryTime, proven, elapsed } = history
  const { deviceId } = (await house.store.certificate(device.fingerprint))!
  const act = { at: house.clock.now(), actor: 'operator:test' } as const
  await house.store.run('setAskEveryTime', act, deviceId!, askEveryTime)
  const takes = proven !== null && (site.checks.length === 0 || site.checks.includes(proven))
  if (proven !== null) await walk(house, device, takes ? site : await addSite(house, `${site.name}-b`), proven, 0)
  house.clock.time += elapsed
}

/** Proves by one of the ten recovery codes, or by a code that the app has not shown before. */
async function walk(house: House, device: TestDevice, site: Site, check: CheckName, nth: number): Promise<void> {
  const ticket = makeTicket(house, site, device)
  const codes = check === 'totp' ? [totpCode(house, device), totpCode(house, device, 1)] : [device.recoveryCodes[nth]!]
  for (const [i, text] of codes.entries()) {
    try {
      await house.revalidation.prove(ticket, device.fingerprint, { check, text })
      return
    } catch (error) {
      if (i === codes.length - 1) throw error
    }
  }
}

async function ask(house: House, { fingerprint }: TestDevice, site: Site, demand: Demand): Promise<Verdict> {
  const state = await house.store.verdictState(fingerprint, { siteId: site.id, service: 'web' })
  return decide(state, demand, house.policy, house.clock.now())
}

async function setScene(t: Test) {
  const house = await openHouse(t)
  const [site, device] = [await addSite(house), await enrollDevice(house)]
  const prove = (answer: WalkAnswer, ticket: string) => house.revalidation.prove(ticket, device.fingerprint, answer)
  return { house, site, device, prove }
}

t.test('one touch: a passkey ends the walk, once, and only the walk that asked for it', async (t) => {
  const { house, site, device, prove } = await setScene(t)
  const ticket = makeTicket(house, site, device)
  const authenticator = await addPasskey(house, device)
  const answerTo = async (sealed: string): Promise<WalkAnswer> => {
    const { checks, passkey } = await house.revalidation.open(sealed, device.fingerprint)
    t.same(checks, ['passkey', 'totp', 'recovery-code'])
    return { check: 'passkey', text: authenticator.get(passkey!) }
  }
  const answer = await answerTo(ticket)
  const other = makeTicket(house, site, device)
  await t.rejects(prove(answer, other), { code: 'check-failed' }, 'another ticket')
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => prove(answer, ticket)))
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  t.match(await house.store.certificate(device.fingerprint), { validatedWith: 'passkey' })
  await t.rejects(prove(answer, ticket), { code: 'ticket-spent' })
  t.ok(await prove(await answerTo(other), other))
})

t.test('a site that asks again and again ends at a page; other sites and later walks do not', async (t) => {
  const { house, site, device, prove } = await setScene(t)
  const open = (at = site) => house.revalidation.open(makeTicket(house, at, device), device.fingerprint)
  for (let i = 0; i < 2; i++) {
    t.ok(await open())
    await prove({ check: 'recovery-code', text: device.recoveryCodes[i]! }, makeTicket(house, site, device))
  }
  await t.rejects(open(), { code: 'walk-loops' })
  t.ok(await open(await addSite(house, 'other')))
  house.clock.time += 60_000
  t.ok(await open())
})
