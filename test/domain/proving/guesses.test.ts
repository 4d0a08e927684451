import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Answer } from '../../../src/domain/proving/check.ts'
import { createProving, type Occasion, type Prover } from '../../../src/domain/proving/proving.ts'
import { enrollDevice, type House, openHouse, type TestDevice, totpCode } from '../house.ts'
import { addPasskey, proverOf } from '../person.ts'

const OCCASION: Occasion = { purpose: 'revalidate', binding: 'ticket' }
const WRONG: Answer = { check: 'recovery-code', text: 'XXXX-XXXX-XXXX-XXXX' }
const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

interface Scene {
  readonly house: House
  readonly device: TestDevice
  readonly prover: Prover
  readonly guess: (answer?: Answer, who?: Prover) => Promise<string>
}

/** Begins with a day. */
async function setScene(t: Test, wishes: Parameters<typeof openHouse>[1] = {}): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const device = await enrollDevice(house)
  const prover = await proverOf(house, device)
  house.clock.time += DAY - (house.clock.time % DAY)
  const proving = createProving(house)
  const guess: Scene['guess'] = (answer = WRONG, who = prover) =>
    proving.examine(who, OCCASION, answer).then(
      () => 'right',
      ({ code }) => code,
    )
  return { house, device, prover, guess }
}

async function several(times: number, guess: () => Promise<string>): Promise<readonly string[]> {
  const outcomes: string[] = []
  for (let i = 0; i < times; i++) outcomes.push(await guess())
  return outcomes
}

t.test('after the first few, each wrong answer is followed by a longer wait', async (t) => {
  const { house, guess } = await setScene(t)
  t.same(new Set(await several(5, guess)), new Set(['check-failed']))
  house.clock.time += MINUTE
  t.equal(await guess(), 'check-failed', 'the sixth, a minute later')
  for (const wait of [30, 60, 120, 240, 480, 900, 900, 900]) {
    house.clock.time += wait * SECOND - 1
    t.equal(await guess(), 'too-many-guesses', `${wait} s less 1 ms`)
    house.clock.time += 1
    t.equal(await guess(), 'check-failed', `${wait} s`)
  }
})

t.test('who is right does not wait for his earlier mistakes longer than that', async (t) => {
  const { house, device, guess } = await setScene(t)
  await several(5, guess)
  const right = (): Promise<string> => guess({ check: 'totp', text: totpCode(house, device) })
  t.equal(await right(), 'too-many-guesses')
  house.clock.time += MINUTE
  t.equal(await right(), 'right')
})

t.test('50 at once are not more than one after another', async (t) => {
  const { guess } = await setScene(t)
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => guess()))
  t.equal(outcomes.filter((outcome) => outcome === 'check-failed').length, 5)
})

t.test('a person’s other device is not shut out by one; by two it is', async (t) => {
  const { house, device, prover, guess } = await setScene(t, { guessesPerMinute: 1_000, guessesPerDay: 4 })
  // two more devices of the same person
  const [second, third] = ['b1', 'b2'].map((id) => ({ ...prover, deviceId: id.repeat(16) }))
  t.same(await several(5, guess), [...Array(4).fill('check-failed'), 'too-many-guesses'])
  const right = (who?: Prover): Promise<string> => guess({ check: 'totp', text: totpCode(house, device) }, who)
  house.clock.time += 15 * MINUTE
  t.equal(await right(second), 'right')
  for (let i = 0; i < 4; i++) {
    t.equal(await guess(WRONG, second), 'check-failed')
    house.clock.time += 15 * MINUTE
  }
  t.equal(await right(third), 'too-many-guesses')
  house.clock.time += DAY - (house.clock.time % DAY)
  t.equal(await right(third), 'right', 'the next day')
})

t.test('nothing keeps the owner of a passkey out', async (t) => {
  const { house, device, prover, guess } = await setScene(t)
  const authenticator = await addPasskey(house, device)
  const proving = createProving(house)
  const touch = async (): Promise<string> => {
    const { passkey } = await proving.ask(prover, OCCASION)
    return guess({ check: 'passkey', text: authenticator.get(passkey!), address: '192.0.2.1' })
  }
  for (let hour = 0; hour < 24; hour++) {
    await several(5, guess)
    house.clock.time += 40 * MINUTE
  }
  t.same(await several(2, guess), ['check-failed', 'too-many-guesses'])
  t.equal(await touch(), 'right')
  const told = async () =>
    (await house.store.auditRows(0, 1_000)).filter(
      ({ action, detail }) => action === 'revalidation-failed' && detail.check === 'passkey',
    ).length
  await several(60, () => guess({ check: 'passkey', text: '{}' }))
  t.equal(await touch(), 'right', 'nor do wrong passkeys')
  t.equal(await told(), 50, 'which are told so many times a day')
})

t.test('one address has so many a minute, whoever it is', async (t) => {
  const { house, guess } = await setScene(t, { guessesPerAddress: 3 })
  const from = (address: string) => (): Promise<string> => guess({ ...WRONG, address })
  const provers = await Promise.all(['A', 'B'].map(async (label) => proverOf(house, await enrollDevice(house, label))))
  t.same(await several(3, from('192.0.2.1')), Array(3).fill('check-failed'))
  t.equal(await guess({ ...WRONG, address: '192.0.2.1' }, provers[0]), 'too-many-guesses')
  t.equal(await guess({ ...WRONG, address: '192.0.2.2' }, provers[0]), 'check-failed')
  house.clock.time += MINUTE
  t.equal(await guess({ ...WRONG, address: '192.0.2.1' }, provers[1]), 'check-failed')
})

t.test('nobody is shut out by another device behind the same address that answers without end', async (t) => {
  const { house, device, prover, guess } = await setScene(t)
  const authenticator = await addPasskey(house, device)
  const address = '192.0.2.1'
  const loud = await proverOf(house, await enrollDevice(house, 'Loud'))
  const noise: readonly Answer[] = [WRONG, { check: 'passkey', text: '{}' }]
  for (const answer of noise) {
    const outcomes = await Promise.all(Array.from({ length: 1_100 }, () => guess({ ...answer, address }, loud)))
    t.ok(outcomes.includes('too-many-guesses'), answer.check)
  }
  t.equal(await guess({ check: 'totp', text: totpCode(house, device), address }), 'right')
  const { passkey } = await createProving(house).ask(prover, OCCASION)
  t.equal(await guess({ check: 'passkey', text: authenticator.get(passkey!), address }), 'right')
})

t.test('passkeys have ten times as many', async (t) => {
  const { guess } = await setScene(t, { guessesPerAddress: 1 })
  const wrong: Answer = { check: 'passkey', text: '{}', address: '192.0.2.1' }
  t.same(await several(11, () => guess(wrong)), [...Array(10).fill('check-failed'), 'too-many-guesses'])
})

t.test('no address stands in the store', async (t) => {
  const { house, guess } = await setScene(t)
  await guess({ ...WRONG, address: '192.0.2.77' })

  const files = readdirSync(house.home).filter((name) => name.startsWith('countersign.db'))
  const bytes = Buffer.concat(files.map((name) => readFileSync(`${house.home}/${name}`)))
  t.ok(bytes.includes('checks-from:'), 'the search finds what is there')
  t.notOk(bytes.includes('192.0.2.77'))
})
