import t from 'tap'
import { attemptTwice, Hedging } from '../../src/client/hedging.ts'
import { until } from '../ca/until.ts'

const NEVER = () => false

t.test('a slow attempt is made once more, and the first success counts', async (t) => {
  const { hedging, attempts, attempt } = open()
  const answer = attemptTwice(attempt, hedging, NEVER)
  await until(() => attempts.length === 2)
  attempts[1]!.resolve('the second')
  t.equal(await answer, 'the second')
  attempts[0]!.reject(new Error('too late to matter'))
})

t.test('a quick answer is asked for once', async (t) => {
  const { hedging, attempts, attempt } = open()
  for (let times = 0; times < 30; times++) {
    const answer = attemptTwice(attempt, hedging, NEVER)
    attempts.at(-1)!.resolve('at once')
    t.equal(await answer, 'at once')
  }
  t.equal(attempts.length, 30)
})

t.test('a failure is tried again at once; a failure that is an answer is not', async (t) => {
  const first = open()
  const answer = attemptTwice(first.attempt, first.hedging, NEVER)
  first.attempts[0]!.reject(new Error('a dead connection'))
  await until(() => first.attempts.length === 2)
  first.attempts[1]!.reject(new Error('dead, too'))
  await t.rejects(answer, { message: 'dead, too' })
  const second = open()
  const refused = attemptTwice(second.attempt, second.hedging, () => true)
  second.attempts[0]!.reject(new Error('no'))
  await t.rejects(refused, { message: 'no' })
  t.equal(second.attempts.length, 1)
})

t.test('the second attempt’s failure waits for the first', async (t) => {
  const { hedging, attempts, attempt } = open()
  const answer = attemptTwice(attempt, hedging, NEVER)
  await until(() => attempts.length === 2)
  attempts[1]!.reject(new Error('one of two'))
  attempts[0]!.resolve('the first after all')
  t.equal(await answer, 'the first after all')
})

t.test('of many that are slow at once one in ten is asked twice, and a few more', async (t) => {
  const hedging = new Hedging()
  for (let times = 0; times < 1_000; times++) hedging.asked()
  let taken = 0
  while (hedging.take()) taken += 1
  t.equal(taken, 5, 'so many are saved up')
  for (let times = 0; times < 1_000; times++) {
    hedging.asked()
    if (hedging.take()) taken += 1
  }
  t.ok(taken <= 106, `${taken}`)
  t.ok(taken >= 95, `${taken}`)
})

t.test('patience follows what answers take: the slowest in twenty are not waited for', async (t) => {
  const hedging = new Hedging()
  const before = hedging.patience
  for (let times = 0; times < 100; times++) hedging.saw(times < 95 ? 30 : 900)
  t.equal(hedging.patience, 900)
  for (let times = 0; times < 100; times++) hedging.saw(times < 96 ? 30 : 900)
  t.equal(hedging.patience, 30)
  for (let times = 0; times < 100; times++) hedging.saw(0.5)
  t.ok(hedging.patience < before)
  t.ok(hedging.patience >= 10, 'but never as short as the clock is coarse')
})

function open() {
  const attempts: PromiseWithResolvers<string>[] = []
  const attempt = (): Promise<string> => {
    const made = Promise.withResolvers<string>()
    attempts.push(made)
    return made.promise
  }
  const hedging = new Hedging()
  for (let times = 0; times < 20; times++) hedging.saw(1)
  return { hedging, attempts, attempt }
}
