import fc from 'fast-check'
import t from 'tap'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { answerOf, answersUnderWay, LAPTOP, MONTH, PHONE, queryOf, reasonOf, service, turns } from '../asking.ts'
import { HOUR, NOW, stateWith } from '../verdict-state.ts'

t.test('one proof serves all questions of a turn, and none of a later turn', async (t) => {
  const { ask, slow } = service()
  await ask(LAPTOP)
  slow.asked.length = 0
  await Promise.all(Array.from({ length: 50 }, () => ask(LAPTOP)))
  await turns()
  t.same(slow.asked, ['changes'], 'fifty answers from memory, one proof')
  await ask(LAPTOP)
  await ask(LAPTOP)
  t.equal(slow.countOf('changes'), 3)
})

t.test('a question that arrives while a proof is under way waits for the next proof', async (t) => {
  const { ask, slow } = service()
  await ask(LAPTOP)
  slow.answer('when-delivered', 'changes')
  const first = ask(LAPTOP)
  t.equal(await answersUnderWay(slow), 1)
  slow.change(LAPTOP, { status: 'held' })
  const second = ask(LAPTOP)
  t.equal(await answersUnderWay(slow), 2)
  slow.deliver()
  t.equal(reasonOf(await first), 'valid', 'it began before the change')
  t.equal(await answersUnderWay(slow), 1, 'the second was not settled by the first’s proof')
  slow.deliver()
  t.equal(reasonOf(await second), 'certificate-hold')
})

t.test('overlapping proofs that arrive in the wrong order bring nothing old back', async (t) => {
  const { ask, slow } = service()
  await ask(LAPTOP)
  slow.answer('when-delivered', 'changes')
  const first = ask(LAPTOP)
  await answersUnderWay(slow)
  slow.change(LAPTOP, { status: 'held' })
  const second = ask(LAPTOP)
  await answersUnderWay(slow)
  slow.deliver(1)
  t.equal(reasonOf(await second), 'certificate-hold')
  slow.deliver(0)
  t.equal(reasonOf(await first), 'certificate-hold')
  slow.answer('at-once', 'changes')
  t.equal(reasonOf(await ask(LAPTOP)), 'certificate-hold')
})

t.test('a state that was read before a change and arrives after it is never kept', async (t) => {
  const { ask, slow } = service()
  await ask(PHONE)
  slow.answer('when-delivered', 'verdictState')
  const early = ask(LAPTOP)
  await answersUnderWay(slow)
  slow.change(LAPTOP, { status: 'revoked', reason: 'key-compromise', revokedAt: NOW })
  // Somebody else's question moves the proof past the change while the old state is on its way.
  t.equal(reasonOf(await ask(PHONE)), 'valid')
  slow.deliver()
  t.equal(reasonOf(await early), 'valid', 'it began before the change')
  const late = ask(LAPTOP)
  t.equal(await answersUnderWay(slow), 1, 'the store is asked again')
  slow.deliver()
  t.equal(reasonOf(await late), 'key-compromise')
})

t.test(
  'a store that was set back and grew again to the same position proves nothing that was read before',
  async (t) => {
    for (const manner of ['at-once', 'when-delivered'] as const) {
      const { ask, slow } = service()
      const settled = async (asking: Promise<Outcome>): Promise<string> => {
        for (let turn = 0; turn < 10; turn++) {
          await turns()
          slow.deliver()
        }
        return reasonOf(await asking)
      }
      slow.answer(manner, 'changes', 'verdictState', 'site')
      const before = new Map(slow.states)
      slow.change(LAPTOP, { lastUsedAt: NOW })
      t.equal(await settled(ask(LAPTOP)), 'valid')
      slow.setBack(1, before)
      t.equal(await settled(ask(LAPTOP)), 'valid', 'asked while the store is shorter')
      slow.change(LAPTOP, { status: 'revoked', reason: 'key-compromise', revokedAt: NOW })
      t.equal(await settled(ask(LAPTOP)), 'key-compromise', 'the feed is as long as it was, and another one')
    }
  },
)

