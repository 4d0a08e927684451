import { mock } from 'node:test'
import t from 'tap'
import { every } from '../src/periodic.ts'

t.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
t.afterEach(() => mock.timers.reset())

t.test('again and again, until it is stopped', async (t) => {
  let runs = 0
  const periodic = every(
    10,
    async () => ++runs,
    () => t.fail('nothing failed'),
  )
  for (let i = 0; i < 3; i++) await tick(10)
  t.equal(runs, 3)
  await periodic.stop()
  await tick(100)
  t.equal(runs, 3)
})

t.test('never twice at once, and stopping waits for the run under way', async (t) => {
  let finish = () => {}
  const ended: string[] = []
  let runs = 0
  const task = () => {
    runs++
    return new Promise<void>((resolve) => {
      finish = resolve
    }).then(() => ended.push('run'))
  }
  const periodic = every(10, task, () => t.fail('nothing failed'))
  await tick(50)
  t.equal(runs, 1)
  finish()
  await tick(0)
  await tick(10)
  t.equal(runs, 2, 'and on it goes')
  const stopped = periodic.stop().then(() => ended.push('stop'))
  await tick(0)
  t.same(ended, ['run'])
  finish()
  await stopped
  t.same(ended, ['run', 'run', 'stop'])
})

t.test('a failure is told, and does not end the series', async (t) => {
  const failures: unknown[] = []
  const fault = new Error('disk full')
  const periodic = every(
    10,
    () => Promise.reject(fault),
    (error) => failures.push(error),
  )
  for (let i = 0; i < 3; i++) await tick(10)
  await periodic.stop()
  t.same(failures, [fault, fault, fault])
})

t.test('what is left is done after a pause, until nothing is or it is stopped', async (t) => {
  const outcomes: (string | Error)[] = ['unfinished', 'unfinished', 'tidied', new Error('disk full'), 'unfinished']
  const failures: unknown[] = []
  let runs = 0
  const task = async () => {
    const outcome = outcomes[runs++] ?? 'unfinished'
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  const periodic = every(100, task, (error) => failures.push(error), 10)
  for (const [ms, all] of [
    [99, 0],
    [1, 1],
    [10, 2],
    [10, 3],
    [99, 3],
    [1, 4],
    [99, 4],
    [1, 5],
    [10, 6],
  ] as const) {
    await tick(ms)
    t.equal(runs, all)
  }
  t.match(failures, [{ message: 'disk full' }])
  await periodic.stop()
  await tick(1_000)
  t.equal(runs, 6)
})

t.test('a run under way ends what is stopped', async (t) => {
  let finish = (_outcome: string) => {}
  let runs = 0
  const task = () => {
    runs++
    return new Promise<string>((resolve) => {
      finish = resolve
    })
  }
  const periodic = every(100, task, () => t.fail('nothing failed'), 10)
  await tick(100)
  const stopped = periodic.stop()
  finish('unfinished')
  await stopped
  await tick(1_000)
  t.equal(runs, 1)
})

async function tick(ms: number): Promise<void> {
  mock.timers.tick(ms)
  await new Promise(setImmediate)
}
