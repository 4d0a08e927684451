import { mock } from 'node:test'
import t from 'tap'
import { answersUnderWay, CALLER, LAPTOP, MONTH, queryOf, service, turns } from './asking.ts'

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
  verdicts.ask(
    CALLER,
    [queryOf(LAPTOP)],
    () => calls.push('settled'),
    () => calls.push('refused'),
  )
  await turns()
  mock.timers.tick(1_999)
  while (await answersUnderWay(slow)) slow.deliver()
  t.same(calls, ['refused'])
})