t.test('a read for the memory of before the set-back is not kept in the new one', async (t) => {
  const { ask, slow } = service()
  const before = new Map(slow.states)
  slow.change(PHONE, { lastUsedAt: NOW })
  await ask(PHONE)
  slow.answer('when-delivered', 'verdictState')
  const early = ask(LAPTOP)
  await answersUnderWay(slow)
  slow.setBack(1, before)
  slow.answer('at-once', 'verdictState')
  await ask(PHONE)
  slow.change(LAPTOP, { status: 'held' })
  slow.deliver()
  t.equal(reasonOf(await early), 'valid', 'its question is older than the hold')
  t.equal(reasonOf(await ask(LAPTOP)), 'certificate-hold')
})

t.test('a store that fails refuses everybody who asked, and nobody is missing', async (t) => {
  const down = new IdentityError('store-unavailable', 'down')
  for (const question of ['changes', 'verdictState', 'site'] as const) {
    const { ask, slow } = service()
    slow.answer(down, question)
    for (const outcome of await Promise.allSettled([ask(LAPTOP), ask(PHONE), ask(null)]))
      t.match(outcome, { reason: down }, question)
  }
  const { ask, slow } = service()
  await Promise.all([ask(LAPTOP), ask(PHONE)])
  slow.answer(down, 'changes')
  for (const outcome of await Promise.allSettled([ask(LAPTOP), ask(PHONE), ask(null)]))
    t.match(outcome, { reason: down }, 'with everything in memory')
  slow.answer('at-once', 'changes')
  t.equal(reasonOf(await ask(LAPTOP)), 'valid', 'and it is back')
})

t.test('memory is bounded, and what fell out is asked for again', async (t) => {
  const { askAll, slow, verdicts } = service({}, 10)
  const many = Array.from({ length: 40 }, (_, i) => i.toString(16).padStart(64, '0'))
  for (const fingerprint of many) slow.states.set(fingerprint, stateWith({ fingerprint, signedInMonth: MONTH }))
  for (let round = 0; round < 2; round++) {
    for (const fingerprint of many) t.equal(reasonOf((await askAll([queryOf(fingerprint)]))[0]), 'valid')
    t.ok(verdicts.held <= 10, `${verdicts.held} held`)
  }
})

t.test('whatever arrives when: no question is answered by a state older than its own beginning', async (t) => {
  const op = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ do: 'ask' } as const) },
    { weight: 3, arbitrary: fc.constant({ do: 'change' } as const) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), which: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.constant({ do: 'turn' } as const) },
  )
  let answers = 0
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(op, { minLength: 20, maxLength: 80 }), async (proofsAtOnce, ops) => {
      const { ask, slow } = service()
      slow.answer('when-delivered', 'verdictState', 'site', ...(proofsAtOnce ? [] : (['changes'] as const)))
      // The time of validation counts the changes, so each answer tells which state it was given from.
      let version = NOW - HOUR
      const old: string[] = []
      const asking: Promise<void>[] = []
      for (const step of ops) {
        if (step.do === 'change') slow.change(LAPTOP, { validatedAt: ++version })
        if (step.do === 'deliver') slow.deliver(step.which % Math.max(1, slow.underWay.length))
        if (step.do === 'turn') await turns()
        if (step.do !== 'ask') continue
        const begun = version
        const check = (outcome: Outcome) => {
          const { verdict } = answerOf(outcome)
          if (verdict.verdict !== 'valid' || verdict.validatedAt < begun) old.push(JSON.stringify(verdict))
          answers++
        }
        asking.push(ask(LAPTOP).then(check))
      }
      while (await answersUnderWay(slow)) slow.deliver(slow.underWay.length - 1)
      await Promise.all(asking)
      return old.length === 0
    }),
    { numRuns: 300 },
  )
  t.ok(answers > 1_000, `${answers} answers`)
})
