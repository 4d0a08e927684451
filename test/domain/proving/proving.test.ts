import t, { type Test } from 'tap'
import type { Answer } from '../../../src/domain/proving/check.ts'
import { createProving, type Occasion, type Prover, type Proving } from '../../../src/domain/proving/proving.ts'
import { Authenticator } from '../../checks/authenticator.ts'
import { countOf, enrollDevice, type House, openHouse, type TestDevice, totpCode } from '../house.ts'
import { addPasskey, proverOf } from '../person.ts'

const OCCASION: Occasion = { purpose: 'change', binding: 'session-1' }

interface Scene {
  readonly house: House
  readonly device: TestDevice
  readonly prover: Prover
  readonly proving: Proving
}

async function setScene(t: Test, wishes: Parameters<typeof openHouse>[1] = {}): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const device = await enrollDevice(house)
  return { house, device, prover: await proverOf(house, device), proving: createProving(house) }
}

t.test('what is asked for: what suffices and is there, passkeys first', async (t) => {
  const { house, device, prover, proving } = await setScene(t)
  t.same(await proving.ask(prover, OCCASION), { checks: ['totp', 'recovery-code'], passkey: undefined })
  const { id } = await addPasskey(house, device)
  t.match(await proving.ask(prover, OCCASION), {
    checks: ['passkey', 'totp', 'recovery-code'],
    passkey: { rpId: 'id.test', allowCredentials: [{ id }] },
  })
  const wanted: Occasion = { ...OCCASION, wanted: ['totp'] }
  t.same(await proving.ask(prover, wanted), { checks: ['totp'], passkey: undefined })
  await t.rejects(proving.ask(prover, { ...OCCASION, wanted: ['password'] }), { code: 'check-missing' })
})

t.test('who has none of what a site wants is told what to add; what proved wrong is refused and counted', async (t) => {
  const { house, prover, proving } = await setScene(t)
  const wanted: Occasion = { ...OCCASION, wanted: ['passkey', 'password'] }
  await t.rejects(proving.ask(prover, wanted), { code: 'check-wanted', wanted: ['passkey'] })
  t.match(await proving.refuted(prover, OCCASION, 'totp'), { code: 'check-failed' })
  t.equal(await countOf(house, 'revalidation-failed'), 1)
})

t.test('the policy of the occasion decides', async (t) => {
  const { house, device, prover, proving } = await setScene(t, {
    changeWith: ['totp'],
    revalidateWith: ['recovery-code'],
  })
  t.match(await proving.ask(prover, OCCASION), { checks: ['totp'] })
  t.match(await proving.ask(prover, { ...OCCASION, purpose: 'revalidate' }), { checks: ['recovery-code'] })
  const answer: Answer = { check: 'recovery-code', text: device.recoveryCodes[0]! }
  await t.rejects(proving.examine(prover, OCCASION, answer), { code: 'check-failed' })
  t.equal(await countOf(house, 'revalidation-failed'), 1)
})

t.test('a passkey answers where it was asked, and nowhere else', async (t) => {
  const { house, device, prover, proving } = await setScene(t)
  const authenticator = await addPasskey(house, device)
  const other = await enrollDevice(house, 'Phone')
  const { passkey } = await proving.ask(prover, OCCASION)
  const answer: Answer = { check: 'passkey', text: authenticator.get(passkey!) }
  for (const [name, who, occasion] of [
    ['another session', prover, { ...OCCASION, binding: 'session-2' }],
    ['another purpose', prover, { ...OCCASION, purpose: 'revalidate' }],
    ['another person', await proverOf(house, other), OCCASION],
  ] as const)
    await t.rejects(proving.examine(who, occasion, answer), { code: 'check-failed' }, name)
  t.match(await proving.examine(prover, OCCASION, answer), { check: 'passkey', step: 2 })
})

t.test('a counter that goes back is refused and told', async (t) => {
  const { house, device, prover, proving } = await setScene(t)
  const authenticator = await addPasskey(house, device)
  const answer = async (counter: number): Promise<Answer> => {
    const { passkey } = await proving.ask(prover, OCCASION)
    return { check: 'passkey', text: authenticator.get(passkey!, { counter }) }
  }
  for (const counter of [1, 0])
    await t.rejects(proving.examine(prover, OCCASION, await answer(counter)), { code: 'check-failed' })
  t.equal(await countOf(house, 'passkey-counter-back'), 2)
  t.ok(await proving.examine(prover, OCCASION, await answer(2)))
  const [row] = (await house.store.auditRows(0, 1_000)).filter(({ action }) => action === 'passkey-counter-back')
  t.match(row, { object: prover.subscriberId, detail: { last: 1, came: 1 } })
  for (let times = 0; times < 60; times++)
    await t.rejects(proving.examine(prover, OCCASION, await answer(0)), { code: 'check-failed' })
  t.equal(await countOf(house, 'passkey-counter-back'), 50, 'nobody fills the audit by it')
})

t.test('a synchronized passkey does not count, and may', async (t) => {
  const { house, device, prover, proving } = await setScene(t)
  const authenticator = await addPasskey(house, device, new Authenticator(false))
  const { passkey } = await proving.ask(prover, OCCASION)
  t.match(await proving.examine(prover, OCCASION, { check: 'passkey', text: authenticator.get(passkey!) }), { step: 0 })
})

t.test('an answer is examined, not used up', async (t) => {
  const { house, device, prover, proving } = await setScene(t)
  const answer: Answer = { check: 'totp', text: totpCode(house, device) }
  const proof = await proving.examine(prover, OCCASION, answer)
  t.same(await proving.examine(prover, OCCASION, answer), proof)
  t.equal(await countOf(house, 'revalidation-failed'), 0)
})
