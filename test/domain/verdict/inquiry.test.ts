import { mock } from 'node:test'
import t from 'tap'
import { type Outcome, refuseAll, withDeadline } from '../../../src/domain/verdict/inquiry.ts'
import { ASKER, answersUnderWay, CALLER, LAPTOP, MONTH, queryOf, service, turns } from '../asking.ts'

t.test('a store that never answers: refused within 2 s, never answered with what was true before', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  for (const question of ['changes', 'verdictState', 'site', 'signIn'] as const) {
    const { ask, slow } = service({ signedInMonth: question === 'signIn' ? null : MONTH })
    if (question === 'changes') await ask(LAPTOP)
    slow.answer('never', question)
    const outcomes: unknown[] = []
    ask(LAPTOP).then(
      (answer) => outcomes.push(answer),
      (error) => outcomes.push(error.code),
    )
    await turns()
    t.same(outcomes, [], question)
    mock.timers.tick(1_999)
    await turns()
    t.same(outcomes, ['store-unavailable'], question)
  }
})

t.test('an answer that comes after its time is dropped: each question is settled once', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const { verdicts, slow } = service()
  slow.answer('when-delivered', 'changes', 'verdictState')
  const calls: string[] = []
  verdicts.ask({
    caller: CALLER,
    queries: [queryOf(LAPTOP)],
    settle: () => calls.push('settled'),
    refuse: () => calls.push('refused'),
  })
  await turns()
  mock.timers.tick(1_999)
  while (await answersUnderWay(slow)) slow.deliver()
  t.same(calls, ['refused'])
})

t.test('in time, the first of both is passed on, with all that it says', async (t) => {
  for (const order of [
    ['settle', 'refuse'],
    ['refuse', 'settle'],
  ] as const) {
    const calls: unknown[] = []
    const inquiry = withDeadline({
      caller: CALLER,
      queries: [],
      settle: (...said) => calls.push(['settle', ...said]),
      refuse: (...said) => calls.push(['refuse', ...said]),
    })
    const [outcomes, error]: [Outcome[], Error] = [[], new Error('down')]
    for (const name of order) name === 'settle' ? inquiry.settle(ASKER, outcomes) : inquiry.refuse(error)
    t.same(calls, [order[0] === 'settle' ? ['settle', ASKER, outcomes] : ['refuse', error]])
  }
})

t.test('all are refused with one error', async (t) => {
  const refused: unknown[] = []
  const one = {
    caller: CALLER,
    queries: [],
    settle: () => t.fail('not settled'),
    refuse: (error: unknown) => refused.push(error),
  }
  const error = new Error('down')
  refuseAll([one, one, one], error)
  t.same(refused, [error, error, error])
})
