import { createHash } from 'node:crypto'
import t from 'tap'
import type { AccountSession } from '../../../src/domain/account/account-session.ts'
import {
  type AnotherDevice,
  createAnotherDevice,
  type OfferedCode,
} from '../../../src/domain/account/another-device.ts'
import { createOwnData } from '../../../src/domain/account/own-data.ts'
import { makeKeyPair, makeRequest } from '../../ca/request.ts'
import { enterAccount } from '../account.ts'
import { enrollDevice, type House, openHouse } from '../house.ts'

const MINUTE = 60_000
const ADDRESS = '192.0.2.7'

interface Scene {
  readonly house: House
  readonly session: AccountSession
  readonly pairing: AnotherDevice
  /** offers a code */
  readonly offer: () => Promise<OfferedCode>
}

async function setScene(t: Parameters<typeof openHouse>[0], wishes = {}): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const session = await enterAccount(house, await enrollDevice(house, 'Laptop'))
  const pairing = createAnotherDevice(house)
  const offer = async () => {
    await pairing.offer(session)
    return (await pairing.look(session))!
  }
  return { house, session, pairing, offer }
}

t.test('the walk: a code, a number, and only then something to enroll by', async (t) => {
  const { house, session, pairing, offer } = await setScene(t)
  t.equal(await pairing.look(session), undefined)
  const { code, state, numbers } = await offer()
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  t.equal(state, 'offered')
  t.same(numbers, [])
  t.equal((await pairing.look(session))?.code, code, 'it can be shown again')
  await createOwnData(house).rename(session, 'Zoë at home')

  const token = await pairing.claim(` ${code.toLowerCase().replaceAll('-', ' ')} `, ADDRESS)
  const waiting = await pairing.wait(token)
  t.match(waiting, { state: 'claimed', account: 'Zoë at home', number: Number })
  const looked = (await pairing.look(session))!
  t.equal(new Set(looked.numbers).size, 3)
  t.ok(looked.numbers.includes(waiting.number))
  for (const number of looked.numbers) t.ok(number >= 10 && number <= 99)
  await t.rejects(house.enrollment.look(token), { code: 'invitation-unusable' }, 'not before it is confirmed')

  t.equal(await pairing.choose(session, waiting.number), 'confirmed')
  t.match(await pairing.wait(token), { state: 'confirmed' })
  await t.rejects(pairing.choose(session, waiting.number), { code: 'pairing-unusable' })
  const application = { token, label: 'Phone', request: makeRequest(makeKeyPair()) }
  const enrolled = await house.enrollment.accept(application)
  const fingerprint = createHash('sha256').update(enrolled.certificate).digest('hex')
  t.match(await house.store.certificate(fingerprint), { subscriberId: session.subscriberId, status: 'active' })
  t.equal((await house.store.credentials(session.subscriberId)).length, 11, 'the checks are the ones that were there')
  await t.rejects(house.enrollment.accept(application), { code: /^invitation-/ })
})

t.test('a wrong number refuses: the other device is not its owner’s', async (t) => {
  const { house, session, pairing, offer } = await setScene(t)
  const token = await pairing.claim((await offer()).code, ADDRESS)
  const { number } = await pairing.wait(token)
  const wrong = (await pairing.look(session))!.numbers.find((one) => one !== number)!
  t.equal(await pairing.choose(session, wrong), 'refused')
  t.match(await pairing.wait(token), { state: 'refused' })
  await t.rejects(pairing.choose(session, number), { code: 'pairing-unusable' })
  await t.rejects(house.enrollment.look(token), { code: 'invitation-unusable' })
})

t.test('whoever types the code first takes it, one of 50', async (t) => {
  const { pairing, offer } = await setScene(t)
  const { code } = await offer()
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => pairing.claim(code, undefined)))
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  await t.rejects(pairing.claim(code, ADDRESS), { code: 'pairing-unusable' })
})

t.test('five tries for a code, wherever they come from', async (t) => {
  const { pairing, offer } = await setScene(t)
  const { code } = await offer()
  const wrong = `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`
  for (let i = 0; i < 5; i++) await t.rejects(pairing.claim(wrong, `192.0.2.${i}`), { code: 'pairing-unusable' })
  await t.rejects(pairing.claim(code, ADDRESS), { code: 'pairing-unusable' })
  const next = await offer()
  t.not(next.code, code)
  t.ok(await pairing.claim(next.code, ADDRESS))
})

