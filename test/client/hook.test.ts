import t from 'tap'
import { calling, quietly, withinTime } from '../../src/client/hook.ts'
import { until } from '../ca/until.ts'

const BROKEN = new Error('the log is full')
const HOOKS: Readonly<Record<string, (value: number) => unknown>> = {
  throws: () => {
    throw BROKEN
  },
  'promises and breaks it': async () => {
    throw BROKEN
  },
}

t.test('a hook that fails, at once or later, is told of and fails nobody', async (t) => {
  for (const [what, hook] of Object.entries(HOOKS)) {
    const failures: unknown[] = []
    calling(hook, (error) => failures.push(error))(1)
    await until(() => failures.length > 0)
    t.same(failures, [BROKEN], what)
  }
})

t.test('one that is good, or never ends, is called and not waited for', async (t) => {
  const values: number[] = []
  const hook = (value: number): Promise<void> => {
    values.push(value)
    return new Promise(() => {})
  }
  calling(hook, () => t.fail())(1)
  calling(
    (value: number) => values.push(value),
    () => t.fail(),
  )(2)
  t.same(values, [1, 2])
})

t.test('failures of the hook that is told of failures are nobody’s', async (t) => {
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  t.teardown(() => process.off('unhandledRejection', hear))
  for (const hook of Object.values(HOOKS)) quietly(hook as (error: unknown) => unknown)(BROKEN)
  quietly(undefined)(BROKEN)
  await new Promise(setImmediate)
  t.same(unhandled, [])
})

t.test('what was promised is waited for, up to its time', async (t) => {
  const late = new Error('late')
  await withinTime(undefined, 10_000, late)
  await withinTime(Promise.resolve(), 10_000, late)
  await t.rejects(withinTime(Promise.reject(BROKEN), 10_000, late), BROKEN)
  const held = setTimeout(() => {}, 10_000)
  await t.rejects(withinTime(new Promise(() => {}), 5, late), late)
  clearTimeout(held)
})