t.test('an address tries so often in a minute', async (t) => {
  const { house, pairing, offer } = await setScene(t, { guessesPerAddress: 3 })
  const { code } = await offer()
  for (const typed of ['', 'AAAA', 'AAAA-BBBB-CCCC'])
    await t.rejects(pairing.claim(typed, ADDRESS), { code: 'pairing-unusable' })
  await t.rejects(pairing.claim(code, ADDRESS), { code: 'too-many-guesses' })
  t.ok(await pairing.claim(code, '192.0.2.8'), 'others are not kept waiting')
  house.clock.time += MINUTE
  await t.rejects(pairing.claim(code, ADDRESS), { code: 'pairing-unusable' })
})

t.test('what is typed wrongly, or is no code at all', async (t) => {
  const { pairing, offer } = await setScene(t)
  const { code } = await offer()
  for (const typed of [
    code.slice(0, -1),
    `${code}0`,
    code.replace(/.$/, 'U'),
    code.replace(/.$/, '✓'),
    'x'.repeat(65_536),
  ])
    await t.rejects(pairing.claim(typed, undefined), { code: 'pairing-unusable' })
  t.ok(await pairing.claim(code.replaceAll('0', 'o').replaceAll('1', 'l'), undefined), 'misread letters are forgiven')
})

t.test('ten minutes, and not longer than its device is good', async (t) => {
  const { house, session, pairing, offer } = await setScene(t)
  const late = await offer()
  house.clock.time = late.expiresAt
  t.equal(await pairing.look(session), undefined)
  await t.rejects(pairing.claim(late.code, ADDRESS), { code: 'pairing-unusable' })

  const waited = await offer()
  const token = await pairing.claim(waited.code, ADDRESS)
  const { number } = await pairing.wait(token)
  house.clock.time = waited.expiresAt
  await t.rejects(pairing.wait(token), { code: 'pairing-unusable' })
  await t.rejects(pairing.choose(session, number), { code: 'pairing-unusable' })

  const ended = await offer()
  await house.store.run('hold', { at: house.clock.now(), actor: 'operator:test' }, session.fingerprint)
  await t.rejects(pairing.claim(ended.code, ADDRESS), { code: 'pairing-unusable' })
})

t.test('what was confirmed ends with the device that confirmed it', async (t) => {
  const { house, session, pairing, offer } = await setScene(t)
  const token = await pairing.claim((await offer()).code, ADDRESS)
  await pairing.choose(session, (await pairing.wait(token)).number)
  t.ok(await house.enrollment.look(token))
  const act = { at: house.clock.now(), actor: 'operator:test' } as const
  await house.store.run('revoke', act, session.fingerprint, 'key-compromise')
  await t.rejects(house.enrollment.look(token), { code: 'invitation-unusable' })
  await t.rejects(pairing.wait(token), { code: 'pairing-unusable' })
})

t.test('another code, or time, does not save what was confirmed from the end of its device', async (t) => {
  for (const meanwhile of ['another code', 'time'] as const) {
    const { house, session, pairing, offer } = await setScene(t)
    const { code, expiresAt } = await offer()
    const token = await pairing.claim(code, ADDRESS)
    const { number } = await pairing.wait(token)
    house.clock.time = expiresAt - 1
    await pairing.choose(session, number)
    house.clock.time += MINUTE
    if (meanwhile === 'another code') t.match(await offer(), { state: 'offered' })
    await house.store.run('tidy', house.clock.now())
    t.match(
      await pairing.wait(token),
      { state: 'confirmed' },
      'the other device, whose page looks only now, may enroll',
    )
    t.ok(await house.enrollment.look(token))
    const act = { at: house.clock.now(), actor: 'operator:test' } as const
    await house.store.run('revoke', act, session.fingerprint, 'cessation-of-operation')
    await t.rejects(house.enrollment.look(token), { code: 'invitation-unusable' }, meanwhile)
  }
})

t.test('cancelled, or never there', async (t) => {
  const { session, pairing, offer } = await setScene(t)
  await pairing.cancel(session)
  const { code } = await offer()
  await pairing.cancel(session)
  t.equal(await pairing.look(session), undefined)
  await t.rejects(pairing.claim(code, ADDRESS), { code: 'pairing-unusable' })
  await t.rejects(pairing.choose(session, 42), { code: 'pairing-unusable' })
  for (const token of ['', 'A'.repeat(43), '../x']) await t.rejects(pairing.wait(token), { code: 'pairing-unusable' })
})

t.test('who draws no free name for a code gives up', async (t) => {
  const { house, session } = await setScene(t)
  const store = { ...house.store, run: async () => 'selector-taken' as never }
  await t.rejects(createAnotherDevice({ ...house, store }).offer(session), { code: 'internal' })
})
